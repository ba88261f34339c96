# SPDX-License-Identifier: MIT
"""Each import contract is broken once, in a copy, and must be seen to break."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BREAKS = (  # contract, file, line that breaks it
    ("The core is built in layers", "upart/privacy/taxonomy.py", "import upart.accounts.models"),
    ("The core is built in layers", "upart/storage/places.py", "import upart.hooks.routes"),
    ("The core is built in layers", "upart/attic/__init__.py", "A_FOLDER_WITHOUT_A_LAYER = True"),
    ("The core never imports a plugin or a theme", "upart/academies/views.py", "import upart_courses.models"),
    ("Plugins reach the core through upart.plugin and upart.testing only", "plugins/upart_courses/models.py", "import upart.db"),
    ("Layers inside a feature", "plugins/upart_courses/models.py", "import upart_courses.actions"),
    ("No cycles", "upart/theming/colour.py", "import upart.theming.art"),
)


@pytest.mark.parametrize(("contract", "file", "line"), BREAKS)
def test_a_contract_bites(contract, file, line, tmp_path):
    for part in ("upart", "plugins", "themes"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "static", "art", "demo"))
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    planted = tmp_path / file
    planted.parent.mkdir(exist_ok=True)
    planted.write_text((planted.read_text() if planted.exists() else "") + f"\n{line}\n")

    paths = os.pathsep.join(str(tmp_path / part) for part in (".", "plugins", "themes"))
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True)

    assert done.returncode == 1, done.stdout
    assert f"{contract} BROKEN" in done.stdout, done.stdout
