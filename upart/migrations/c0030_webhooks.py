# SPDX-License-Identifier: MIT
"""Webhooks: who is told what happens, and what has been told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c0030"
down_revision = "c0029"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; nobody is told anything yet."""
    op.create_table(
        "webhook_endpoint",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("academy_id", "id")),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", JSON, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("run_by", "country", "safeguard")),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("former", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", TIME, nullable=True),
        *(sa.Column(name, sa.String(40), nullable=False) for name in ("state", "reason")),
        *(sa.Column(name, TIME, nullable=True) for name in ("failing_since", "rests_until")),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_webhook_endpoint_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_table(
        "webhook_delivery",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("academy_id", "id", "endpoint_id", "event_id")),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("took", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        *(sa.Column(name, TIME, nullable=True) for name in ("tried_at", "next_at")),
        *(
            sa.ForeignKeyConstraint(
                ["academy_id", name], [f"{target}.academy_id", f"{target}.id"], name=op.f(f"fk_webhook_delivery_academy_id_{name}"), ondelete="CASCADE"
            )
            for name, target in (("endpoint_id", "webhook_endpoint"), ("event_id", "event"))
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_webhook_delivery_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_webhook_delivery")),
    )
    for name in ("endpoint_id", "event_id"):
        op.create_index(op.f(f"ix_webhook_delivery_academy_id_{name}"), "webhook_delivery", ["academy_id", name], unique=False)
    op.create_index(op.f("ix_webhook_delivery_due"), "webhook_delivery", ["academy_id", "endpoint_id", "state", "next_at"], unique=False)
    op.create_index(op.f("ix_webhook_delivery_log"), "webhook_delivery", ["academy_id", "created_at", "id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_endpoint")
