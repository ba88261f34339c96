# SPDX-License-Identifier: MIT
"""Routes and their policies. A route that does not say who may use it does not register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flask

from upart.context import context
from upart.errors import PluginError, Problem
from upart.hooks.records import Area

POLICY = "upart_policy"
QUERY = "upart_query"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may use a route."""

    name: str
    public: bool = False


anyone = Policy("anyone", public=True)
"""Also visitors; a page under it is the same for everybody and may be kept by caches."""

signed_in = Policy("signed_in")
"""People who have signed in at this academy."""


class Blueprint(flask.Blueprint):
    """Pages of a core feature or plugin: a Flask blueprint whose routes each carry a policy.

    `Blueprint("quiz", __name__, area="site")`, then `@site.get("/quiz/", policy=anyone, query=("page",))`.
    `query` lists the query parameters that a GET page reads; others never reach it. Areas other than
    "site" put "/account/<id>", "/teach/<id>" or "/manage/<id>" before the path.
    """

    def __init__(self, name: str, import_name: str, *, area: Area | str = Area.SITE, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.area = Area(area)
        self.policies: dict[str, Policy] = {}
        self.queries: set[str] = set()

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Callable[..., Any] | None = None, provide_automatic_options: bool | None = None, **options: Any
    ) -> None:
        """Add a route. Raises PluginError without `policy=`."""
        policy = options.pop("policy", None)
        self.queries |= set(options.pop("query", ()))
        if not isinstance(policy, Policy):
            raise PluginError(f"The route {rule} does not say who may use it.", remedy=f'Add policy=anyone or policy=signed_in to the route "{rule}".')
        endpoint = endpoint or (view_func.__name__ if view_func else rule)
        self.policies[endpoint] = policy
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def enforce(policy: Policy) -> None:
    """Let the request pass or raise a Problem."""
    if not policy.public and context.person is None:
        raise Problem(401, "This page is for people who have signed in.", remedy="Sign in and come back.")
