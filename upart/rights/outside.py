# SPDX-License-Identifier: MIT
"""Ask a store outside the database, within a time limit; whatever is not a plain answer in time means: not done."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from upart.errors import UpartError
from upart.hooks.records import ExternalStore
from upart.rights.engine.subjects import DataSubject

log = logging.getLogger("upart.rights")

MOST_HANGING = 2
"""Calls to one store that may go on after their time was up; while so many do, it is not called again from this process."""

_hanging: dict[str, list[threading.Thread]] = {}


class TimedOut(UpartError):
    """A store did not answer in time. What it does now is not known, so it is asked again later."""


class Unreadable(UpartError):
    """A store answered what it must not: nobody has read whether it was done."""


class CannotBeTold(UpartError):
    """A store has no way to do what is asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a store holds of somebody; or `problem`, the kind of failure for which it could not be read."""

    store: ExternalStore
    found: Any = None
    problem: str = ""


def ask_all(stores: Iterable[ExternalStore], subject: DataSubject) -> list[Answer]:
    """Ask each of these stores what it holds; one that fails keeps no other from being asked."""
    return [_asked(store, subject) for store in stores]


def _asked(store: ExternalStore, subject: DataSubject) -> Answer:
    try:
        return Answer(store, access(store, subject))
    except Exception as error:  # the copy says what is missing
        log.warning("store %s could not be read: %s", store.name, type(error).__name__)
        return Answer(store, problem=type(error).__name__)


def access(store: ExternalStore, subject: DataSubject) -> Any:
    """What a store holds of somebody, as JSON data or None. Raises what goes wrong."""
    found = _within(store, store.access, subject)
    try:
        return msgspec.json.decode(msgspec.json.encode(found)) if found else None
    except (TypeError, ValueError, RecursionError) as error:
        raise Unreadable(f"The store '{store.name}' gave what is no JSON.", remedy="Return lists, dicts, texts and numbers.") from error


def act(store: ExternalStore, what: str, subject: DataSubject) -> None:
    """Let a store `erase`, `restrict`, `lift` or `rectify`. Raises what goes wrong; an answer other than None is one that nobody has read."""
    call: Callable[[Any], Any] | None = getattr(store, what)
    if call is None:
        raise CannotBeTold(f"The store '{store.name}' cannot {what}.", remedy=f"Give ExternalStore(…, {what}=…).")
    if _within(store, call, subject) is not None:
        raise Unreadable(
            f"The store '{store.name}' returned something from {what}.", remedy="Read the answer, raise when it does not say that it is done, return None."
        )


def _within(store: ExternalStore, call: Callable[[Any], Any], subject: DataSubject) -> Any:
    """Call in a thread of its own, which is waited for no longer than the store's time limit."""
    hanging = _hanging[store.name] = [thread for thread in _hanging.get(store.name, []) if thread.is_alive()]
    if len(hanging) >= MOST_HANGING:
        raise TimedOut(f"The store '{store.name}' has not answered earlier calls yet.", remedy="It is asked again later.")
    answer: list[Any] = []
    failure: list[BaseException] = []
    thread = threading.Thread(target=contextvars.copy_context().run, args=(_call, call, subject, answer, failure), daemon=True)
    thread.start()
    thread.join(store.seconds)
    if failure:
        raise failure[0]
    if not answer:
        hanging.append(thread)
        raise TimedOut(f"The store '{store.name}' did not answer within {store.seconds:g} seconds.", remedy="It is asked again later.")
    return answer[0]


def _call(call: Callable[[Any], Any], subject: DataSubject, answer: list[Any], failure: list[BaseException]) -> None:
    try:
        answer.append(call(subject))
    except BaseException as error:  # whatever a store raises, SystemExit too, is raised where it is waited for
        failure.append(error)
