# SPDX-License-Identifier: MIT
"""The tables of the core."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c0001"
down_revision = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "academy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_academy")),
        sa.UniqueConstraint("slug", name=op.f("uq_academy_slug")),
    )
    op.create_table(
        "plugin_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("declarations", JSON, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_record")),
        sa.UniqueConstraint("plugin", name=op.f("uq_plugin_record_plugin")),
    )
    op.create_table(
        "academy_host",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_academy_host_academy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_academy_host")),
        sa.UniqueConstraint("host", name=op.f("uq_academy_host_host")),
    )
    op.create_index(op.f("ix_academy_host_academy_id"), "academy_host", ["academy_id"], unique=False)
    op.create_table(
        "academy_plugin",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_academy_plugin_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_academy_plugin")),
        sa.UniqueConstraint("academy_id", "plugin", name=op.f("uq_academy_plugin_academy_id_plugin")),
    )
    op.create_table(
        "academy_setting",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_academy_setting_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_academy_setting")),
        sa.UniqueConstraint("academy_id", "key", name=op.f("uq_academy_setting_academy_id_key")),
    )
    op.create_table(
        "person",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_person_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_person")),
        sa.UniqueConstraint("academy_id", "email", name=op.f("uq_person_academy_id_email")),
    )
    op.create_index(op.f("ix_person_academy_id_created_at"), "person", ["academy_id", "created_at"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("person", "academy_setting", "academy_plugin", "academy_host", "plugin_record", "academy"):
        op.drop_table(table)
