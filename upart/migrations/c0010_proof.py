# SPDX-License-Identifier: MIT
"""Proofs of erasures, and the public keys that have signed their receipts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c0010"
down_revision = "c0009"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rights_proof",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("found", JSON, nullable=False),
        sa.Column("not_seen", JSON, nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "request_id"], ["rights_request.academy_id", "rights_request.id"], name=op.f("fk_rights_proof_academy_id_request_id")
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_rights_proof_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_rights_proof")),
        sa.UniqueConstraint("academy_id", "request_id", name=op.f("uq_rights_proof_academy_id_request_id")),
    )
    for column in ("request_id", "made_at"):
        op.create_index(op.f(f"ix_rights_proof_academy_id_{column}"), "rights_proof", ["academy_id", column], unique=False)
    op.create_table(
        "receipt_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_key")),
        sa.UniqueConstraint("name", name=op.f("uq_receipt_key_name")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("receipt_key")
    op.drop_table("rights_proof")
