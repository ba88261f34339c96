# SPDX-License-Identifier: MIT
"""The media library, and which of the named sizes a rendition is."""

import sqlalchemy as sa
from alembic import op

revision = "c0027"
down_revision = "c0026"

LINKS = (("file_id", "file"), ("captions_id", "file"), ("uploader_id", "person"), ("shown_id", "person"))


def upgrade() -> None:
    """Make the table; renditions that are there have no named size."""
    with op.batch_alter_table("file") as batch_op:
        batch_op.add_column(sa.Column("rendition", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("file") as batch_op:
        batch_op.alter_column("rendition", existing_type=sa.String(), existing_nullable=False, server_default=None)
    op.create_table(
        "media_item",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("uploader_id", sa.Uuid(), nullable=True),
        sa.Column("shown_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("alt", sa.String(), nullable=False),
        sa.Column("credit", sa.String(), nullable=False),
        sa.Column("captions_id", sa.Uuid(), nullable=True),
        sa.Column("captions_language", sa.String(), nullable=False),
        sa.Column("decorative", sa.Boolean(), nullable=False),
        sa.Column("focus_x", sa.BigInteger(), nullable=False),
        sa.Column("focus_y", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(["academy_id", name], [f"{target}.academy_id", f"{target}.id"], name=op.f(f"fk_media_item_academy_id_{name}"))
            for name, target in LINKS
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_media_item_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_media_item")),
    )
    op.create_index(op.f("ix_media_item_library"), "media_item", ["academy_id", "added_at", "id"], unique=False)
    for name, _target in LINKS:
        op.create_index(op.f(f"ix_media_item_academy_id_{name}"), "media_item", ["academy_id", name], unique=False)


def downgrade() -> None:
    """Drop the table and the column."""
    op.drop_table("media_item")
    with op.batch_alter_table("file") as batch_op:
        batch_op.drop_column("rendition")
