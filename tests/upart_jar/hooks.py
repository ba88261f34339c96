# SPDX-License-Identifier: MIT
"""Cookies that a plugin has declared, necessary and optional, and others that it has not."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request, stream_with_context

from upart.plugin import Blueprint, Cookie, CookieCategory, Manifest, allows, anyone, anyone_known, anyone_uncached, context, holds_nothing, hookimpl

manifest = Manifest(id="jar", version="1.0", privacy=holds_nothing("it sets cookies and keeps nothing"))
site = Blueprint("jar", __name__)


@hookimpl
def upart_blueprints():
    return [site]


@hookimpl
def upart_cookies():
    return [
        Cookie(name="jar_basket", category=CookieCategory.NECESSARY, purpose="Holds what you want to buy.", lifetime=timedelta(days=2)),
        Cookie(name="jar_taste", category=CookieCategory.PREFERENCES, purpose="Remembers whether you like it sweet.", lifetime=timedelta(days=30)),
        Cookie(name="jar_count", category=CookieCategory.MEASURE, purpose="Counts jars that were opened.", lifetime=timedelta(days=7)),
    ]


@site.get("/jar/set", policy=anyone, query=("line",))
def set_any():
    """Set whatever is asked for, line by line, as `Set-Cookie` has it."""
    answer = Response("set")
    for line in request.args.getlist("line"):
        answer.headers.add("Set-Cookie", line)
    return answer


@site.get("/jar/taste", policy=anyone_uncached)
def taste():
    """Set the optional cookie, if it is allowed; say what has been brought."""
    answer = Response(" ".join(sorted(request.cookies)))
    if allows("preferences"):
        answer.set_cookie("jar_taste", "sweet", max_age=3600)
    return answer


@site.get("/jar/video", policy=anyone)
def video():
    """A page for everybody that looks whether content from elsewhere is allowed."""
    return Response("measured" if allows("measure") else "not measured")


@site.get("/jar/stream", policy=anyone, query=("first",))
def stream():
    """A page that comes piece by piece; it looks whether content from elsewhere is allowed before it begins, or too late."""
    first = allows("measure") if request.args.get("first") else None

    def pieces():
        yield "measured" if (allows("measure") if first is None else first) else "not measured"

    return Response(stream_with_context(pieces()))


@site.get("/jar/known", policy=anyone_known)
def known():
    """A page that is another one for people who have signed in."""
    return Response("known" if context.person else "unknown")


@site.after_app_request
def everywhere(response):
    """On every answer while the test says so, also on those of others and on error pages."""
    if name := request.environ.get("jar.everywhere"):
        response.set_cookie(name, "1")
    return response
