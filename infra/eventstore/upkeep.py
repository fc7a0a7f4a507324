"""What a service does for its own database now and then, besides its work."""

from datetime import timedelta

from sqlalchemy import delete

from infra.eventstore.store import Store
from infra.eventstore.tables import commands
from infra.eventstore.verify import checkpoint

EVERY = 300.0  # seconds
REMEMBERED = timedelta(days=7)  # how long a repeated Idempotency-Key gets the first answer


def keep_up(store: Store) -> None:
    """Record the day's checkpoint where there is none, and forget old answers to commands."""
    checkpoint(store)
    before = store.clock() - REMEMBERED
    with store.database.begin() as connection:
        connection.execute(delete(commands).where(commands.c.recorded_at < before))
