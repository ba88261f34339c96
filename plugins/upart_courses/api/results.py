# SPDX-License-Identifier: MIT
"""What learners did in quizzes and assignments, for programs: results to read. What was asked, and what is right, stays here."""

from __future__ import annotations

from upart.plugin import Include, Resource, signed_in
from upart_courses.models.assessed import Attempt, Submission

attempts = Resource(
    "attempts", Attempt, scope="courses:attempts", policy=signed_in,
    sentence="Attempts at quizzes: one's own, and to teachers those in their courses. `points` and `most` are hundredths of points.",
    readable=(
        "id", "enrolment_id", "quiz_id", "number", "stage", "started_at", "ends_at", "handed_in_at", "late", "points", "most", "passed", "feedback",
    ),
    filters=("id", "enrolment_id", "quiz_id"), sorts=("id",), includes={"enrolment": Include("enrolments", by="enrolment_id")},
)  # fmt: skip

submissions = Resource(
    "submissions", Submission, scope="courses:submissions", policy=signed_in, long=("text",),
    sentence="Work handed in for assignments: one's own, and to teachers those in their courses. `points` are hundredths of points.",
    readable=("id", "enrolment_id", "assignment_id", "number", "verdict", "handed_in_at", "late", "text", "points", "passed", "feedback"),
    filters=("id", "enrolment_id", "assignment_id"), sorts=("id",), includes={"enrolment": Include("enrolments", by="enrolment_id")},
)  # fmt: skip

RESOURCES = (attempts, submissions)
