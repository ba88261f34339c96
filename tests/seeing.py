# SPDX-License-Identifier: MIT
"""Who may see what, in words that the crawl can ask: the other account of what the portal's doors decide."""

from __future__ import annotations

from upart_courses.models import CertificateState, CourseState, Visibility

from upart.academies.models import AcademyKind
from upart.testing.crawl import Viewer
from upart.testing.markers import Marked, Marker

PRIVATE = ("contact.", "demographic.birth", "pay.", "family.", "auth.", "special.", "pref.accessibility")
"""Categories that are shown only to somebody who gave the password a short while ago (design 2.6)."""

OF_LEARNERS = ("id.name", "edu.", "usage.activity")
"""What teachers see of the people of their academy; they also read each other's lessons."""

INSIDE = ("body", "blocks", "embeds")
"""What stands in a lesson."""

REVIEWED = ("stars", "text", "written_at")
"""What a course's page says of a review that is not hidden."""

FOR_ALL = (Visibility.PUBLIC, Visibility.UNLISTED)
"""Courses whose page everybody may open."""

STAFF = {"owner", "manager", "officer"}


def may_see(marked: Marked, viewer: Viewer, here, marker: Marker, *, fresh: bool) -> bool:
    """Whose is it, and what may this person know of it here?"""
    if marker.secret or (marker.table, marker.is_id) == ("account", True) or (not fresh and marker.category.startswith(PRIVATE)):
        return False
    if marker.table == "courses_lesson" and marker.column in INSIDE and waits(marked, viewer, marker.row):
        return False
    on_the_platform = marked.rows["academy"][here]["kind"] is AcademyKind.PLATFORM
    if viewer.is_in(here) and viewer.ids & marker.people and on_the_platform:
        return True  # there one sees what is held about the account, by whichever academy
    if marker.academy not in (here, None):
        return marker.is_id and marker.row in viewer.joined or _named_by_the_platform(marked, here, marker)
    if marker.is_id or (viewer.is_in(here) and (viewer.ids & marker.people or learned(marked, viewer, marker))) or published(marked, marker):
        return True
    if not viewer.is_in(here) or marker.academy is None or marker.table == "courses_note":  # a note is read by nobody else, whoever they are
        return False
    if published(marked, marker, Visibility if "teacher" in viewer.roles else (*FOR_ALL, Visibility.MEMBERS)):
        return True
    if marker.table == "courses_lesson" and ("teacher" in viewer.roles or learns(marked, viewer, marker.row)):
        return True
    if marker.table in ("courses_certificate", "courses_review"):  # not everybody who teaches: those who write the course
        return "owner" in viewer.roles or bool(viewer.ids & {course["author_id"] for course in _course_of(marked, marker)})
    if marker.table == "file" and viewer.ids & _linked_by(marked, marker.row):
        return True
    if "teacher" in viewer.roles and (marker.table == "media_item" or (marker.table == "file" and _is_in_the_library(marked, marker.row))):
        return True
    if (marker.table, marker.column) == ("api_front_end", "name") and _has_signed_in_at(marked, viewer, marker.row):
        return True
    if (marker.table, marker.column) == ("person", "name") and set(marked.rows["person"][marker.row]["roles"]) & STAFF:
        return True  # who looked at somebody's private data is told to them by name
    if (marker.table, marker.column) == ("courses_submission", "text") and teaches(marked, viewer, marker.row):
        return True
    of_learners = marker.category.startswith(OF_LEARNERS) or (marker.table == "courses_lesson" and marker.column in INSIDE)
    return "owner" in viewer.roles or ("teacher" in viewer.roles and of_learners)


def teaches(marked: Marked, viewer: Viewer, submission) -> bool:
    """Was it handed in to a course that they write?"""
    rows = marked.rows
    place = rows["courses_enrolment"][rows["courses_submission"][submission]["enrolment_id"]]
    return rows["courses_course"][place["course_id"]]["author_id"] in viewer.ids


def learns(marked: Marked, viewer: Viewer, lesson) -> bool:
    """Is this person in the course of a lesson?"""
    course = marked.rows["courses_lesson"][lesson]["course_id"]
    return any(row["course_id"] == course and row["learner_id"] in viewer.ids and not row["left_at"] for row in marked.rows["courses_enrolment"].values())


def waits(marked: Marked, viewer: Viewer, lesson) -> bool:
    """Is it in a section that is not open to them? Those of the crawl wait for a far day, unless it was opened to one learner alone."""
    row, rows = marked.rows["courses_lesson"][lesson], marked.rows
    if not rows["courses_section"][row["section_id"]]["release"] or row["preview"] or {"owner", "manager", "teacher"} & set(viewer.roles):
        return False
    places = {id for id, place in rows["courses_enrolment"].items() if place["learner_id"] in viewer.ids}
    opened = {one["section_id"] for one in rows["courses_opening"].values() if one["enrolment_id"] in places}
    been = {rows["courses_lesson"][event["lesson_id"]]["section_id"] for event in rows["courses_lesson_event"].values() if event["enrolment_id"] in places}
    return row["section_id"] not in opened | been


def _named_by_the_platform(marked: Marked, here, marker: Marker) -> bool:
    """The platform's first page names the academies that want it; every academy's privacy page names the platform."""
    platform = next(row["id"] for row in marked.rows["academy"].values() if row["kind"].value == "platform")
    return platform in (here, marker.academy) and (marker.table, marker.column) in (("academy", "name"), ("academy_setting", "value"))


def _linked_by(marked: Marked, file) -> frozenset:
    """The people whose rows link to a file: it is theirs, whomever it is about."""
    found = set()
    for table, rows in marked.rows.items():
        links = [column.name for column, d in marked.register.tables[table].declared() if d.kind == "file"]
        found |= {id for id, row in rows.items() if file in [row[name] for name in links]}
    return frozenset().union(*(marker.people for marker in marked.markers.values() if marker.is_id and marker.row in found))


def _is_in_the_library(marked: Marked, file) -> bool:
    """Is it one of the files that whoever teaches may use?"""
    return any(file in (row["file_id"], row["captions_id"]) for row in marked.rows["media_item"].values())


def _course_of(marked: Marked, marker: Marker) -> list:
    """The course to which a row belongs, if it belongs to one."""
    course = marked.rows[marker.table][marker.row]["course_id"]
    return [marked.rows["courses_course"][course]] if course else []


def _has_signed_in_at(marked: Marked, viewer: Viewer, front_end) -> bool:
    """Have they let this front end act for them?"""
    return any(row["front_end_id"] == front_end and row["person_id"] in viewer.ids for row in marked.rows["api_token"].values())


def learned(marked: Marked, viewer: Viewer, marker: Marker) -> bool:
    """Does it belong to a course in which they are enrolled, or to a lesson that they have touched?"""
    enrolments = {id: row["course_id"] for id, row in marked.rows["courses_enrolment"].items() if row["learner_id"] in viewer.ids}
    touched = {row["lesson_id"] for row in marked.rows["courses_lesson_event"].values() if row["enrolment_id"] in enrolments}
    mine = {*enrolments.values(), *touched}
    if marker.table == "courses_certificate" or (marker.table == "courses_review" and not _is_said(marked, marker)):
        return False  # what others have reached, and why their words are hidden
    return marker.row in mine or marked.rows[marker.table][marker.row].get("course_id") in mine


def published(marked: Marked, marker: Marker, shown_to=FOR_ALL) -> bool:
    """What an academy shows to everybody: its settings, what its policy names (companies that are told, plugins of which it can say nothing), its published courses, open lessons, and who wrote them."""
    rows, courses = marked.rows, marked.rows["courses_course"]
    shown = {id for id, course in courses.items() if course["state"] is CourseState.PUBLISHED and course["visibility"] in shown_to}
    if marker.table == "courses_lesson":
        lesson = rows["courses_lesson"][marker.row]
        return lesson["course_id"] in shown and (lesson["preview"] or marker.column not in INSIDE)
    if marker.table == "courses_certificate":
        return _is_shown(rows[marker.table][marker.row], marker.column)
    if marker.table == "courses_review" and not _is_said(marked, marker):
        return False
    if marker.table == "file":  # of an open lesson too: its name comes along
        opened = [row for row in rows["courses_lesson"].values() if row["course_id"] in shown and row["preview"]]
        return rows["file"][marker.row]["public"] or any(marker.row in _files_of(marked, row) for row in opened)
    if marker.table == "media_item" and marker.column == "alt":
        return marker.row in [courses[id]["cover_id"] for id in shown]
    if marker.table == "person":
        return marker.column == "name" and marker.row in [courses[id]["author_id"] for id in shown]
    if marker.table == "webhook_endpoint":
        return marker.column in ("run_by", "country", "safeguard")
    return (
        marker.table in ("academy", "academy_setting", "academy_plugin")
        or marker.row in shown
        or rows.get(marker.table, {}).get(marker.row, {}).get("course_id") in shown
    )


def _is_shown(certificate, column: str) -> bool:
    """Does the page of a certificate say this to whoever has its address? Of one that does not hold, not whose it was."""
    return certificate["public"] and column != "reason" and (certificate["state"] is CertificateState.ISSUED or column in ("academy", "code"))


def _is_said(marked: Marked, marker: Marker) -> bool:
    """Does the page of a course say this of a review?"""
    return marker.column in REVIEWED and not marked.rows[marker.table][marker.row]["hidden_at"]


def _files_of(marked: Marked, lesson) -> set:
    """The files that the blocks of a lesson show."""
    items = {one.get("item") for one in lesson["blocks"] if isinstance(one, dict)}
    return {row["file_id"] for id, row in marked.rows["media_item"].items() if str(id) in items}
