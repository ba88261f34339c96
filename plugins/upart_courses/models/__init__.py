# SPDX-License-Identifier: MIT
"""The tables of courses."""

from __future__ import annotations

from upart_courses.models.certificates import Certificate, CertificateState
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
    still_shown,
)
from upart_courses.models.faq import Faq
from upart_courses.models.learning import Brought, Enrolment, Entitlement, LessonEvent, LessonEventKind, Opening, Playing, Source
from upart_courses.models.notes import Note
from upart_courses.models.packages import KEPT_DAYS, CoursePackage, OldAddress, PackageState
from upart_courses.models.reviews import Review
from upart_courses.models.scorm import EarlierResult, PackageResult, PackageStatus

__all__ = [
    "KEPT_DAYS",
    "Brought",
    "Certificate",
    "CertificateState",
    "Cohort",
    "Course",
    "CoursePackage",
    "CourseState",
    "EarlierResult",
    "Enrolment",
    "Entitlement",
    "Entry",
    "Faq",
    "Lesson",
    "LessonEvent",
    "LessonEventKind",
    "LessonFile",
    "LessonKind",
    "Level",
    "Note",
    "OldAddress",
    "Opening",
    "PackageResult",
    "PackageState",
    "PackageStatus",
    "Parts",
    "Playing",
    "Review",
    "Section",
    "Source",
    "Visibility",
    "arrange",
    "arranged",
    "fitting",
    "still_shown",
]
