"""What the central mailbox remembers of its mail servers, its folders and the messages that it took
in. No part of the record."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from infra.database import UtcMoment
from infra.mail import ServerRest, rest_table

metadata = MetaData()

_servers = rest_table(metadata)
smtp, imap = ServerRest(_servers, "smtp"), ServerRest(_servers, "imap")

# Up to which message a folder has been read. A folder that was made anew has another `validity`.
folders = Table(
    "mail_folders",
    metadata,
    Column("name", Text, primary_key=True),
    Column("validity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
)

# Messages that could not be taken in, though everything stands: they are tried again.
troubles = Table(
    "mail_troubles",
    metadata,
    Column("folder", Text, primary_key=True),
    Column("validity", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", BigInteger, primary_key=True, autoincrement=False),
    Column("tries", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("next_try", UtcMoment, nullable=False),
)

# Each message that was taken in, by what makes it the same wherever it lies (`key`), and by what
# can be known of it without fetching it whole (`twin`). `acknowledge_by` is the legal clock of one
# that became `arrival`.
taken = Table(
    "mail_taken",
    metadata,
    Column("key", Text, primary_key=True),
    Column("twin", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("arrival", Text),
    Column("at", UtcMoment, nullable=False),
    Column("acknowledge_by", UtcMoment),
    Column("taken_at", UtcMoment, nullable=False),
)
Index("mail_taken_twin", taken.c.twin)
Index("mail_taken_arrival", taken.c.arrival)

# Who reads the mailbox now, since when, and when it was last read through.
lease = Table(
    "mail_lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", UtcMoment, nullable=False),
    Column("begun_at", UtcMoment, nullable=False),
    Column("read_at", UtcMoment),
)
