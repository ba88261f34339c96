# SPDX-License-Identifier: MIT
"""Drafts and versions of what rows say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c0031"
down_revision = "c0030"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "revision",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_table", sa.String(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("from_number", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("laid_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["academy_id", "author_id"], ["person.academy_id", "person.id"], name=op.f("fk_revision_academy_id_author_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_revision_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_revision")),
        sa.UniqueConstraint("academy_id", "owner_table", "owner_id", "number", name=op.f("uq_revision_academy_id_owner_table_owner_id_number")),
    )
    for column in ("owner_id", "author_id", "changed_at"):
        op.create_index(op.f(f"ix_revision_academy_id_{column}"), "revision", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("revision")
