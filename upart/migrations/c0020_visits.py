# SPDX-License-Identifier: MIT
"""Visits, their daily sums, and pages that somebody wants to have remembered."""

import sqlalchemy as sa
from alembic import op

revision = "c0020"
down_revision = "c0019"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _table(
        "visit",
        *(sa.Column(name, TIME, nullable=False) for name in ("day", "minute")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("route", "before", "referrer", "device", "system", "browser", "language")),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
    )
    _table(
        "visit_day",
        sa.Column("day", TIME, nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("value", "before")),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.UniqueConstraint("academy_id", "day", "what", "value", "before", name=op.f("uq_visit_day_academy_id_day_what_value_before")),
    )
    _table(
        "recent_page",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("path", "title")),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_recent_page_academy_id_person_id")),
        sa.UniqueConstraint("academy_id", "person_id", "path", name=op.f("uq_recent_page_academy_id_person_id_path")),
    )
    for table, column in (("visit", "day"), ("visit_day", "day"), ("recent_page", "person_id"), ("recent_page", "at")):
        op.create_index(op.f(f"ix_{table}_academy_id_{column}"), table, ["academy_id", column], unique=False)


def _table(name: str, *columns: sa.Column | sa.Constraint) -> None:
    op.create_table(
        name,
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f(f"fk_{name}_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("recent_page", "visit_day", "visit"):
        op.drop_table(name)
