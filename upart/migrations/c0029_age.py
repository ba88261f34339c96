# SPDX-License-Identifier: MIT
"""With which age of consent somebody was asked how old they are."""

import sqlalchemy as sa
from alembic import op

revision = "c0029"
down_revision = "c0028"


def upgrade() -> None:
    """Add the column. Of earlier answers nobody knows it: the lowest age is never too high."""
    op.add_column("age_band", sa.Column("asked_with", sa.Integer(), nullable=False, server_default="13"))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("age_band", "asked_with")
