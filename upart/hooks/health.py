# SPDX-License-Identifier: MIT
"""How things stand: a check looks at something and finds it good, recommended to change, or critical, and says what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.exc import SQLAlchemyError

from upart.errors import PluginError, UpartError

log = logging.getLogger("upart.health")


class Verdict(StrEnum):
    """`recommended`: people are served, but something should be done. `critical`: something does not work, or data are in danger."""

    GOOD = "good"
    RECOMMENDED = "recommended"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: how it stands, what was seen, what to do. `part` is the key of the check. Neither text names a person."""

    verdict: Verdict
    text: str
    remedy: str = ""
    part: str = ""


def good(part: str, text: str) -> Finding:
    """Nothing to do."""
    return Finding(part=part, verdict=Verdict.GOOD, text=text)


def recommended(part: str, text: str, remedy: str) -> Finding:
    """Something should be done."""
    return Finding(part=part, verdict=Verdict.RECOMMENDED, text=text, remedy=remedy)


def critical(part: str, text: str, remedy: str) -> Finding:
    """Something does not work, or data are in danger."""
    return Finding(part=part, verdict=Verdict.CRITICAL, text=text, remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """A look at how something stands, for `/manage/health` and `upart doctor`.

    `key`: unique, a plugin's begins with its id ("quiz.questions"). `label`: what is looked at, translated when shown. `run()` returns
    findings and changes nothing. It looks at the academy, in a read session of it, each time the page is opened; with `slow` (it
    waits for the network, or for longer than 50 ms) a worker calls it every six hours and the page shows what it found last. With
    `installation` it looks at the whole installation, is shown on the platform alone, and has no session of its own: it opens `everywhere`.
    `page`: the endpoint of the page where it is put right ("quiz.teach"), which is linked where something has to be done.
    """

    key: str
    label: str
    run: Callable[[], Iterable[Finding]]
    slow: bool = False
    installation: bool = False
    page: str = ""

    @property
    def name(self) -> str:
        """Its key: no two are called the same."""
        return self.key


def examined(check: HealthCheck, *, in_full: bool = False) -> list[Finding]:
    """What a check finds; one that fails is a finding too.

    Of an unknown error a page is told the kind alone, for its words may hold data, and the log all; `in_full` is for the operator's terminal.
    """
    try:
        return [replace(_fitting(one), part=one.part or check.key) for one in check.run()]
    except UpartError as error:
        return [critical(check.key, error.message, error.remedy)]
    except SQLAlchemyError as error:
        told = f"The database does not answer: {_told(check, error, in_full)}."
        return [critical(check.key, told, "Run upart db upgrade, and check that the server runs.")]
    except Exception as error:  # a plugin's check may raise anything
        told = f"This check has failed itself: {_told(check, error, in_full)}."
        return [critical(check.key, told, "The log of the server says where. Tell whoever wrote it.")]


def _told(check: HealthCheck, error: Exception, in_full: bool) -> str:
    if in_full:
        return f"{type(error).__name__}: {getattr(error, 'orig', error)}"
    log.error("the check %s failed", check.key, exc_info=error)
    return type(error).__name__


def _fitting(one: object) -> Finding:
    if isinstance(one, Finding) and one.verdict in tuple(Verdict):
        return replace(one, verdict=Verdict(one.verdict))
    raise PluginError(f"A check found {type(one).__name__} instead of a Finding.", remedy="Return [Finding(verdict=Verdict.GOOD, text=…)].")
