import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "quizbank0002"
down_revision = "quizbank0001"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade():
    _review()
    _table("words", _link("answer_id", "quizbank_answer"), sa.Column("words", sa.String(), nullable=False))
    _table(
        "duel",
        _link("challenger_id", "person", nullable=True),
        _link("opponent_id", "person", nullable=True),
        sa.Column("boast", sa.String(), nullable=True),
        sa.Column("reply", sa.String(), nullable=True),
    )
    _table("round", _link("duel_id", "quizbank_duel"), sa.Column("guess", sa.String(), nullable=True), sa.Column("counter", sa.String(), nullable=True))
    _table("team", sa.Column("name", sa.String(), nullable=False), sa.Column("password", sa.String(), nullable=True))
    _table("member", _link("team_id", "quizbank_team"), _link("person_id", "person"), sa.Column("nickname", sa.String(), nullable=False))
    _table(
        "invoice",
        _link("payer_id", "person", nullable=True),
        _link("clerk_id", "person", nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        _when("issued_at"),
    )
    _table(
        "payment",
        _link("payer_id", "person", nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        _when("booked_at"),
    )
    _table(
        "guest",
        sa.Column("address_digest", sa.String(), nullable=False),
        sa.Column("nickname", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        _when("tried_at"),
    )
    _table("agreed", sa.Column("address_digest", sa.String(), nullable=False), _when("agreed_at"))
    _table(
        "mention",
        _link("author_id", "person"),
        sa.Column("target_table", sa.String(), nullable=True),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("tone", sa.String(40), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
    )
    for table, column in (("invoice", "issued_at"), ("payment", "booked_at"), ("guest", "tried_at"), ("agreed", "agreed_at")):
        op.create_index(f"ix_quizbank_{table}_academy_id_{column}", f"quizbank_{table}", ["academy_id", column])


def _review():
    """What has been answered before stays, without a reviewer."""
    with op.batch_alter_table("quizbank_answer") as table:
        table.add_column(sa.Column("reviewer_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("sketch_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("steps", JSON, nullable=False, server_default="{}"))
        table.add_column(sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
        for name in ("verdict", "doubts", "signed"):
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        table.create_foreign_key("fk_quizbank_answer_reviewer", "person", ["academy_id", "reviewer_id"], ["academy_id", "id"])
        table.create_foreign_key("fk_quizbank_answer_sketch", "file", ["academy_id", "sketch_id"], ["academy_id", "id"])


def _table(name, *parts):
    columns, links = [], []
    for part in parts:
        columns += part[:1] if isinstance(part, tuple) else [part]
        links += part[1:] if isinstance(part, tuple) else []
    op.create_table(
        f"quizbank_{name}",
        sa.Column("academy_id", sa.Uuid(), sa.ForeignKey("academy.id"), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        *columns,
        *links,
    )


def _link(column, to, nullable=False):
    return sa.Column(column, sa.Uuid(), nullable=nullable), sa.ForeignKeyConstraint(["academy_id", column], [f"{to}.academy_id", f"{to}.id"])


def _when(column):
    return sa.Column(column, sa.DateTime(timezone=True), nullable=False)
