# SPDX-License-Identifier: MIT
"""Files, and those whose bytes are to go."""

import sqlalchemy as sa
from alembic import op

revision = "c0003"
down_revision = "c0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "file",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("derived_from", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("own_bytes", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "about_id"], ["person.academy_id", "person.id"], name=op.f("fk_file_academy_id_about_id")),
        sa.ForeignKeyConstraint(["academy_id", "derived_from"], ["file.academy_id", "file.id"], name=op.f("fk_file_academy_id_derived_from")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_file_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_file")),
    )
    op.create_index(op.f("ix_file_academy_id_about_id"), "file", ["academy_id", "about_id"], unique=False)
    op.create_index(op.f("ix_file_academy_id_created_at"), "file", ["academy_id", "created_at"], unique=False)
    op.create_index(op.f("ix_file_academy_id_derived_from"), "file", ["academy_id", "derived_from"], unique=False)
    op.create_table(
        "file_removed",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_file_removed_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_file_removed")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("file_removed")
    op.drop_table("file")
