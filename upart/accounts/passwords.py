# SPDX-License-Identifier: MIT
"""Passwords: argon2id (RFC 9106), few at a time; unknown accounts cost the same work."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app

from upart.db import has_begun
from upart.errors import Problem, WallError
from upart.theming.turns import waiting

SHORTEST, LONGEST = 10, 200
"""Characters of a password (NIST SP 800-63B-4, 3.1.1.2: length counts, composition rules do not)."""

SECONDS = 5.0
"""How long a check waits for its turn before the answer is 503."""

EXTENSION = "upart_passwords"
Result = TypeVar("Result")


class Passwords:
    """Hashes and compares with one memory cost, in threads of its own: one less than there are cores, so that pages go on.

    Threads of its own also because each thread that once hashed keeps the memory.
    """

    def __init__(self, kibibytes: int) -> None:
        self.hasher = PasswordHasher(time_cost=2, memory_cost=kibibytes, parallelism=1)
        self._threads = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), "upart-passwords")
        self.nobody = self.hasher.hash("nobody has this password")
        self.hashed = 0
        """Checks and hashes so far, for tests and the health page."""

    def work(self, call: Callable[..., Result], *values: str) -> Result:
        """What `call(*values)` gives, when its turn has come. Raises Problem 503 when that takes too long."""
        if has_begun():
            raise WallError("A password was hashed inside a transaction.", remedy="Hash first, then open the statement that writes.")
        with waiting():
            done = self._threads.submit(self._counted, call, *values)
            try:
                return done.result(SECONDS)
            except TimeoutError:
                done.cancel()
                raise Problem(503, "Many people are signing in right now.", remedy="Try again in a few seconds.", code="busy", retry=5) from None

    def _counted(self, call: Callable[..., Result], *values: str) -> Result:
        self.hashed += 1
        return call(*values)


def init_app(app: Flask, kibibytes: int) -> None:
    """Set the cost for this application."""
    app.extensions[EXTENSION] = Passwords(kibibytes)


def _passwords() -> Passwords:
    return cast(Passwords, current_app.extensions[EXTENSION])


def hash_password(password: str) -> str:
    """The argon2id hash of a password. Never call it while a transaction is open."""
    made = _passwords()
    return made.work(made.hasher.hash, password)


def fits(stored: str | None, password: str) -> bool:
    """Is this the password? With None (no such account) the work is the same and the answer no."""
    made = _passwords()
    try:
        return made.work(made.hasher.verify, stored or made.nobody, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def weakness(password: str, *about: str) -> str:
    """Why a password cannot be taken, or nothing. `about` are name and address, which it must not be made of."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; a short sentence is easy to remember."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    folded = password.casefold()
    if len(set(folded)) < 4 or any(word and word.casefold() in folded and len(word) * 2 > len(password) for word in about):
        return "This is easy to guess. Use a few words that have nothing to do with you."
    return ""
