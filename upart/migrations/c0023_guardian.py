# SPDX-License-Identifier: MIT
"""Who has answered for a child."""

import sqlalchemy as sa
from alembic import op

revision = "c0023"
down_revision = "c0022"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "consent_guardian",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("address_digest", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "child_id"], ["person.academy_id", "person.id"], name=op.f("fk_consent_guardian_academy_id_child_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_consent_guardian_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_consent_guardian")),
        sa.UniqueConstraint("academy_id", "child_id", "address_digest", name=op.f("uq_consent_guardian_academy_id_child_id_address_digest")),
    )
    op.create_index(op.f("ix_consent_guardian_academy_id_child_id"), "consent_guardian", ["academy_id", "child_id"], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("consent_guardian")
