"""The read tables of documents that are drafted here, and of the office's templates."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table, Text, text

from infra.database import UtcMoment
from services.correspondence.views.tables import Grams, metadata

# `owner` is whose series the number is of: the organisation, or a group; "" before the number.
# `addressees` are the recipients chosen, in a line; `recipient` is ถึง, as the register has it.
# `twin` tells numbers apart that an old register gave twice. `recipients`, `received` and `failed`
# count how it goes on its way; `actions_text` is การปฏิบัติ, `note` หมายเหตุ.
documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("desk", Text),
    Column("group", Text),
    Column("drafter", Text, nullable=False),
    Column("typist", Text),
    Column("checker", Text),
    Column("signatory", Text),
    Column("submitted", Boolean, nullable=False),
    Column("by_deputy", Boolean, nullable=False),
    Column("series", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("year", Integer),
    Column("number", Integer),
    Column("twin", Integer, nullable=False),
    Column("circular", Boolean, nullable=False),
    Column("reference", Text, nullable=False),
    Column("dated", Date, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("addressees", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("urgency_rank", Integer, nullable=False),
    Column("deadline", UtcMoment),
    Column("actions_text", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("recipients", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("signed_by", Text),
    Column("code", Text),
    Column("reply_to", Text),
    Column("replaces", Text),
    Column("drafted_at", UtcMoment, nullable=False),
    Column("submitted_at", UtcMoment),
    Column("signed_at", UtcMoment),
    Column("numbered_at", UtcMoment),
    Column("closed_at", UtcMoment),
    Column("last_step_at", UtcMoment, nullable=False),
    Column("ended_by", Text, nullable=False),
)
_numbered = text("number IS NOT NULL")
_here = (documents.c.organisation,)
Index(
    "documents_number",
    *_here,
    documents.c.series,
    documents.c.year,
    documents.c.number,
    documents.c.owner,
    documents.c.twin,
    unique=True,
    postgresql_where=_numbered,
    sqlite_where=_numbered,
)
Index("documents_recent", *_here, documents.c.last_step_at, documents.c.id)
Index("documents_state", *_here, documents.c.state, documents.c.last_step_at)
Index("documents_group", documents.c.group, documents.c.last_step_at)
Index("documents_drafter", documents.c.drafter, documents.c.last_step_at)
Index("documents_dated", *_here, documents.c.dated)
Index("documents_code", documents.c.code, unique=True)
Index("documents_reply_to", documents.c.reply_to)
Index("documents_replaces", documents.c.replaces)

# The folded text by which a document is found, one line a piece; apart, as `texts` is. `content` is
# JSON: each field of its form by name.
document_texts = Table(
    "document_texts",
    metadata,
    Column("document", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("grams", Grams),
)
Index(
    "document_texts_grams",
    document_texts.c.grams,
    postgresql_using="gin",
    sqlite_where=document_texts.c.grams.is_not(None),
)

templates = Table(
    "templates",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
)
