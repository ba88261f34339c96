# SPDX-License-Identifier: MIT
"""Accounts, sessions, tokens, roles, jobs, events, mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c0002"
down_revision = "c0001"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("totp_seed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_on", sa.Boolean(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("key_digest", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("what", "key_digest", name=op.f("uq_attempt_what_key_digest")),
    )
    with op.batch_alter_table("attempt") as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_started_at"), ["started_at"], unique=False)

    op.create_table(
        "installation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "mail_token",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("address_digest", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_mail_token_academy_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mail_token_account_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_mail_token")),
        sa.UniqueConstraint("academy_id", "digest", name=op.f("uq_mail_token_academy_id_digest")),
    )
    with op.batch_alter_table("mail_token") as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_token_academy_id_account_id"), ["academy_id", "account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_token_academy_id_ends_at"), ["academy_id", "ends_at"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code") as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_account_id"), ["account_id"], unique=False)

    op.create_table(
        "role",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("permissions", JSON, nullable=False),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_role_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_role")),
        sa.UniqueConstraint("academy_id", "name", name=op.f("uq_role_academy_id_name")),
    )
    op.create_table(
        "event",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("object_table", sa.String(), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "actor_id"], ["person.academy_id", "person.id"], name=op.f("fk_event_academy_id_actor_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_event_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event") as batch_op:
        batch_op.create_index(batch_op.f("ix_event_academy_id_actor_id"), ["academy_id", "actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_academy_id_at"), ["academy_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_academy_id_object_id"), ["academy_id", "object_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_job_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_job_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_job")),
        sa.UniqueConstraint("academy_id", "dedupe_key", name=op.f("uq_job_academy_id_dedupe_key")),
    )
    with op.batch_alter_table("job") as batch_op:
        batch_op.create_index(batch_op.f("ix_job_academy_id_person_id"), ["academy_id", "person_id"], unique=False)
        batch_op.create_index("ix_job_due", ["state", "run_at"], unique=False)

    op.create_table(
        "mail_message",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("recipient_digest", sa.String(), nullable=False),
        sa.Column("subject_line", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_mail_message_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_mail_message_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_mail_message")),
        sa.UniqueConstraint("academy_id", "dedupe_key", name=op.f("uq_mail_message_academy_id_dedupe_key")),
    )
    with op.batch_alter_table("mail_message") as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_message_academy_id_created_at"), ["academy_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_message_academy_id_person_id"), ["academy_id", "person_id"], unique=False)
        batch_op.create_index("ix_mail_message_budget", ["academy_id", "recipient_digest", "created_at"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_sign_in_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_sign_in_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in") as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_academy_id_at"), ["academy_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_academy_id_person_id"), ["academy_id", "person_id"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("family", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("previous_digest", sa.String(), nullable=True),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("fresh_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "person_id"], ["person.academy_id", "person.id"], name=op.f("fk_user_session_academy_id_person_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_user_session_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("academy_id", "digest", name=op.f("uq_user_session_academy_id_digest")),
    )
    with op.batch_alter_table("user_session") as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_academy_id_ends_at"), ["academy_id", "ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_session_academy_id_family"), ["academy_id", "family"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_session_academy_id_person_id"), ["academy_id", "person_id"], unique=False)

    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("account_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("roles", JSON, nullable=False, server_default='["learner"]'))
        batch_op.add_column(sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_person_academy_id_account_id"), ["academy_id", "account_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_person_academy_id_account_id"), ["academy_id", "account_id"])
        batch_op.create_foreign_key(batch_op.f("fk_person_account_id"), "account", ["account_id"], ["id"])


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_person_account_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_person_academy_id_account_id"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_person_academy_id_account_id"))
        batch_op.drop_column("suspended_at")
        batch_op.drop_column("roles")
        batch_op.drop_column("account_id")

    with op.batch_alter_table("user_session") as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_academy_id_person_id"))
        batch_op.drop_index(batch_op.f("ix_user_session_academy_id_family"))
        batch_op.drop_index(batch_op.f("ix_user_session_academy_id_ends_at"))

    op.drop_table("user_session")
    with op.batch_alter_table("sign_in") as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_academy_id_person_id"))
        batch_op.drop_index(batch_op.f("ix_sign_in_academy_id_at"))

    op.drop_table("sign_in")
    with op.batch_alter_table("mail_message") as batch_op:
        batch_op.drop_index("ix_mail_message_budget")
        batch_op.drop_index(batch_op.f("ix_mail_message_academy_id_person_id"))
        batch_op.drop_index(batch_op.f("ix_mail_message_academy_id_created_at"))

    op.drop_table("mail_message")
    with op.batch_alter_table("job") as batch_op:
        batch_op.drop_index("ix_job_due")
        batch_op.drop_index(batch_op.f("ix_job_academy_id_person_id"))

    op.drop_table("job")
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_academy_id_object_id"))
        batch_op.drop_index(batch_op.f("ix_event_academy_id_at"))
        batch_op.drop_index(batch_op.f("ix_event_academy_id_actor_id"))

    op.drop_table("event")
    op.drop_table("role")
    with op.batch_alter_table("recovery_code") as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_account_id"))

    op.drop_table("recovery_code")
    with op.batch_alter_table("mail_token") as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_token_academy_id_ends_at"))
        batch_op.drop_index(batch_op.f("ix_mail_token_academy_id_account_id"))

    op.drop_table("mail_token")
    op.drop_table("installation")
    with op.batch_alter_table("attempt") as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_started_at"))

    op.drop_table("attempt")
    op.drop_table("account")
