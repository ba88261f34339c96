# SPDX-License-Identifier: MIT
"""Plugins of one file, in the folder `plugins` of the installation: `journal.py`, and beside it perhaps a folder `journal` with what a package holds."""

from __future__ import annotations

import logging
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

from upart.db import forget_package
from upart.errors import PluginError

FOLDER = "plugins"
log = logging.getLogger("upart.hooks")


class _Source(SourceFileLoader):
    """Reads the file anew each time: bytecode beside it would be one more thing to back up, to search, and to be mistaken for the file."""

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Keep no bytecode."""

    def path_stats(self, path: str) -> Any:
        """Look for no bytecode."""
        raise OSError


@dataclass(frozen=True, slots=True)
class OneFile:
    """A plugin of one file, as the loader knows those of packages: its id, and the name under which it is imported."""

    name: str
    path: Path
    dist: None = None

    @property
    def module(self) -> str:
        """A package of this name would be the same plugin."""
        return f"upart_{self.name}"

    def load(self) -> ModuleType:
        """Run the file, once in a process. Raises what it raises, and PluginError where a package has that name."""
        known = sys.modules.get(self.module)
        if known is not None and known.__file__ == str(self.path):
            return known
        if any(finder.find_spec(self.module, None) is not None for finder in sys.meta_path):
            raise PluginError(f"A package {self.module} is installed.", remedy="Give the file, and the id in its manifest, another name.")
        forget_package(self.module)
        loader = _Source(self.module, str(self.path))
        spec = spec_from_loader(self.module, loader)
        assert spec is not None  # a loader was given
        module = sys.modules[self.module] = module_from_spec(spec)
        loader.exec_module(module)
        return module


def one_file_plugins(instance: Path) -> Iterator[OneFile]:
    """Those of an installation, by id. Files whose name begins with an underscore are none."""
    for path in sorted((instance / FOLDER).glob("[!_]*.py")):
        yield OneFile(path.stem, path.absolute())


def not_installed(files: Iterable[OneFile], installed: Collection[str]) -> Iterator[OneFile]:
    """Those that are not installed as a package as well, which goes first."""
    for file in files:
        if file.name in installed:
            log.warning("%s is left out: a package with a plugin '%s' is installed", file.path, file.name)
        else:
            yield file
