# SPDX-License-Identifier: MIT
"""Courses for programs: the same verbs as on the pages, as JSON."""

from __future__ import annotations

from upart_courses.api import access, certificates, cohorts, courses, files, outline, results, reviews

RESOURCES = tuple(one for part in (courses, outline, files, access, results, certificates, reviews, cohorts) for one in part.RESOURCES)
