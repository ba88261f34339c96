# SPDX-License-Identifier: MIT
"""What each academy has agreed to of each plugin's declarations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c0022"
down_revision = "c0021"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "privacy_lock",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("plugin", "version", "digest")),
        sa.Column("declarations", JSON, nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "agreed_by"], ["person.academy_id", "person.id"], name=op.f("fk_privacy_lock_academy_id_agreed_by")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_privacy_lock_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_privacy_lock")),
        sa.UniqueConstraint("academy_id", "plugin", name=op.f("uq_privacy_lock_academy_id_plugin")),
    )
    op.create_index(op.f("ix_privacy_lock_academy_id_agreed_by"), "privacy_lock", ["academy_id", "agreed_by"], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("privacy_lock")
