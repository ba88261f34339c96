# SPDX-License-Identifier: MIT
"""Views of lists that staff keep; people by name, a page at a time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c0028"
down_revision = "c0027"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the table and the index."""
    op.create_table(
        "manage_view",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("asked", JSON, nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_manage_view_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_manage_view_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_manage_view")),
        sa.UniqueConstraint("academy_id", "person_id", "list", "name", name=op.f("uq_manage_view_academy_id_person_id_list_name")),
    )
    op.create_index(op.f("ix_manage_view_academy_id_person_id"), "manage_view", ["academy_id", "person_id"], unique=False)
    _work()
    _imports()
    _indexes()
    op.create_index("ix_person_by_name", "person", ["academy_id", "name", "id"], unique=False)


def _of(table: str, *link: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    """The keys that refuse another academy's row."""
    found = [sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f(f"fk_{table}_academy_id"))]
    for column, target in zip(link[::2], link[1::2], strict=True):
        keys = [f"{target}.academy_id", f"{target}.id"]
        found.append(sa.ForeignKeyConstraint(["academy_id", column], keys, name=op.f(f"fk_{table}_academy_id_{column}")))
    return (*found, sa.PrimaryKeyConstraint("academy_id", "id", name=op.f(f"pk_{table}")))


def _work() -> None:
    op.create_table(
        "manage_work",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("academy_id", "id")),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("task", "title", "place")),
        sa.Column("state", sa.String(length=40), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("done", "total")),
        *(sa.Column(name, JSON, nullable=False) for name in ("numbers", "log")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("made_at", "changed_at")),
        *_of("manage_work", "person_id", "person"),
    )


def _imports() -> None:
    op.create_table(
        "manage_import",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("academy_id", "id")),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        *(sa.Column(name, JSON, nullable=False) for name in ("head", "columns")),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("work_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *_of("manage_import", "person_id", "person", "work_id", "manage_work"),
    )
    op.create_table(
        "manage_import_row",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("academy_id", "id", "import_id")),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("address_digest", sa.String(), nullable=False),
        sa.Column("cells", JSON, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_id", sa.Uuid(), nullable=True),
        sa.Column("made_table", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *_of("manage_import_row", "import_id", "manage_import", "person_id", "person"),
        sa.UniqueConstraint("academy_id", "import_id", "number", name=op.f("uq_manage_import_row_academy_id_import_id_number")),
    )
    op.create_index("ix_manage_import_row_digest", "manage_import_row", ["academy_id", "address_digest"])


LINKS = (
    ("manage_work", "person_id", "made_at"), ("manage_import", "person_id", "work_id", "made_at"),
    ("manage_import_row", "import_id", "person_id", "made_id", "made_at"),
)  # fmt: skip


def _indexes() -> None:
    for table, *columns in LINKS:
        for column in columns:
            op.create_index(op.f(f"ix_{table}_academy_id_{column}"), table, ["academy_id", column])


def downgrade() -> None:
    """Drop all."""
    op.drop_index("ix_person_by_name", "person")
    for table in ("manage_import_row", "manage_import", "manage_work"):
        op.drop_table(table)
    op.drop_table("manage_view")
