# SPDX-License-Identifier: MIT
"""The tables of courses."""

from __future__ import annotations

from upart_courses.models.cohorts import Cohort
from upart_courses.models.courses import (
    Course,
    CourseState,
    Entry,
    Lesson,
    LessonFile,
    LessonKind,
    Level,
    Parts,
    Section,
    Visibility,
    arrange,
    arranged,
    fitting,
)
from upart_courses.models.learning import Brought, Enrolment, Entitlement, LessonEvent, LessonEventKind, Opening, Playing, Source

__all__ = [
    "Brought",
    "Cohort",
    "Course",
    "CourseState",
    "Enrolment",
    "Entitlement",
    "Entry",
    "Lesson",
    "LessonEvent",
    "LessonEventKind",
    "LessonFile",
    "LessonKind",
    "Level",
    "Opening",
    "Parts",
    "Playing",
    "Section",
    "Source",
    "Visibility",
    "arrange",
    "arranged",
    "fitting",
]
