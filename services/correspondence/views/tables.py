"""The read tables of `correspondence`. A day that is not there is NO_DAY, so that lists can be
sorted and cut by it."""

from datetime import date

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

from infra.database import UtcMoment

NO_DAY = date(9999, 12, 31)

metadata = MetaData()

# Compared by code point on both databases, whatever the server's language.
_SortKey = Text().with_variant(Text(collation="C"), "postgresql")
Grams = Text().with_variant(ARRAY(Integer), "postgresql")

letters = Table(
    "letters",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column(
        "copy", Integer, nullable=False, server_default="0"
    ),  # tells numbers that an old register repeats apart
    Column("received_at", UtcMoment, nullable=False),
    Column("received_on", Date, nullable=False),  # in Bangkok
    Column("reference", Text, nullable=False),
    Column("dated", Date, nullable=False),
    Column("sender", Text, nullable=False),
    Column("sender_key", _SortKey, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_key", _SortKey, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("secrecy", Text, nullable=False),
    Column("deadline", UtcMoment),
    Column("channel", Text, nullable=False),
    Column("defect", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("stage", Text),
    Column("by_heads", Boolean, nullable=False),
    Column("order", Text),
    Column("order_text", Text, nullable=False),
    Column("schools", Boolean, nullable=False),
    Column("ended_by", Text, nullable=False),
    Column("answered", Text, nullable=False, server_default=""),  # by which letters, a line each
    Column("due", Date, nullable=False),
    Column("last_step_at", UtcMoment, nullable=False),
    Column("attachments", Integer, nullable=False),
    Column("twin", Text),  # the same for letters with the same ที่, ลงวันที่ and จาก
)
_place = (letters.c.organisation, letters.c.register)
_number = (letters.c.year, letters.c.number, letters.c.copy)
# With the id, so that letters are counted by the index alone.
Index("letters_number", *_place, *_number, unique=True, postgresql_include=["id"])
for _name in ("dated", "sender_key", "subject_key", "due", "state", "urgency"):
    Index(f"letters_{_name}", *_place, letters.c[_name], *_number)
Index("letters_received_on", *_place, letters.c.received_on)
Index("letters_twin", letters.c.organisation, letters.c.twin)
Index(
    "letters_open",
    *_place,
    letters.c.last_step_at,
    postgresql_where=text("open"),
    sqlite_where=text("open"),
)

works = Table(
    "works",
    metadata,
    Column("letter", Text, primary_key=True),
    Column("group", Text, primary_key=True),
    Column("place", Integer, nullable=False),  # the order in which groups were named
    Column("lead", Boolean, nullable=False),
    Column("by_head", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("year", Integer),
    Column("number", Integer),
    Column("officer", Text),
    Column("due", Date),
)
Index("works_group", works.c.group, works.c.letter)
Index("works_officer", works.c.officer, works.c.letter)

# What waits: one row a desk (group "") and one a group's part. `stage`, `group` and `person` say
# for whom, `clerk` that a group's clerk may do it as well as its head.
tasks = Table(
    "tasks",
    metadata,
    Column("letter", Text, primary_key=True),
    Column("group", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stage", Text),
    Column("person", Text),
    Column("clerk", Boolean, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("due", Date, nullable=False),
    Column("since", UtcMoment, nullable=False),
)
Index("tasks_stage", tasks.c.organisation, tasks.c.stage)
Index("tasks_group", tasks.c.group)
Index("tasks_person", tasks.c.person)

# The folded text by which a letter is found, one line a piece; of the first lines the registration
# consists. Apart from `letters`, because a change there must not touch the index over the grams.
texts = Table(
    "texts",
    metadata,
    Column("letter", Text, primary_key=True),
    Column("folded", Text, nullable=False),
    Column("grams", Grams),
)
Index(
    "texts_grams",
    texts.c.grams,
    postgresql_using="gin",
    sqlite_where=texts.c.grams.is_not(None),  # SQLite reads `folded`; this stays empty
)

# Senders and recipients used in a register, and how often.
parties = Table(
    "parties",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("column", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("folded", Text, nullable=False),
    Column("uses", Integer, nullable=False),
)

routings = Table(
    "routings",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("central_head", Boolean, nullable=False),
    Column("deputy", Boolean, nullable=False),
    Column("group_head", Boolean, nullable=False),
    Column("unattended_days", Integer, nullable=False),
)
