# SPDX-License-Identifier: MIT
"""Marks."""

import sqlalchemy as sa
from alembic import op

revision = "toil0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "toil_mark",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_toil_mark_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_toil_mark")),
    )
