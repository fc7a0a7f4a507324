"""Alembic's environment, the same for every service."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"](),
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
