# SPDX-License-Identifier: MIT
"""Files of lessons: for whoever may open the lesson, for as long as they may; and how far a learner has played them."""

from __future__ import annotations

from contextlib import nullcontext
from uuid import UUID

from flask import request
from werkzeug import Response

from upart.plugin import Blueprint, File, NotHere, Person, Problem, admit, anyone_uncached, context, file_answer, may, media, session
from upart.plugin import gettext as _
from upart_courses.actions import playing
from upart_courses.blocks import items_of, known
from upart_courses.here import lesson_at
from upart_courses.showing import bound, elsewhere
from upart_courses.views.learn import place

file_pages = Blueprint("course_files", __name__)


@file_pages.get("/learn/<slug>/<lesson>/files/<uuid:item>", policy=anyone_uncached, query=("part", "ends", "sig", "of"))
def one(slug: str, lesson: str, item: UUID) -> Response:
    """A file of a lesson, whole or in part; with `part=captions` its captions.

    The address is signed for one person; a free preview needs none, and names nobody. Whoever may not open the lesson any more, or not yet, is refused it.
    `of`: for whom a program made it, which may hand it to a player; what is open to them now is asked each time.
    """
    given = request.args.get("of", "")
    with context.knowing(_reader(given), fresh=False) if given else nullcontext():
        here = lesson_at(slug, lesson)
    row = here.body
    if here.lock is not None:
        raise NotHere
    if given or not row.preview:
        value = elsewhere(row, item, UUID(given)) if given else bound(row, item, context.person)
        admit(value, request.args.get("ends", ""), request.args.get("sig", ""))
    found = media([item]).get(item) if item in items_of(row.blocks) else None
    file: File | None = found.captions if found is not None and request.args.get("part") == "captions" else found.file if found is not None else None
    if file is None:
        raise NotHere
    return file_answer(file)


def _reader(text: str) -> Person:
    """Whoever an address was made for, while they may sign in here. Raises NotHere."""
    try:
        person = session.get(Person, {"academy_id": context.academy.id, "id": UUID(text)})
    except ValueError:
        raise NotHere from None
    if person is None or person.account_id is None or person.suspended_at is not None:
        raise NotHere
    return person


@file_pages.post("/learn/<slug>/<lesson>/played", policy=may("courses.learn"))
def played(slug: str, lesson: str) -> Response:
    """Note where a learner is in a video or sound. Sent by the page's script while it plays."""
    enrolment, row = place(slug, lesson)
    block, seconds = request.form.get("block", ""), request.form.get("seconds", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 7) or block not in {one["id"] for one in known(row.blocks)}:
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more."))
    playing.note(enrolment, row, block, int(seconds))
    return Response(status=204)
