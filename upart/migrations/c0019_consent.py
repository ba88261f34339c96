# SPDX-License-Identifier: MIT
"""Consent: texts as they were shown, events, lapses, addresses that want no more, bands of age."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "c0019"
down_revision = "c0017"

TABLES: dict[str, dict[str, Any]] = {
    "purpose_text": {"purpose": sa.String(), "version": sa.Integer(), "language": sa.String(), "text": sa.String(), "digest": sa.String(), "since": None},
    "consent_event": {
        "person_id": sa.Uuid(), "proof": sa.String(), "purpose": sa.String(), "channel": sa.String(), "choice": sa.String(40), "version": sa.Integer(),
        "text_id": sa.Uuid(), "source": sa.String(), "at": None,
    },
    "consent_lapse": {"purpose": sa.String(), "why": sa.String(), "at": None},
    "suppression": {"address_digest": sa.String(), "purpose": sa.String(), "channel": sa.String(), "at": None},
    "age_band": {"person_id": sa.Uuid(), "band": sa.String(40), "at": None},
}  # fmt: skip
"""Columns of each table besides academy and id; None: an instant."""

NULLABLE = {("consent_event", "person_id"), ("consent_event", "text_id")}
LINKS = {"person_id": "person", "text_id": "purpose_text"}
UNIQUE = {
    "purpose_text": ("purpose", "version", "language", "digest"), "suppression": ("address_digest", "purpose", "channel"), "age_band": ("person_id",),
}  # fmt: skip
INDEXED = {"consent_event": ("person_id", "text_id", "at"), "consent_lapse": ("at",), "suppression": ("at",), "age_band": ("person_id",)}


def upgrade() -> None:
    """Make the tables; nobody has chosen anything yet."""
    for table, columns in TABLES.items():
        links = [name for name in columns if name in LINKS]
        op.create_table(
            table,
            sa.Column("academy_id", sa.Uuid(), nullable=False),
            sa.Column("id", sa.Uuid(), nullable=False),
            *(sa.Column(name, kind or sa.DateTime(timezone=True), nullable=(table, name) in NULLABLE) for name, kind in columns.items()),
            *(
                sa.ForeignKeyConstraint(["academy_id", name], [f"{LINKS[name]}.academy_id", f"{LINKS[name]}.id"], name=op.f(f"fk_{table}_academy_id_{name}"))
                for name in links
            ),
            sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f(f"fk_{table}_academy_id")),
            sa.PrimaryKeyConstraint("academy_id", "id", name=op.f(f"pk_{table}")),
            *(sa.UniqueConstraint("academy_id", *names, name=op.f(f"uq_{table}_academy_id_{'_'.join(names)}")) for names in [UNIQUE.get(table, ())] if names),
        )
        for name in INDEXED.get(table, ()):
            op.create_index(op.f(f"ix_{table}_academy_id_{name}"), table, ["academy_id", name], unique=False)
    op.create_index("ix_consent_event_fold", "consent_event", ["academy_id", "person_id", "at"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
