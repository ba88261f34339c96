# SPDX-License-Identifier: MIT
"""Requests of data subjects and their steps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c0004"
down_revision = "c0003"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rights_request",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("addresses", JSON, nullable=False),
        sa.Column("address_digest", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("with_account", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_rights_request_academy_id_person_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_rights_request_account_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_rights_request_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_rights_request")),
    )
    op.create_index(op.f("ix_rights_request_academy_id_person_id"), "rights_request", ["academy_id", "person_id"], unique=False)
    op.create_index(op.f("ix_rights_request_academy_id_account_id"), "rights_request", ["academy_id", "account_id"], unique=False)
    op.create_index(op.f("ix_rights_request_academy_id_received_at"), "rights_request", ["academy_id", "received_at"], unique=False)
    op.create_index(op.f("ix_rights_request_academy_id_state"), "rights_request", ["academy_id", "state"], unique=False)
    op.create_table(
        "rights_step",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("refusal", sa.String(40), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "request_id"], ["rights_request.academy_id", "rights_request.id"], name=op.f("fk_rights_step_academy_id_request_id")
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_rights_step_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_rights_step")),
        sa.UniqueConstraint("academy_id", "request_id", "holder", name=op.f("uq_rights_step_academy_id_request_id_holder")),
    )
    op.create_index(op.f("ix_rights_step_academy_id_request_id"), "rights_step", ["academy_id", "request_id"], unique=False)
    op.create_index(op.f("ix_rights_step_academy_id_changed_at"), "rights_step", ["academy_id", "changed_at"], unique=False)
    op.create_table(
        "rights_archive",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_rights_archive_academy_id_person_id")),
        sa.ForeignKeyConstraint(
            ["academy_id", "request_id"], ["rights_request.academy_id", "rights_request.id"], name=op.f("fk_rights_archive_academy_id_request_id")
        ),
        sa.ForeignKeyConstraint(["academy_id", "file_id"], ["file.academy_id", "file.id"], name=op.f("fk_rights_archive_academy_id_file_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_rights_archive_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_rights_archive")),
    )
    for column in ("person_id", "request_id", "file_id", "ends_at"):
        op.create_index(op.f(f"ix_rights_archive_academy_id_{column}"), "rights_archive", ["academy_id", column], unique=False)

    op.create_table(
        "rights_entry",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "request_id"], ["rights_request.academy_id", "rights_request.id"], name=op.f("fk_rights_entry_academy_id_request_id")
        ),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_rights_entry_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id", "officer_id"], ["person.academy_id", "person.id"], name=op.f("fk_rights_entry_academy_id_officer_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_rights_entry_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_rights_entry")),
    )
    for column in ("request_id", "person_id", "officer_id", "at"):
        op.create_index(op.f(f"ix_rights_entry_academy_id_{column}"), "rights_entry", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("rights_entry")
    op.drop_table("rights_archive")
    op.drop_table("rights_step")
    op.drop_table("rights_request")
