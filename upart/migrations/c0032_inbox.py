# SPDX-License-Identifier: MIT
"""What slow checks of how things stand have found last."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c0032"
down_revision = "c0031"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "manage_health",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("findings", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_manage_health_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_manage_health")),
        sa.UniqueConstraint("academy_id", "check", name=op.f("uq_manage_health_academy_id_check")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("manage_health")
