# SPDX-License-Identifier: MIT
"""Academies that close: how far, when, and how much has gone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c0015"
down_revision = "c0014"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the columns; no academy is being closed."""
    with op.batch_alter_table("academy") as batch_op:
        batch_op.add_column(sa.Column("ending", sa.String(40), nullable=True))
        batch_op.add_column(sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("went", JSON, nullable=True))
    op.execute("UPDATE academy SET went = '{}'")
    with op.batch_alter_table("academy") as batch_op:
        batch_op.alter_column("went", existing_type=JSON, nullable=False)


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table("academy") as batch_op:
        for column in ("went", "closes_at", "ending"):
            batch_op.drop_column(column)
