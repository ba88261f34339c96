# SPDX-License-Identifier: MIT
"""Views of lists that staff keep; people by name, a page at a time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c0028"
down_revision = "c0023"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the table and the index."""
    op.create_table(
        "manage_view",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("asked", JSON, nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_manage_view_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_manage_view_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_manage_view")),
        sa.UniqueConstraint("academy_id", "person_id", "list", "name", name=op.f("uq_manage_view_academy_id_person_id_list_name")),
    )
    op.create_index(op.f("ix_manage_view_academy_id_person_id"), "manage_view", ["academy_id", "person_id"], unique=False)
    op.create_index("ix_person_by_name", "person", ["academy_id", "name", "id"], unique=False)


def downgrade() -> None:
    """Drop both."""
    op.drop_index("ix_person_by_name", "person")
    op.drop_table("manage_view")
