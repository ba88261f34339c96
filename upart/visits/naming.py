# SPDX-License-Identifier: MIT
"""What a page is called where visits are counted: its address without anything that stands for a person, a link or a search."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from flask import Flask, Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from upart.hooks.routes import Policy
from upart.theming.headers import PUBLIC

LEFT_OUT = ("/manage/", "/teach/", "/account/", "/privacy/", "/api/", "/oauth/", "/webhooks/", "/.well-known/", "/static/", "/files/", "/art/")
"""Work of staff, machines, and what people do about their account and their rights: nobody counts these."""

ABOUT_PEOPLE = ("/people/", "/teachers/")
"""Pages about somebody: they are counted together."""

SPOKEN = ("slug",)
"""Parts of an address that name a page which is the same for everybody. Any other part may be a link's secret or somebody's id."""

PART = re.compile(r"<(?:[^<>:]*:)?([^<>:]+)>")
LONGEST = 200
REMEMBERED = 5000


def name_of(rule: str, values: Mapping[str, Any], *, public: bool) -> str:
    """The page of a route's rule ("/courses/<slug>") in one line; "" for one that is not counted."""
    if f"{rule.rstrip('/')}/".startswith(LEFT_OUT):
        return ""
    named = public and not rule.startswith(ABOUT_PEOPLE)
    return PART.sub(lambda part: str(values.get(part[1], "…")) if named and part[1] in SPOKEN else "…", rule)[:LONGEST]


def page_of(request: Request, response: Response) -> str:
    """The page that an answer is, or "": for errors, redirections, files and all that is not read by people."""
    rule = request.url_rule
    if rule is None or request.method not in ("GET", "HEAD") or response.status_code != 200 or response.mimetype != "text/html":
        return ""
    public = response.headers.get("Cache-Control") == PUBLIC
    return name_of(rule.rule, request.view_args or {}, public=public)


class Paths:
    """Finds the page of a path that a browser says it comes from."""

    def __init__(self, app: Flask, policies: Mapping[str, Policy]) -> None:
        self.app, self.policies = app, policies
        self._served: set[str] = set()

    def served(self, page: str) -> None:
        """This page has been answered with, so it exists."""
        if len(self._served) < REMEMBERED:
            self._served.add(page)

    def page_at(self, path: str) -> str:
        """The page at a path of this portal, or "" when there is none, or none that is counted. Whoever names one that was not served gets no word into it."""
        try:
            rule, values = self.app.url_map.bind("localhost").match(unquote(path, errors="replace"), method="GET", return_rule=True)
        except (HTTPException, RequestRedirect, ValueError):
            return ""
        policy = self.policies.get(rule.endpoint)
        page = name_of(rule.rule, values, public=policy is not None and policy.public)
        return page if page in self._served else name_of(rule.rule, values, public=False)
