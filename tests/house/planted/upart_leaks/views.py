# SPDX-License-Identifier: MIT
"""Each page breaks one promise; `LEAKS` says which, and what the crawl must call it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from uuid import UUID

from flask import Response, jsonify, redirect
from sqlalchemy import select, update
from upart_courses.models import Course, CourseState

from upart.accounts import sessions
from upart.accounts.models import UserSession
from upart.plugin import Blueprint, Person, Problem, anyone, anyone_uncached, context, everywhere, get_or_404, prepared, session, signed_in

site = Blueprint("leaks", __name__)

LEAKS = {  # endpoint: what the crawl must find there
    "everybody": "shows person.name of another academy",
    "person": "a row of another academy answers otherwise than an absent one",
    "taken": "shows person.name of another academy",
    "header": "shows person.name of another academy",
    "people_json": "shows person.email",
    "cursor": "shows person.email",
    "away": "shows person.name of another academy",
    "cookie": "sets the cookie upart_choices for somebody who has not signed in",
    "pixel": "asks tracker.example",
    "policy": "asks cdn.example",
    "drafts": "shows courses_course.title",
    "exists": "a row of another academy answers otherwise than an absent one",
    "breaks": "a fault: 500 INTERNAL SERVER ERROR",
    "hello": "shows person.email",
    "device": "somebody else's row answers otherwise than an absent one",
    "theirs": "shows user_session.id of another academy",
    "rename": "refused, yet something changed",
}


def foreigner() -> str:
    with everywhere("a leak") as opened:
        return opened.scalar(select(Person.name).where(Person.academy_id != context.academy.id).order_by(Person.id))


@site.get("/leaks/everybody", policy=anyone)
def everybody() -> Response:
    """Reads without the wall."""
    with everywhere("a leak") as opened:
        return Response("<br>".join(opened.scalars(select(Person.name))), mimetype="text/html")


@site.get("/leaks/people/<uuid:id>", policy=anyone_uncached)
def person(id: UUID) -> Response:
    """Takes the id of another academy."""
    with everywhere("a leak") as opened:
        row = opened.scalar(select(Person).where(Person.id == id))
        if row is None:
            raise Problem(404, "Nobody.")
        return Response(f"roles: {row.roles}", mimetype="text/html")


@site.get("/leaks/taken", policy=anyone_uncached)
def taken() -> Response:
    """An error that quotes somebody else's row."""
    raise Problem(409, f"This name is taken by {foreigner()}.")


@site.get("/leaks/header", policy=anyone)
def header() -> Response:
    """A header."""
    return Response("fine", headers={"X-Author": foreigner()})


@site.get("/leaks/people.json", policy=anyone)
def people_json() -> Response:
    """Addresses, as JSON, for everybody."""
    return jsonify([row.email for row in prepared(select(Person.email))()])


@site.get("/leaks/cursor", policy=signed_in)
def cursor() -> Response:
    """Addresses of others inside a cursor."""
    emails = [row.email for row in prepared(select(Person.email))()]
    return Response(f'<a href="?after={urlsafe_b64encode(json.dumps(emails).encode()).decode()}">More</a>', mimetype="text/html")


@site.get("/leaks/away", policy=anyone_uncached)
def away() -> Response:
    """A redirect that carries a value."""
    return redirect(f"/courses/?q={foreigner()}")


@site.get("/leaks/cookie", policy=anyone_uncached)
def cookie() -> Response:
    """A cookie for a visitor."""
    answer = Response("fine")
    answer.set_cookie("upart_choices", "12345")  # one that is declared: any other never leaves
    return answer


@site.get("/leaks/pixel", policy=anyone)
def pixel() -> Response:
    """A picture of a third party."""
    return Response('<p style="color:red">Hello</p><img srcset="/a.png 1x, https://tracker.example/p.gif 2x" alt="">', mimetype="text/html")


@site.get("/leaks/policy", policy=anyone)
def policy() -> Response:
    """A policy that lets a third party in."""
    return Response("fine", headers={"Content-Security-Policy": "default-src 'self'; script-src 'self' https://cdn.example"})


@site.get("/leaks/drafts", policy=anyone)
def drafts() -> Response:
    """Titles that are not published."""
    titles = session.scalars(select(Course.title).where(Course.state == CourseState.DRAFT))
    return Response("<br>".join(titles), mimetype="text/html")


@site.get("/leaks/people/<uuid:id>/exists", policy=anyone_uncached)
def exists(id: UUID) -> Response:
    """Says "forbidden" of what exists elsewhere, "absent" of what does not."""
    with everywhere("a leak") as opened:
        raise Problem(403 if opened.scalar(select(Person.id).where(Person.id == id)) else 404, "No.")


@site.get("/leaks/people/<uuid:id>/breaks", policy=anyone_uncached)
def breaks(id: UUID) -> Response:
    """Stumbles over what is not here."""
    return Response(str(session.scalars(select(Person.name).where(Person.id == id)).one()[:0]))


@site.get("/leaks/hello", policy=anyone)
def hello() -> Response:
    """Greets by address on a page that caches keep."""
    known = sessions.visitor()
    return Response(f"Hello {known.person.email if known else 'you'}", mimetype="text/html")


@site.get("/leaks/sessions/<uuid:id>", policy=signed_in)
def device(id: UUID) -> Response:
    """Anybody's session, for anybody who has signed in."""
    return Response(str(get_or_404(UserSession, id).kind))


@site.get("/leaks/theirs", policy=anyone)
def theirs() -> Response:
    """Ids alone."""
    with everywhere("a leak") as opened:
        return jsonify([str(id) for id in opened.scalars(select(UserSession.id))])


@site.get("/leaks/mine", policy=signed_in)
def mine() -> Response:
    """One's own address, also when the password was given long ago."""
    return Response(f"You are {context.person.email}", mimetype="text/html")


@site.post("/leaks/people/<uuid:id>/rename", policy=signed_in)
def rename(id: UUID) -> Response:
    """Says no and does it all the same."""
    with everywhere("a leak", write=True) as opened:
        opened.execute(update(Person).where(Person.id == id, Person.academy_id != context.academy.id).values(zone="Mars"))
    raise Problem(404, "No.")
