"""importing"""

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SORTED = ("dated", "sender_key", "subject_key", "due", "state", "urgency")
_PLACE = ["organisation", "register"]
_NUMBER = ["year", "number", "copy"]


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("headings", sa.Text(), nullable=False),
        sa.Column("years", sa.Text(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("begun_at", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "worked_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("imports_organisation", "imports", ["organisation", "begun_at"])
    op.add_column("letters", sa.Column("copy", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("letters_number", table_name="letters")
    op.create_index(
        "letters_number",
        "letters",
        [*_PLACE, *_NUMBER],
        unique=True,
        postgresql_include=["id"],
    )
    for name in _SORTED:
        op.drop_index(f"letters_{name}", table_name="letters")
        op.create_index(f"letters_{name}", "letters", [*_PLACE, name, *_NUMBER])
