# SPDX-License-Identifier: MIT
"""Copies that people bring along from another installation."""

import sqlalchemy as sa
from alembic import op

revision = "c0008"
down_revision = "c0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "rights_import",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_rights_import_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id", "file_id"], ["file.academy_id", "file.id"], name=op.f("fk_rights_import_academy_id_file_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_rights_import_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_rights_import")),
        sa.UniqueConstraint("academy_id", "person_id", name=op.f("uq_rights_import_academy_id_person_id")),
    )
    for column in ("person_id", "file_id", "ends_at"):
        op.create_index(op.f(f"ix_rights_import_academy_id_{column}"), "rights_import", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("rights_import")
