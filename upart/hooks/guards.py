# SPDX-License-Identifier: MIT
"""Guarding hooks: lower layers ask, higher ones answer; an error denies."""

from __future__ import annotations

import logging
from typing import Any

from upart.context import context
from upart.errors import PluginError, Problem
from upart.hooks.plugged import plugged

log = logging.getLogger("upart.hooks")


class Objection(str):
    """A reason with the word by which it is kept ("consent"), where what was refused is kept at all."""

    def __new__(cls, reason: str, *, code: str) -> Objection:
        """A reason in words, with its word."""
        made = super().__new__(cls, reason)
        made.code = code
        return made

    code: str


def objections(operation: str, actor: Any, subject: Any, *, strict: bool = False) -> list[str]:
    """All reasons against an operation, in words for the actor; empty means that it may happen.

    A hook that fails objects. With `strict`, for jobs, its exception is raised instead: they can ask again later.
    """
    values = {"operation": operation, "actor": actor, "subject": subject}
    reasons: list[str] = []
    answer: Any
    core = {feature.module.__name__ for feature in plugged().core if feature.module}
    for implementation in plugged().manager.hook.upart_objections.get_hookimpls():
        if implementation.plugin_name not in core and implementation.plugin_name not in context.academy.plugins:
            continue
        try:
            answer = implementation.function(*(values[name] for name in implementation.argnames))
            given = list(answer or ())
            if isinstance(answer, str | dict) or not all(isinstance(one, str) for one in given):
                raise PluginError(f"upart_objections() returned {type(answer).__name__}.", remedy="Return a list of reasons in words, or an empty one.")
            reasons += given
        except Exception:
            if strict:
                raise
            log.exception("%s failed in upart_objections", implementation.plugin_name)
            reasons.append(f"{implementation.plugin_name} could not say whether this may happen.")
    return reasons


def unopposed(operation: str, subject: Any) -> None:
    """Raise Problem 409 with all objections, if there are any."""
    if reasons := objections(operation, context.person, subject):
        raise Problem(409, " ".join(reasons), remedy="Put this right first, or ask the academy.", code="objection")
