import sqlalchemy as sa
from alembic import op

revision = "quizbank0001"
down_revision = None


def upgrade():
    op.create_table(
        "quizbank_question",
        sa.Column("academy_id", sa.Uuid(), sa.ForeignKey("academy.id"), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
    )
    op.create_table(
        "quizbank_answer",
        sa.Column("academy_id", sa.Uuid(), sa.ForeignKey("academy.id"), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "question_id"], ["quizbank_question.academy_id", "quizbank_question.id"]),
        sa.ForeignKeyConstraint(["academy_id", "learner_id"], ["person.academy_id", "person.id"]),
    )
    op.create_index("ix_quizbank_answer_academy_id_given_at", "quizbank_answer", ["academy_id", "given_at"])
