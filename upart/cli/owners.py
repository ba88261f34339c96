# SPDX-License-Identifier: MIT
"""Who has migrations: the core, and each plugin with scripts of its own and a version table of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory

from upart.errors import PluginError

VERSIONS = "alembic_version"


@dataclass(frozen=True, slots=True)
class Owner:
    """Core or a plugin: its name, its version table, its scripts."""

    name: str
    folder: Path | None

    @property
    def table(self) -> str:
        """Its version table."""
        return VERSIONS if self.name == "core" else f"{VERSIONS}_{self.name}"

    @property
    def script(self) -> ScriptDirectory | None:
        """Its migrations. Raises PluginError for scripts that cannot be read, or that do not follow each other in one line."""
        if self.folder is None:
            return None
        try:
            found = ScriptDirectory(str(self.folder), version_locations=[str(self.folder)])
            found.get_current_head()
        except Exception as error:  # a script may raise anything
            raise PluginError(
                f"The migrations of '{self.name}' cannot be read: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}.",
                remedy=f"Each script names its revision and, as down_revision, the one before it. Correct those in {self.folder}, or take the plugin out.",
            ) from error
        return found
