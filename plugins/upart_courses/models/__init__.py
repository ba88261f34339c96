# SPDX-License-Identifier: MIT
"""The tables of courses."""

from __future__ import annotations

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
from upart_courses.models.learning import Enrolment, Entitlement, LessonEvent, LessonEventKind, Opening, Playing, Source
from upart_courses.models.scorm import PackageResult, PackageStatus

__all__ = [
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
    "PackageResult",
    "PackageStatus",
    "Parts",
    "Playing",
    "Section",
    "Source",
    "Visibility",
    "arrange",
    "arranged",
    "fitting",
]
