"""mail"""

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailbox_checks",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "version"),
    )
    op.create_index(op.f("ix_mailbox_checks_at"), "mailbox_checks", ["at"], unique=False)
    op.create_table(
        "mail_folders",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "mail_lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("begun_at", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("read_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "mail_outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("arrival", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("queued_at", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("next_try", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("first_try", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("sent_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("claimed_until", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_mail_outbox_arrival"), "mail_outbox", ["arrival"], unique=False)
    op.create_index(op.f("ix_mail_outbox_delivery"), "mail_outbox", ["delivery"], unique=False)
    op.create_index("mail_outbox_due", "mail_outbox", ["state", "next_try"], unique=False)
    op.create_table(
        "mail_server",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("away_since", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("next_try", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "mail_taken",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("twin", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("arrival", sa.Text(), nullable=True),
        sa.Column("at", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("acknowledge_by", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("taken_at", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("mail_taken_arrival", "mail_taken", ["arrival"], unique=False)
    op.create_index("mail_taken_twin", "mail_taken", ["twin"], unique=False)
    op.create_table(
        "mail_troubles",
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("validity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("next_try", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("folder", "validity", "uid"),
    )
