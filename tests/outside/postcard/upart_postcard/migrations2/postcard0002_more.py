from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "postcard0002"
down_revision = "postcard0001"


def upgrade():
    with op.batch_alter_table("postcard_card") as table:
        table.add_column(sa.Column("mood", sa.String(), nullable=True))
    op.create_table(
        "postcard_stamp",
        sa.Column("academy_id", sa.Uuid(), sa.ForeignKey("academy.id"), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("licked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "owner_id"], ["person.academy_id", "person.id"]),
    )
    for column in ("owner_id", "licked_at"):
        op.create_index(f"ix_postcard_stamp_academy_id_{column}", "postcard_stamp", ["academy_id", column])
