# SPDX-License-Identifier: MIT
"""Entries of journals."""

import sqlalchemy as sa
from alembic import op

revision = "journal0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "journal_entry",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("mood", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "learner_id"], ["person.academy_id", "person.id"], name=op.f("fk_journal_entry_academy_id_learner_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_journal_entry_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_journal_entry")),
    )
    op.create_index(op.f("ix_journal_entry_academy_id_learner_id"), "journal_entry", ["academy_id", "learner_id"])
    op.create_index(op.f("ix_journal_entry_academy_id_written_at"), "journal_entry", ["academy_id", "written_at"])
