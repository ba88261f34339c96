# SPDX-License-Identifier: MIT
"""The player of learning packages: its page, the files of a package, and what a package reports of a learner.

Pages of a package come without cookies, because they belong to no site. So their address names for whom it was signed, and whether this person may
open the lesson is asked for each file anew: it dies after hours, with the access, and with the account.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug import Response

from upart.plugin import Blueprint, File, NotHere, Person, Problem, admit, anyone_uncached, context, framing, get_or_404, may, render, ticket
from upart.plugin import gettext as _
from upart_courses.actions import restarting, scorm
from upart_courses.here import LessonHere, lesson_at
from upart_courses.packaged import scorm_in, version_of_bytes
from upart_courses.showing import LASTS
from upart_courses.views import members
from upart_courses.views.learn import place

scorm_pages = Blueprint("course_scorm", __name__)

NOBODY = "-"
"""For whom the address of a free preview is signed when a visitor looks."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A part of an address that opens the files of one part of one package to one person: "<person>.<part>.<ends>.<signature>"."""

    holder: str
    part: int
    ends: str
    signature: str

    @classmethod
    def read(cls, text: str) -> Pass:
        """A pass as it stands in an address. Raises NotHere."""
        parts = text.split(".")
        if len(parts) != 4 or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 4):
            raise NotHere
        return cls(parts[0], int(parts[1]), parts[2], parts[3])

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Let its holder act in the block. Raises NotHere when they may not be known here any more, or somebody else's browser shows it."""
        try:
            holder = get_or_404(Person, UUID(self.holder)) if self.holder != NOBODY else None
        except ValueError:
            raise NotHere from None
        if holder is not None and (holder.account_id is None or holder.suspended_at is not None):
            raise NotHere
        if context.person is not None and (holder is None or context.person.id != holder.id):
            raise NotHere
        with context.knowing(holder, fresh=False):
            yield


def _bound(here: LessonHere, block: str, part: int, file: File) -> str:
    """To what a pass is bound: this person, this part of this package in this lesson."""
    return f"package {context.person.id if context.person is not None else NOBODY} {here.body.id} {block} {part} {file.id}"


def _open(slug: str, lesson: str, block: str) -> tuple[LessonHere, File]:
    """A package of a lesson that is open to whoever acts. Raises NotHere, and what `lesson_at` raises."""
    here = lesson_at(slug, lesson)
    file = scorm.files_of(here.body.blocks).get(block)
    if here.lock is not None or file is None:
        raise NotHere
    return here, file


@scorm_pages.get("/learn/<slug>/<lesson>/packages/<block>", policy=anyone_uncached, query=("part",))
def player(slug: str, lesson: str, block: str) -> Response:
    """A package, played: whatever it is, it runs in a frame without any power over this site."""
    here, file = _open(slug, lesson, block)
    package, mine = scorm_in(file), here.mine if here.reads else None
    results = scorm.results(mine.id, here.body.id) if mine is not None else {}
    fresh = {part for (name, part), row in results.items() if name == block and row.version == version_of_bytes(file)}
    done = {part for part in fresh if results[block, part].done_at is not None}
    chosen = _chosen(len(package.items), done)
    item, prefix = package.items[chosen], _prefix(here, slug, lesson, block, chosen, file)
    version = restarting.edition(file, mine.id if mine is not None else None, here.body.id, block)
    answer = render(
        "courses/player.html", package=package, item=item, part=chosen, done=done, result=results.get((block, chosen)) if chosen in fresh else None,
        frame=f"{prefix}{_quoted(item.path)}{f'?{item.query}' if item.query else ''}", sandbox=members.SANDBOX, keeps=mine is not None,
        title=_block(here.body, block).get("title") or package.title, version=version, save=url_for(".keep", slug=slug, lesson=lesson, block=block),
        back=url_for("courses.lesson", slug=slug, lesson=lesson, _anchor=f"b-{block}"), course={"slug": slug, "title": here.course.title},
        here=url_for(".player", slug=slug, lesson=lesson, block=block),
    )  # fmt: skip
    return framing(answer, f"{request.host_url.rstrip('/')}{prefix}")


def _chosen(parts: int, done: set[int]) -> int:
    """The part that was asked for, else the first that is not done."""
    asked = request.args.get("part", "")
    if asked.isascii() and asked.isdigit() and 0 < int(asked[:4]) <= parts:
        return int(asked[:4]) - 1
    return next((part for part in range(parts) if part not in done), 0)


def _block(lesson: Any, block: str) -> dict[str, Any]:
    """What was typed about a package."""
    return next((one for one in lesson.blocks if isinstance(one, dict) and one.get("id") == block), {})


def _prefix(here: LessonHere, slug: str, lesson: str, block: str, part: int, file: File) -> str:
    """The address of a package for whoever acts, without the host; its files stand below it."""
    signed = ticket(_bound(here, block, part, file), ends=LASTS)
    code = f"{context.person.id.hex if context.person is not None else NOBODY}.{part}.{signed['ends']}.{signed['sig']}"
    return url_for(".member", slug=slug, lesson=lesson, block=block, code=code, path="x").removesuffix("x")


def _quoted(path: str) -> str:
    return url_for(".member", slug="s", lesson="l", block="b", code="c", path=path).partition("/c/")[2]


@scorm_pages.get("/learn/<slug>/<lesson>/packages/<block>/<code>/<path:path>", policy=anyone_uncached)
def member(slug: str, lesson: str, block: str, code: str, path: str) -> Response:
    """A file of a package, for whom its address was signed. Opened by itself, outside of the player, it leads there."""
    if request.headers.get("Sec-Fetch-Dest") == "document":
        return redirect(url_for(".player", slug=slug, lesson=lesson, block=block), 303)
    if path.startswith(members.OWN):
        return members.script(path.removeprefix(members.OWN))
    held = Pass.read(code)
    with held.acting():
        here, file = _open(slug, lesson, block)
        admit(_bound(here, block, held.part, file), held.ends, held.signature)
        state = _state(here, block, held.part, file)
    prefix = f"{request.host_url.rstrip('/')}{url_for('.member', slug=slug, lesson=lesson, block=block, code=code, path='x').removesuffix('x')}"
    return members.member(file, path, prefix, state)


def _state(here: LessonHere, block: str, part: int, file: File) -> dict[str, Any]:
    """What the programs of a package find when they begin."""
    items = scorm_in(file).items
    if part >= len(items):
        raise NotHere
    mine = here.mine if here.reads else None
    row = scorm.results(mine.id, here.body.id).get((block, part)) if mine is not None else None
    same = row is not None and row.version == version_of_bytes(file)
    return scorm.begins_with(items[part], row if same else None, mine.id if mine is not None else None)


@scorm_pages.post("/learn/<slug>/<lesson>/packages/<block>", policy=may("courses.learn"))
def keep(slug: str, lesson: str, block: str) -> Response:
    """Keep what a package reports of the learner who plays it. Sent by the player's script."""
    enrolment, row = place(slug, lesson)
    file, part = scorm.files_of(row.blocks).get(block), request.form.get("part", "")
    if file is None or not (part.isascii() and part.isdigit() and len(part) < 4):
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more."))
    if request.form.get("version") != restarting.edition(file, enrolment.id, row.id, block) or int(part) >= len(scorm_in(file).items):
        said = _("This package begins anew: there is a new version, or it was started over.")
        raise Problem(409, said, remedy=_("Go back to the lesson and open it again."), code="package_changed")
    scorm.keep(enrolment, row, block, file, int(part), scorm.read_told(request.form))
    return Response(status=204)


@scorm_pages.get("/learn/<slug>/<lesson>/packages/<block>/again", policy=may("courses.learn"))
def ask_to_start_over(slug: str, lesson: str, block: str) -> Response:
    """Say what stays and what goes when somebody starts a package over."""
    here, _file = _open(slug, lesson, block)
    typed = _block(here.body, block)
    if here.mine is None or not typed.get("again"):
        raise NotHere
    begun = any(name == block for name, _part in scorm.results(here.mine.id, here.body.id))
    return render("courses/start-over.html", course=here.course, lesson=here.current, title=typed.get("title", ""), block=block, begun=begun)


@scorm_pages.post("/learn/<slug>/<lesson>/packages/<block>/again", policy=may("courses.learn"))
def start_over(slug: str, lesson: str, block: str) -> Response:
    """Start it over, where whoever teaches lets learners do so."""
    enrolment, row = place(slug, lesson)
    if not _block(row, block).get("again") or block not in scorm.files_of(row.blocks):
        raise NotHere
    restarting.start_over(enrolment, row, block)
    return redirect(url_for(".player", slug=slug, lesson=lesson, block=block), 303)
