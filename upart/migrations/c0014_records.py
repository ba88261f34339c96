# SPDX-License-Identifier: MIT
"""Breaches, as academies document them."""

import sqlalchemy as sa
from alembic import op

revision = "c0014"
down_revision = "c0012"

WORDS = ("nature", "effects", "remedies", "late", "notice_subject", "notice")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "breach",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("table", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in WORDS),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("since", "known_at", "created_at")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("until", "reported_at", "told_at", "closed_at")),
        sa.ForeignKeyConstraint(["academy_id", "officer_id"], ["person.academy_id", "person.id"], name=op.f("fk_breach_academy_id_officer_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_breach_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_breach")),
    )
    for column in ("officer_id", "known_at"):
        op.create_index(op.f(f"ix_breach_academy_id_{column}"), "breach", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("breach")
