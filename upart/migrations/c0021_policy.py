# SPDX-License-Identifier: MIT
"""Privacy policies, as academies publish them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c0021"
down_revision = "c0020"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the table; nothing is published yet."""
    op.create_table(
        "policy_version",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        *(sa.Column(name, JSON, nullable=False) for name in ("facts", "documents", "found", "announced")),
        sa.Column("material", sa.Boolean(), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "publisher_id"], ["person.academy_id", "person.id"], name=op.f("fk_policy_version_academy_id_publisher_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_policy_version_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("academy_id", "number", name=op.f("uq_policy_version_academy_id_number")),
    )
    op.create_index(op.f("ix_policy_version_academy_id_publisher_id"), "policy_version", ["academy_id", "publisher_id"], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("policy_version")
