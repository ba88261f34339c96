# SPDX-License-Identifier: MIT
"""Indexes of what large courses list and count: learners, certificates, reviews, and what waits for a grade."""

import sqlalchemy as sa
from alembic import op

revision = "courses0013"
down_revision = "courses0012"

ROSTER, NEWEST = ["academy_id", "course_id", "enrolled_at", "id"], ["academy_id", "course_id", "written_at", "id"]
PRESENT = {"sqlite_where": sa.text("left_at IS NULL"), "postgresql_where": sa.text("left_at IS NULL")}


def upgrade() -> None:
    """Make them."""
    op.drop_index("ix_courses_enrolment_roster", "courses_enrolment")
    op.create_index("ix_courses_enrolment_roster", "courses_enrolment", [*ROSTER, "left_at", "learner_id"], unique=False, **PRESENT)
    op.drop_index("ix_courses_review_newest", "courses_review")
    op.create_index("ix_courses_review_newest", "courses_review", [*NEWEST, "stars"], unique=False)
    op.create_index("ix_courses_certificate_newest", "courses_certificate", ["academy_id", "course_id", "issued_at", "id"], unique=False)
    op.create_index("ix_courses_attempt_stage", "courses_attempt", ["academy_id", "stage", "quiz_id"], unique=False)
    op.create_index("ix_courses_submission_verdict", "courses_submission", ["academy_id", "verdict", "assignment_id"], unique=False)


def downgrade() -> None:
    """As before."""
    op.drop_index("ix_courses_submission_verdict", "courses_submission")
    op.drop_index("ix_courses_attempt_stage", "courses_attempt")
    op.drop_index("ix_courses_certificate_newest", "courses_certificate")
    op.drop_index("ix_courses_review_newest", "courses_review")
    op.create_index("ix_courses_review_newest", "courses_review", NEWEST, unique=False)
    op.drop_index("ix_courses_enrolment_roster", "courses_enrolment")
    op.create_index("ix_courses_enrolment_roster", "courses_enrolment", ROSTER, unique=False)
