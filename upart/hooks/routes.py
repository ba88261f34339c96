# SPDX-License-Identifier: MIT
"""Routes and their policies. A route that does not say who may use it does not register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import flask

from upart.context import context
from upart.errors import NotHere, PluginError, SignInNeeded
from upart.hooks.records import Area

POLICY = "upart_policy"
QUERY = "upart_query"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may use a route. `open`: nobody need sign in; `public`: visitors get the same bytes, which caches may keep;
    `knows`: the page still looks who asks. `fresh`: only within 15 minutes after the password was given.
    `shows`: why the page may print private data (contact, birth, payment, family, secrets) without that.
    """

    name: str
    open: bool = False
    public: bool = False
    knows: bool = True
    fresh: bool = False
    permission: str = ""
    shows: str = ""


anyone = Policy("anyone", open=True, public=True, knows=False)
"""Also visitors; a page under it is the same for everybody and may be kept by caches."""

anyone_known = Policy("anyone_known", open=True, public=True)
"""Also visitors, to whom it is the same page; people who have signed in see their own."""

anyone_uncached = Policy("anyone_uncached", open=True)
"""Also visitors; no cache may keep the page."""

signed_in = Policy("signed_in")
"""People who have signed in at this academy, or are recognised by their browser."""

fresh = Policy("fresh", fresh=True)
"""People who gave their password within 15 minutes: pages with contact, birth, payment, family or secret data."""


def may(permission: str, *, fresh: bool = False) -> Policy:
    """People whose roles at this academy have the permission; everybody else gets 404."""
    return Policy(f"may {permission}", permission=permission, fresh=fresh)


class Blueprint(flask.Blueprint):
    """Pages of a core feature or plugin: a Flask blueprint whose routes each carry a policy.

    `Blueprint("quiz", __name__, area="site")`, then `@site.get("/quiz/", policy=anyone, query=("page",))`.
    `query` lists the query parameters that a GET page reads; others never reach it. Areas other than
    "site" put "/account/<id>", "/teach/<id>" or "/manage/<id>" before the path. `shows="why"` lets a page print
    private data to somebody who has not just given a password. `guards_itself=True` is for POST routes that
    authenticate by what a browser does not add by itself (a token in the body): they may be called from other
    origins, and their cookies are not read. `body=50 * MB` lets more than 1 MB come in, as files in a multipart
    form, which go to the disk, not into memory.
    """

    def __init__(self, name: str, import_name: str, *, area: Area | str = Area.SITE, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.area = Area(area)
        if self.area is Area.FOOTER:
            raise PluginError(f"The blueprint {name} has no place at the foot of pages.", remedy='Use area="site"; Area.FOOTER is for menu entries.')
        self.policies: dict[str, Policy] = {}
        self.queries: set[str] = set()
        self.guards_itself: set[str] = set()
        self.bodies: dict[str, int] = {}
        self.lists: list[tuple[Policy, Any]] = []

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Callable[..., Any] | None = None, provide_automatic_options: bool | None = None, **options: Any
    ) -> None:
        """Add a route. Raises PluginError without `policy=`."""
        policy = options.pop("policy", None)
        self.queries |= set(options.pop("query", ()))
        if not isinstance(policy, Policy):
            raise PluginError(f"The route {rule} does not say who may use it.", remedy=f'Add policy=anyone or policy=signed_in to the route "{rule}".')
        if shows := options.pop("shows", ""):
            policy = replace(policy, shows=shows)
        itself, body = options.pop("guards_itself", False), options.pop("body", 0)
        endpoint = endpoint or (view_func.__name__ if view_func else rule)
        self.policies[endpoint] = policy
        if itself:
            self.guards_itself.add(endpoint)
        if body:
            self.bodies[endpoint] = body
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def enforce(policy: Policy) -> None:
    """Let the request pass, or raise SignInNeeded, or NotHere (404) for somebody who may not know that the page exists."""
    if policy.open:
        return
    if context.person is None:
        raise SignInNeeded
    if policy.permission:
        allow(policy.permission)
    if policy.fresh and not context.fresh:
        raise SignInNeeded(again=True)


def permitted(permission: str) -> bool:
    """Has the acting person this permission here?"""
    person = context.person
    return person is not None and any(permission in context.academy.roles.get(role, ()) for role in person.roles)


def allow(permission: str, subject: object = None) -> None:
    """Pass if the acting person has the permission; else NotHere (404): forbidden and absent answer alike.

    `subject` names what it is about, for the reader of the code and for guards of later versions.
    """
    if not permitted(permission):
        raise NotHere
