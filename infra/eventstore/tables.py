"""The tables on which the event store, the relay and the subscriptions of one service stand."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from infra.database import UtcMoment

metadata = MetaData()

_Big = BigInteger().with_variant(Integer, "sqlite")

events = Table(
    "events",
    metadata,
    Column("seq", _Big, primary_key=True, autoincrement=True),
    Column("position", _Big, unique=True),
    Column("id", Uuid(as_uuid=False), nullable=False, unique=True),
    Column("stream", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("recorded_at", UtcMoment, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("causation_id", Text),
    Column("published", Boolean, nullable=False),
    Column("data", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    UniqueConstraint("stream", "version", name="events_stream_version"),
)
Index("events_type_position", events.c.type, events.c.position)
Index(
    "events_unnumbered",
    events.c.seq,
    postgresql_where=events.c.position.is_(None),
    sqlite_where=events.c.position.is_(None),
)
Index("events_correlation", events.c.correlation_id)

# How far the log is numbered and published, and which replica's relay may do it (a lease).
relay = Table(
    "relay",
    metadata,
    Column("name", Text, primary_key=True),
    Column("numbered", _Big, nullable=False, server_default=text("0")),
    Column("published", _Big, nullable=False, server_default=text("0")),
    Column("holder", Text),
    Column("expires", _Big, nullable=False, server_default=text("0")),
)

# The answers given to commands, by the caller's Idempotency-Key.
commands = Table(
    "commands",
    metadata,
    Column("key", Text, primary_key=True),
    Column("request", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("recorded_at", UtcMoment, nullable=False, index=True),
)

number_series = Table(
    "number_series",
    metadata,
    Column("series", Text, primary_key=True),
    Column("last", Integer, nullable=False),
)

# One row a source: how far this service has taken its events in. `types` maps each handled type to
# null, or to where it stopped being handled; `catching` is the progress on types gained since.
cursors = Table(
    "cursors",
    metadata,
    Column("source", Text, primary_key=True),
    Column("position", _Big, nullable=False),
    Column("types", Text, nullable=False),
    Column("catching", Text),
)

# Events that a handler could not take in, and later ones of their streams that wait behind them.
parked = Table(
    "parked",
    metadata,
    Column("source", Text, primary_key=True),
    Column("position", _Big, primary_key=True, autoincrement=False),
    Column("stream", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("error", Text),
    Column("attempts", Integer, nullable=False),
    Column("parked_at", UtcMoment, nullable=False),
)
Index("parked_stream", parked.c.source, parked.c.stream)

# The heads of the streams that changed since the checkpoint before, so that a missing tail shows;
# `sequence` is a digest over the order in which events stand in the log since then.
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", String(10), nullable=False, unique=True),
    Column("position", _Big, nullable=False),
    Column("heads", Text, nullable=False),
    Column("sequence", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("recorded_at", UtcMoment, nullable=False),
)

_FIXED = [column.name for column in events.columns if column.name != "position"]


def guards(dialect: str) -> list[str]:
    """The triggers that forbid update and delete of events (`position` is set once, apart)."""
    rules = [
        ("events", "update", f"BEFORE UPDATE OF {', '.join(_quoted(_FIXED))} ON events", ""),
        ("events", "renumber", "BEFORE UPDATE OF position ON events", "OLD.position IS NOT NULL"),
        ("events", "delete", "BEFORE DELETE ON events", ""),
        ("checkpoints", "update", "BEFORE UPDATE ON checkpoints", ""),
        ("checkpoints", "delete", "BEFORE DELETE ON checkpoints", ""),
    ]
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{name} {when} {f'WHEN {condition}' if condition else ''}"
            f" BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
            for table, name, when, condition in rules
        ]
    function = (
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% are append-only', TG_TABLE_NAME; END $$"
    )
    statements = [function]
    statements += [
        f"CREATE TRIGGER {table}_no_{name} {when} FOR EACH ROW"
        f" {f'WHEN ({condition})' if condition else ''} EXECUTE FUNCTION append_only()"
        for table, name, when, condition in rules
    ]
    statements += [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " EXECUTE FUNCTION append_only()"
        for table in ("events", "checkpoints")
    ]
    return statements


def _quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]
