"""documents"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _numbering()


def _numbering() -> None:
    op.create_table(
        "policies",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation"),
    )
    op.create_table(
        "reservations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "reservations_free",
        "reservations",
        ["expires"],
        unique=False,
        postgresql_where=sa.text("free > 0"),
        sqlite_where=sa.text("free > 0"),
    )
    op.create_index(
        "reservations_organisation", "reservations", ["organisation", "expires"], unique=False
    )
    op.create_table(
        "used_numbers",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("circular", sa.Boolean(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("reservation", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "series", "year", "number"),
    )
    op.create_index(
        "used_numbers_circular",
        "used_numbers",
        ["organisation", "year"],
        unique=False,
        postgresql_where=sa.text("circular"),
        sqlite_where=sa.text("circular"),
    )
    op.create_index("used_numbers_document", "used_numbers", ["document"], unique=False)
    op.create_index(
        "used_numbers_reservation", "used_numbers", ["reservation", "number"], unique=False
    )
