# SPDX-License-Identifier: MIT
"""A new lesson of a course that people read waits until it is published."""

import sqlalchemy as sa
from alembic import op

revision = "courses0011"
down_revision = "courses0010"


def upgrade() -> None:
    """Add the mark; all lessons that are there are read already."""
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.add_column(sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.alter_column("published", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Take it away, and with it the lessons that nobody reads yet."""
    op.execute("DELETE FROM courses_lesson WHERE NOT published")
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.drop_column("published")
