# SPDX-License-Identifier: MIT
"""Visits: from which country and through which network."""

import sqlalchemy as sa
from alembic import op

revision = "c0024"
down_revision = "c0023"

COLUMNS = ("country", "network")


def upgrade() -> None:
    """Add the columns; of visits so far nothing of it is known."""
    for name in COLUMNS:
        op.add_column("visit", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("visit") as batch_op:
        for name in reversed(COLUMNS):
            batch_op.drop_column(name)
