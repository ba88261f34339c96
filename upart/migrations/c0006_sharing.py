# SPDX-License-Identifier: MIT
"""The disclosure log, and what recipients are told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c0006"
down_revision = "c0005"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "disclosure",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("permission", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_disclosure_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_disclosure_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_disclosure")),
    )
    for column in ("person_id", "at"):
        op.create_index(op.f(f"ix_disclosure_academy_id_{column}"), "disclosure", ["academy_id", column], unique=False)
    op.create_table(
        "disclosure_notice",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("addresses", JSON, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_disclosure_notice_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_disclosure_notice_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_disclosure_notice")),
    )
    for column in ("person_id", "made_at"):
        op.create_index(op.f(f"ix_disclosure_notice_academy_id_{column}"), "disclosure_notice", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("disclosure_notice")
    op.drop_table("disclosure")
