# SPDX-License-Identifier: MIT
"""Front ends on other origins, tokens of programs, answers that are given once more."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c0025"
down_revision = "c0024"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; no program may do anything yet."""
    _table(
        "api_front_end",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "public_key")),
        *(sa.Column(name, JSON, nullable=False) for name in ("origins", "redirects", "scopes")),
        sa.Column("created_at", TIME, nullable=False),
        sa.UniqueConstraint("academy_id", "public_key", name=op.f("uq_api_front_end_academy_id_public_key")),
    )
    _table(
        "api_token",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("front_end_id", sa.Uuid(), nullable=True),
        sa.Column("family", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "digest", "redirect", "challenge")),
        sa.Column("scopes", JSON, nullable=False),
        *(sa.Column(name, TIME, nullable=name.endswith(("used_at", "seen_at"))) for name in ("used_at", "seen_at", "created_at", "ends_at")),
        _person("api_token"),
        sa.ForeignKeyConstraint(
            ["academy_id", "front_end_id"], ["api_front_end.academy_id", "api_front_end.id"], name=op.f("fk_api_token_academy_id_front_end_id")
        ),
        sa.UniqueConstraint("academy_id", "digest", name=op.f("uq_api_token_academy_id_digest")),
    )
    _table(
        "api_answer",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("digest", "request", "location")),
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        _person("api_answer"),
        sa.UniqueConstraint("academy_id", "digest", name=op.f("uq_api_answer_academy_id_digest")),
    )
    for table, names in (("api_token", ("person_id", "front_end_id", "family", "ends_at")), ("api_answer", ("person_id", "at"))):
        for name in names:
            op.create_index(op.f(f"ix_{table}_academy_id_{name}"), table, ["academy_id", name], unique=False)


def _table(name: str, *columns: sa.Column | sa.Constraint) -> None:
    op.create_table(
        name,
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f(f"fk_{name}_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f(f"pk_{name}")),
    )


def _person(table: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f(f"fk_{table}_academy_id_person_id"))


def downgrade() -> None:
    """Drop the tables."""
    for name in ("api_answer", "api_token", "api_front_end"):
        op.drop_table(name)
