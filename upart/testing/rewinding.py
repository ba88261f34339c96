# SPDX-License-Identifier: MIT
"""A database as it was: kept in memory, and copied only where somebody has written since."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass
class Rewinding:
    """What `Installation.rewound()` gives: set `needed` to False when nothing can have changed."""

    needed: bool = True


class Kept:
    """What a file of SQLite holds. Most requests of a crawl change nothing, and SQLite says so (PRAGMA data_version): then nothing is copied."""

    def __init__(self, path: str) -> None:
        self.file, self.memory = sqlite3.connect(path), sqlite3.connect(":memory:")
        self.file.execute("PRAGMA synchronous=OFF")  # tests kill processes, they do not cut the power
        self.version = -1

    def take(self) -> None:
        """Keep what is there now."""
        if (now := self._version()) != self.version:
            self.file.backup(self.memory)
            self.version = now

    def put_back(self) -> None:
        """Bring back what was kept. Epochs stay above those that were reached."""
        if self._version() == self.version:
            return
        before, reached = (one.execute("SELECT max(epoch) FROM academy").fetchone()[0] for one in (self.memory, self.file))
        if reached != before:
            self.memory.execute("UPDATE academy SET epoch = ?", (reached + 1,))
            self.memory.commit()
        self.memory.backup(self.file)
        self.version = self._version()

    def close(self) -> None:
        """Close both."""
        self.file.close()
        self.memory.close()

    def _version(self) -> int:
        """Another one after each commit of somebody else."""
        return int(self.file.execute("PRAGMA data_version").fetchone()[0])
