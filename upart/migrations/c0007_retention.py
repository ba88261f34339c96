# SPDX-License-Identifier: MIT
"""What was let go because its time was over, and who looked at whose private data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c0007"
down_revision = "c0006"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "retention_run",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("table", sa.String(), nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=False),
        sa.Column("emptied", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_retention_run_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_retention_run")),
    )
    op.create_index(op.f("ix_retention_run_academy_id_at"), "retention_run", ["academy_id", "at"], unique=False)
    op.create_table(
        "looked",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("looker_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("categories", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_looked_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id", "looker_id"], ["person.academy_id", "person.id"], name=op.f("fk_looked_academy_id_looker_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_looked_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_looked")),
    )
    for column in ("person_id", "looker_id", "at"):
        op.create_index(op.f(f"ix_looked_academy_id_{column}"), "looked", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("looked")
    op.drop_table("retention_run")
