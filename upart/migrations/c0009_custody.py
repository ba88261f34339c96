# SPDX-License-Identifier: MIT
"""Academies whose last owner has left, in the platform's custody."""

import sqlalchemy as sa
from alembic import op

revision = "c0009"
down_revision = "c0008"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("academy") as batch_op:
        batch_op.add_column(sa.Column("custody_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("academy") as batch_op:
        batch_op.drop_column("custody_at")
