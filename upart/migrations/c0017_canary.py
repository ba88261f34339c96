# SPDX-License-Identifier: MIT
"""What the canary of each academy has shown, and the declarations that it is measured against."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c0017"
down_revision = "c0015"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rights_canary",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=6), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places", JSON, nullable=False),
        sa.Column("statement", JSON, nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_rights_canary_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_rights_canary")),
        sa.UniqueConstraint("academy_id", name=op.f("uq_rights_canary_academy_id")),
    )
    op.create_table(
        "rights_promise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("declarations", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_promise")),
        sa.UniqueConstraint("owner", name=op.f("uq_rights_promise_owner")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("rights_promise")
    op.drop_table("rights_canary")
