# SPDX-License-Identifier: MIT
"""Where the chains of the ledger lie: one small interface, for a folder and for a bucket."""

from __future__ import annotations

from typing import Protocol


class Doubtful(OSError):
    """Nobody has said whether a line is kept or not."""


class Shelf(Protocol):
    """What a place of chains can do. Whatever it cannot do now raises OSError, with a reason for people to read."""

    where: str
    """As people read it."""

    remedy: str
    """What helps when it cannot be read or written."""

    @property
    def device(self) -> int | None:
        """The disk on which it lies; None for none of this machine's."""

    def name(self, chain: str) -> str:
        """Where a chain lies, as people read it."""

    def put(self, chain: str, number: int, raw: bytes) -> None:
        """Keep a line after the one before it, safe when it returns. Raises OSError: then it is not kept, or Doubtful."""

    def chains(self) -> list[str]:
        """The names of all chains, in their order; nothing else that lies there."""

    def read(self, chain: str) -> bytes:
        """All lines of a chain. Raises LedgerBroken for what cannot have been put."""

    def drop(self, chain: str) -> None:
        """Drop a chain as a whole. Safe to repeat."""

    def mark(self) -> str | None:
        """What was marked last, if anything was."""

    def set_mark(self, text: str) -> None:
        """Mark something for all who read it."""

    def try_out(self) -> None:
        """Keep something as large as some lines, and drop it again. Raises OSError."""
