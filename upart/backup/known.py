# SPDX-License-Identifier: MIT
"""Which backup is the newest: kept beside the settings, since nobody can ask a database that is damaged."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from upart.config import Config

NOTE = "last-backup.json"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made here: where, when, and whether it is still there."""

    file: Path
    made_at: datetime

    @property
    def is_there(self) -> bool:
        """Can it be found where it was written?"""
        return self.file.is_file()


def note(config: Config, file: Path, made_at: datetime) -> None:
    """Remember that this is the newest backup."""
    path = config.instance / NOTE
    unfinished = path.with_name(f".{NOTE}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump({"file": str(file), "made_at": made_at.isoformat()}, out)
    unfinished.replace(path)


def newest(config: Config) -> Backup | None:
    """The newest backup that was made here, or None."""
    try:
        found = json.loads((config.instance / NOTE).read_text(encoding="utf-8"))
        return Backup(Path(found["file"]), datetime.fromisoformat(found["made_at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
