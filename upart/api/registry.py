# SPDX-License-Identifier: MIT
"""Which resources answer: those of the core and of the plugins that the academy has enabled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from upart.context import context
from upart.errors import NotHere, Problem
from upart.hooks.loaded import Plugin
from upart.hooks.plugged import plugged
from upart.hooks.resources import Resource
from upart.hooks.routes import enforce


class Found(NamedTuple):
    """A resource, and what stands behind its name in an address."""

    resource: Resource
    rest: tuple[str, ...]


def registered() -> Mapping[str, tuple[Plugin, Resource]]:
    """The resources of the acting academy by name, each with its owner."""
    enabled = context.academy.plugins
    owners = [plugin for plugin in plugged().everything() if plugin.id == "core" or plugin.id in enabled]
    return {resource.name: (owner, resource) for owner in owners for resource in owner.resources}


def named(name: str) -> Resource:
    """The resource of that name. Raises NotHere."""
    for plugin in plugged().everything():
        if plugin.id == "core" or plugin.id in context.academy.plugins:
            for resource in plugin.resources:
                if resource.name == name:
                    return resource
    raise NotHere


def at(address: str) -> Found:
    """The resource at an address below `/api/v1/`; of two the one with the longer name ("me/holdings"). Raises NotHere."""
    parts = tuple(address.split("/"))
    for length in (2, 1):
        try:
            return Found(named("/".join(parts[:length])), parts[length:])
        except NotHere:
            continue
    raise NotHere


def may_read(resource: Resource) -> None:
    """Let the acting person read it, or raise SignInNeeded, NotHere, or Problem 403 for a token that is not allowed to."""
    _within(f"{resource.scope}:read")
    enforce(resource.policy)


def may_write(resource: Resource) -> None:
    """Let the acting person try to write it, or raise as `may_read`."""
    _within(f"{resource.scope}:write")
    enforce(resource.writes)


def _within(scope: str) -> None:
    if context.scopes is not None and scope not in context.scopes:
        raise Problem(403, f"This token may not do that: it lacks the scope {scope}.", remedy="Make a token that has it.", code="scope")
