import sqlalchemy as sa
from alembic import op

revision = "album0001"
down_revision = None


def upgrade():
    op.create_table(
        "album_photo",
        sa.Column("academy_id", sa.Uuid(), sa.ForeignKey("academy.id"), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "owner_id"], ["person.academy_id", "person.id"]),
        sa.ForeignKeyConstraint(["academy_id", "picture_id"], ["file.academy_id", "file.id"]),
        sa.ForeignKeyConstraint(["academy_id", "paper_id"], ["file.academy_id", "file.id"]),
    )
    op.create_index("ix_album_photo_academy_id_added_at", "album_photo", ["academy_id", "added_at"])
