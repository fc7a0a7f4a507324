"""documents"""

import sqlalchemy as sa
from alembic import op

import infra.database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letters", sa.Column("answered", sa.Text(), server_default="", nullable=False))
    _documents()
    _numbering()


def _documents() -> None:
    op.create_table(
        "document_texts",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column(
            "grams", sa.Text().with_variant(sa.ARRAY(sa.Integer()), "postgresql"), nullable=True
        ),
        sa.PrimaryKeyConstraint("document"),
    )
    op.create_index(
        "document_texts_grams",
        "document_texts",
        ["grams"],
        unique=False,
        postgresql_using="gin",
        sqlite_where=sa.text("grams IS NOT NULL"),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=True),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("drafter", sa.Text(), nullable=False),
        sa.Column("typist", sa.Text(), nullable=True),
        sa.Column("checker", sa.Text(), nullable=True),
        sa.Column("signatory", sa.Text(), nullable=True),
        sa.Column("submitted", sa.Boolean(), nullable=False),
        sa.Column("by_deputy", sa.Boolean(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("twin", sa.Integer(), nullable=False),
        sa.Column("circular", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("addressees", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("urgency_rank", sa.Integer(), nullable=False),
        sa.Column("deadline", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("actions_text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("drafted_at", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("submitted_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("signed_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("numbered_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("closed_at", infra.database.UtcMoment(timezone=True), nullable=True),
        sa.Column("last_step_at", infra.database.UtcMoment(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("documents_code", "documents", ["code"], unique=True)
    op.create_index("documents_dated", "documents", ["organisation", "dated"], unique=False)
    op.create_index("documents_drafter", "documents", ["drafter", "last_step_at"], unique=False)
    op.create_index("documents_group", "documents", ["group", "last_step_at"], unique=False)
    op.create_index(
        "documents_number",
        "documents",
        ["organisation", "series", "year", "number", "owner", "twin"],
        unique=True,
        postgresql_where=sa.text("number IS NOT NULL"),
        sqlite_where=sa.text("number IS NOT NULL"),
    )
    op.create_index(
        "documents_recent", "documents", ["organisation", "last_step_at", "id"], unique=False
    )
    op.create_index("documents_replaces", "documents", ["replaces"], unique=False)
    op.create_index("documents_reply_to", "documents", ["reply_to"], unique=False)
    op.create_index(
        "documents_state", "documents", ["organisation", "state", "last_step_at"], unique=False
    )
    op.create_table(
        "templates",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_templates_organisation"), "templates", ["organisation"], unique=False)


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
