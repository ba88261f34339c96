from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "postcard0001"
down_revision = None


def upgrade():
    op.create_table(
        "postcard_card",
        sa.Column("academy_id", sa.Uuid(), sa.ForeignKey("academy.id"), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("writer_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "writer_id"], ["person.academy_id", "person.id"]),
    )
    for column in ("writer_id", "written_at"):
        op.create_index(f"ix_postcard_card_academy_id_{column}", "postcard_card", ["academy_id", column])
