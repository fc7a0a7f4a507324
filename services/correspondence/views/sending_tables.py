"""The read tables of what was sent, of what lies in the tray, and of kept lists of recipients."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table, Text, text

from infra.database import UtcMoment
from services.correspondence.views.tables import metadata

# A document that was sent, with what its recipients see of it.
sendings = Table(
    "sendings",
    metadata,
    Column("document", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("dated", Date, nullable=False),
    Column("subject", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("deadline", UtcMoment),
)

# `open`: still awaited, because the recipient has not received it and the document is not closed.
# `sent_at` is the time of the first attempt (89/3), `paper_at` when it last went into the messenger
# book. In the order of their ids they were named.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("recipient", Text),  # the organisation, where it is on the system
    Column("name", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("begun_at", UtcMoment, nullable=False),
    Column("sent_at", UtcMoment),
    Column("paper_at", UtcMoment),
    Column("delivered_at", UtcMoment),
    Column("receiver", Text, nullable=False),
    Column("registered_at", UtcMoment),
    Column("year", Integer),
    Column("number", Integer),
    Column("acknowledged_at", UtcMoment),
    Column("answer", Text, nullable=False),
    Column("confirmed_at", UtcMoment),
    Column("spoken_to", Text, nullable=False),
    Column("reminded_at", UtcMoment),
    Column("failures", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)
Index("deliveries_document", deliveries.c.document, deliveries.c.id)
Index(
    "deliveries_open",
    deliveries.c.organisation,
    deliveries.c.document,
    postgresql_where=text("open"),
    sqlite_where=text("open"),
)
Index(
    "deliveries_paper",
    deliveries.c.organisation,
    deliveries.c.paper_at,
    postgresql_where=deliveries.c.paper_at.is_not(None),
    sqlite_where=deliveries.c.paper_at.is_not(None),
)

# `rank` 0 is the most urgent; `late`: its sender was told too late that it has come (annex 7).
arrivals = Table(
    "arrivals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("delivery", Text),
    Column("sender", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("dated", Date),
    Column("subject", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("deadline", UtcMoment),
    Column("circular", Boolean, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("spam", Boolean, nullable=False),
    Column("attachments", Integer, nullable=False),
    Column("acknowledged_at", UtcMoment),
    Column("late", Boolean, nullable=False),
    Column("reminded_at", UtcMoment),
    Column("letter", Text),
    Column("year", Integer),
    Column("number", Integer),
    Column("reason", Text, nullable=False),
    Column("void", Text, nullable=False),
)
_tray = (arrivals.c.organisation, arrivals.c.state)
Index("arrivals_tray", *_tray, arrivals.c.rank, arrivals.c.at, arrivals.c.id)
Index("arrivals_at", *_tray, arrivals.c.at, arrivals.c.id)
Index("arrivals_delivery", arrivals.c.delivery)
Index("arrivals_letter", arrivals.c.letter)
Index("arrivals_source", arrivals.c.organisation, arrivals.c.source, arrivals.c.at)

# `members` are Recipients as JSON.
recipient_lists = Table(
    "recipient_lists",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("members", Text, nullable=False),
)
Index(
    "recipient_lists_name",
    recipient_lists.c.organisation,
    recipient_lists.c.name,
    unique=True,
)
