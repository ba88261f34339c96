# SPDX-License-Identifier: MIT
"""What search engines read of a course (schema.org, Course and CourseInstance): what its page says to everybody, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Row

from upart.plugin import address_of, context
from upart_courses.actions.cohorts import Group
from upart_courses.models import CourseState, Entry, Visibility
from upart_courses.reviews import Reviews


def structured(row: Row[Any], reviews: Reviews, groups: Sequence[Group] = ()) -> dict[str, Any] | None:
    """The facts of a course as JSON-LD; None for one that not everybody finds. `groups`: those that take people, an instance each with its days."""
    if row.state is not CourseState.PUBLISHED or row.visibility is not Visibility.PUBLIC:
        return None
    address = address_of(url_for("courses.course", slug=row.slug))
    instance: dict[str, Any] = {"@type": "CourseInstance", "courseMode": "Online", "courseWorkload": f"PT{row.minutes}M", "inLanguage": row.language}
    instances = [*([] if row.grouped else [instance]), *({**instance, **_days(one)} for one in groups)]
    found: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Course", "@id": address, "url": address, "name": row.title, "description": row.summary,
        "inLanguage": row.language, "educationalLevel": row.level.value, "about": row.field, "teaches": row.outcomes,
        "provider": {"@type": "Organization", "name": context.academy.name, "url": address_of("/")},
    }  # fmt: skip
    if instances:
        found["hasCourseInstance"] = instances
    if row.entry is Entry.OPEN:
        found["isAccessibleForFree"] = True
        found["offers"] = {"@type": "Offer", "category": "Free"}
    if reviews.average is not None:
        found["aggregateRating"] = {"@type": "AggregateRating", "ratingValue": reviews.average, "reviewCount": reviews.number, "bestRating": 5}
    return found


def _days(group: Group) -> dict[str, str]:
    """When a group begins and ends: a Date of schema.org, ISO 8601, by the calendar of the academy."""
    ends = group.row.ends_on
    return {"startDate": group.row.starts_on.isoformat(), **({"endDate": ends.isoformat()} if ends is not None else {})}
