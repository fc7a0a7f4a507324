"""sending"""

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sendings",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("deadline", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("document"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("begun_at", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("sent_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("paper_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("delivered_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("registered_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("confirmed_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("spoken_to", sa.Text(), nullable=False),
        sa.Column("reminded_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("deliveries_document", "deliveries", ["document", "id"], unique=False)
    op.create_index(
        "deliveries_open",
        "deliveries",
        ["organisation", "document"],
        unique=False,
        postgresql_where=sa.text("open"),
        sqlite_where=sa.text("open"),
    )
    op.create_index(
        "deliveries_paper",
        "deliveries",
        ["organisation", "paper_at"],
        unique=False,
        postgresql_where=sa.text("paper_at IS NOT NULL"),
        sqlite_where=sa.text("paper_at IS NOT NULL"),
    )
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("deadline", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("circular", sa.Boolean(), nullable=False),
        sa.Column("at", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("spam", sa.Boolean(), nullable=False),
        sa.Column("attachments", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("reminded_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("void", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("arrivals_at", "arrivals", ["organisation", "state", "at", "id"], unique=False)
    op.create_index("arrivals_delivery", "arrivals", ["delivery"], unique=False)
    op.create_index("arrivals_letter", "arrivals", ["letter"], unique=False)
    op.create_index("arrivals_source", "arrivals", ["organisation", "source", "at"], unique=False)
    op.create_index(
        "arrivals_tray", "arrivals", ["organisation", "state", "rank", "at", "id"], unique=False
    )
    op.create_table(
        "recipient_lists",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "recipient_lists_name", "recipient_lists", ["organisation", "name"], unique=True
    )
