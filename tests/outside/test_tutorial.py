# SPDX-License-Identifier: MIT
"""The tutorial of plugin authors, word by word in an empty folder: every command runs, every edit fits, and what is said there is said."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "authors" / "tutorial.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?P<kind>\w+)(?P<about>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
TOOLS = {"upart": "upart.cli.main", "pytest": "pytest", "mypy": "mypy", "ruff": "ruff"}
"""Commands that pip would have put beside Python."""

EDIT = """
import sys
from pathlib import Path
_, file, how, key, new = sys.argv
path = Path(file)
lines = path.read_text().splitlines(keepends=True) if how else []
at = [n for n, line in enumerate(lines) if line.startswith(key)] if how in ("after", "replace") else [len(lines)]
assert len(at) == 1, f"{file}: {len(at)} lines begin with {key}"
new = "\\n\\n" + new if how == "end" else new  # what stands alone has two empty lines before it
lines[at[0] + (how == "after") : at[0] + (how in ("after", "replace"))] = [new]
path.write_text("".join(lines))
"""


def script(folder: Path) -> tuple[str, list[str]]:
    """What the tutorial does, as one script that says which step it is at; and what has to be said after each step that is a command."""
    (folder / "edit.py").write_text(EDIT)
    lines, said = ["set -e"], []
    for block in BLOCK.finditer(TEXT):
        about = re.fullmatch(r" file=(\S+)(?: (after|replace)=\"(.*)\"| (end))?", block["about"])
        if block["kind"] == "bash":
            lines += [f"echo @@{len(said)}", block["body"]]
            said.append("")
        elif block["kind"] == "text":
            said[-1] = block["body"]
        else:
            assert about, f"what is to be done with {block['about']!r}?"
            file, how, key, end = about.groups()
            lines.append(shlex.join(["python", str(folder / "edit.py"), file, how or end or "", key or "", block["body"]]))
    return "\n".join(lines), said


def test_whoever_follows_the_tutorial_has_a_plugin_that_keeps_every_promise(tmp_path):
    tools, empty = tmp_path / "tools", tmp_path / "empty"
    tools.mkdir()
    empty.mkdir()
    for name, module in TOOLS.items():
        (tools / name).write_text(f'#!/bin/sh\nexec python -m {module} "$@"\n')
        (tools / name).chmod(0o755)
    commands, said = script(tmp_path)
    # What pip would fetch is here already; it is let in behind what the tutorial installs.
    paths = os.pathsep.join([*map(str, (ROOT, ROOT / "plugins", ROOT / "themes")), sysconfig.get_paths()["purelib"]])
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "MYPY_CACHE_DIR": str(tmp_path / "mypy")}
    known = {"PATH": os.pathsep.join([str(tools), str(Path(sys._base_executable).parent), "/usr/bin", "/bin"]), "HOME": str(tmp_path), "PYTHONPATH": paths}
    done = subprocess.run(["bash", "-c", commands], cwd=empty, capture_output=True, text=True, timeout=600, env={**known, **offline}, check=False)

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    for number, wanted in enumerate(said):
        printed = done.stdout.partition(f"@@{number}\n")[2].partition(f"@@{number + 1}\n")[0]
        assert [line for line in wanted.splitlines() if line not in printed] == [], printed
