# SPDX-License-Identifier: MIT
"""A course may have a picture of the library for its cover."""

import sqlalchemy as sa
from alembic import op

revision = "courses0003"
down_revision = "courses0002"


def upgrade() -> None:
    """Add the link."""
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.add_column(sa.Column("cover_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_courses_course_academy_id_cover_id"), "media_item", ["academy_id", "cover_id"], ["academy_id", "id"])
    op.create_index(op.f("ix_courses_course_academy_id_cover_id"), "courses_course", ["academy_id", "cover_id"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_index(op.f("ix_courses_course_academy_id_cover_id"), "courses_course")
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.drop_constraint(op.f("fk_courses_course_academy_id_cover_id"), type_="foreignkey")
        batch_op.drop_column("cover_id")
