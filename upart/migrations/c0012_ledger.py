# SPDX-License-Identifier: MIT
"""How far the database knows the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "c0012"
down_revision = "c0010"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ledger_position",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_position")),
        sa.UniqueConstraint("chain", name=op.f("uq_ledger_position_chain")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("ledger_position")
