from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "quizbank0003"
down_revision = "quizbank0002"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade():
    for name, *columns in (
        (
            "praise",
            *(sa.Column(name, sa.String(), nullable=False) for name in ("alias", "sentence", "shown", "first_said")),
            sa.Column("looks", JSON, nullable=False),
            sa.Column("large", sa.Boolean(), nullable=False),
            sa.Column("until", sa.Date(), nullable=True),
        ),
        ("habit", sa.Column("hour", sa.BigInteger(), nullable=False), sa.Column("likes", sa.String(), nullable=False)),
    ):
        op.create_table(
            f"quizbank_{name}",
            sa.Column("academy_id", sa.Uuid(), sa.ForeignKey("academy.id"), primary_key=True),
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("person_id", sa.Uuid(), nullable=False),
            *columns,
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
            sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"]),
        )
        for column in ("person_id", "at"):
            op.create_index(f"ix_quizbank_{name}_academy_id_{column}", f"quizbank_{name}", ["academy_id", column])
    with op.batch_alter_table("quizbank_member") as table:
        table.add_column(sa.Column("motto", sa.String(), nullable=True))
