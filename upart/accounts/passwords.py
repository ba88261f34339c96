# SPDX-License-Identifier: MIT
"""Passwords: argon2id (RFC 9106) behind a semaphore; unknown accounts cost the same work."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app

from upart.db import has_begun
from upart.errors import Problem, WallError

SHORTEST, LONGEST = 10, 200
"""Characters of a password (NIST SP 800-63B-4, 3.1.1.2: length counts, composition rules do not)."""

SECONDS = 5.0
"""How long a check waits for its turn before the answer is 503."""

EXTENSION = "upart_passwords"


class Passwords:
    """Hashes and compares with one memory cost; at most one core less than there are does it at a time."""

    def __init__(self, kibibytes: int) -> None:
        self.hasher = PasswordHasher(time_cost=2, memory_cost=kibibytes, parallelism=1)
        self.turns = threading.BoundedSemaphore(max(1, (os.cpu_count() or 2) - 1))
        self.nobody = self.hasher.hash("nobody has this password")
        self.hashed = 0
        """Checks and hashes so far, for tests and the health page."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn; Problem 503 when there is none for too long."""
        if has_begun():
            raise WallError("A password was hashed inside a transaction.", remedy="Hash first, then open the statement that writes.")
        if not self.turns.acquire(timeout=SECONDS):
            raise Problem(503, "Many people are signing in right now.", remedy="Try again in a minute.")
        try:
            self.hashed += 1
            yield
        finally:
            self.turns.release()


def init_app(app: Flask, kibibytes: int) -> None:
    """Set the cost for this application."""
    app.extensions[EXTENSION] = Passwords(kibibytes)


def _passwords() -> Passwords:
    return cast(Passwords, current_app.extensions[EXTENSION])


def hash_password(password: str) -> str:
    """The argon2id hash of a password. Never call it while a transaction is open."""
    made = _passwords()
    with made.turn():
        return made.hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Is this the password? With None (no such account) the work is the same and the answer no."""
    made = _passwords()
    with made.turn():
        try:
            return made.hasher.verify(stored or made.nobody, password) and stored is not None
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
