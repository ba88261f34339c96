# SPDX-License-Identifier: MIT
"""Restrictions of processing."""

import sqlalchemy as sa
from alembic import op

revision = "c0005"
down_revision = "c0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "restriction",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=True),
        sa.Column("goes_on", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_restriction_academy_id_person_id")),
        sa.ForeignKeyConstraint(
            ["academy_id", "request_id"], ["rights_request.academy_id", "rights_request.id"], name=op.f("fk_restriction_academy_id_request_id")
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_restriction_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_restriction")),
    )
    for column in ("person_id", "request_id", "begun_at"):
        op.create_index(op.f(f"ix_restriction_academy_id_{column}"), "restriction", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("restriction")
