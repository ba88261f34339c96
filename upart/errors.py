# SPDX-License-Identifier: MIT
"""Errors that propose a remedy. Every message of ours says what happened and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class UpartError(Exception):
    """Something that a person can put right: what is wrong, and what to do about it.

    Commands print both on stderr and exit 1; pages show them with the status of the class.
    """

    status = 500

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class Problem(UpartError):
    """A door says no (RFC 9457): an HTTP status, a title, what happened and what to do.

    `raise Problem(409, "This class is full.", remedy="Choose another date.", code="full")`; with 429 and 503,
    `retry` says after how many seconds it is worth trying again (RFC 9110, 10.2.3).
    """

    def __init__(self, status: int, message: str, *, remedy: str = "", code: str = "", retry: int = 0) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.code = code
        self.retry = retry


class Fault(NamedTuple):
    """One thing that is wrong with what was sent: where (a JSON pointer, RFC 6901, or the name of a parameter), a word for programs, a sentence."""

    pointer: str
    code: str
    detail: str


class Unfit(Problem):
    """What was sent does not fit: all that is wrong with it, at once."""

    def __init__(self, faults: Sequence[Fault], status: int = 422, code: str = "unfit") -> None:
        first = " ".join(f"{fault.pointer or 'The body'}: {fault.detail}" for fault in faults[:3])
        super().__init__(status, f"What was sent does not fit. {first}", remedy="Correct it and send it again.", code=code)
        self.faults = tuple(faults)


class SignInNeeded(Problem):
    """A page is for people who have signed in, or (`again`) who have given their password a short while ago."""

    def __init__(self, again: bool = False) -> None:
        super().__init__(401, "This page is for people who have signed in.", remedy="Sign in and come back.", code="again" if again else "sign_in")
        self.again = again


class NotAgreed(Problem):
    """An upgrade has added something that holds or gives away personal data, and the academy has not agreed to it yet. In a job: it waits."""

    def __init__(self, message: str, *, remedy: str = "An owner sees under Manage, Plugins what is new, and agrees or not.") -> None:
        super().__init__(409, message, remedy=remedy, code="not_agreed")


RESTRICTED = "restricted"
"""Code of the problem that somebody's data are restricted (GDPR art. 18). In a job: it waits until the restriction ends."""

NOT_HERE = "The address may have a typing error, or the page was never public."
START_OVER = "Check the address, or start from the first page."


class NotHere(Problem):
    """404: what is asked for does not exist, or not for whoever asks. Both get the same words, as an address without a page does."""

    def __init__(self) -> None:
        super().__init__(404, NOT_HERE, remedy=START_OVER)


class NoAcademy(UpartError):
    """Code ran outside of an academy that needs one."""


class BadSetting(UpartError):
    """A setting is unknown or has a value that cannot be used."""


class NoInstance(UpartError):
    """There is no installation where a command looked for one."""


class DatabaseBehind(UpartError):
    """The database misses migrations, or comes from a newer version."""

    status = 503


class WallError(UpartError):
    """A statement would have crossed the wall between academies, or written where only reading is allowed."""


class DeclarationError(UpartError):
    """A table and its privacy declarations do not agree."""


class PluginError(UpartError):
    """A plugin cannot be used: why, and what its author or operator can do."""
