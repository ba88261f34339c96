# SPDX-License-Identifier: MIT
"""What `upart demo --prove` prints, one claim after the other, with a pause after each when somebody sits there."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import click

from upart.cli.proving.stage import Stage, Unproven
from upart.cli.proving.steps import STEPS, Step
from upart.errors import UpartError


def prove(port: int, password: str, *, browser: bool, steps: Sequence[Step] = STEPS) -> None:
    """Show all claims on an installation in a temporary folder, which goes at the end. Raises UpartError at the first that does not hold."""
    folder = Path(tempfile.mkdtemp(prefix="upart-prove-"))
    stage, pauses = Stage(folder, port, password), sys.stdin.isatty() and sys.stdout.isatty()
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    try:
        click.echo(f"An installation of its own is made in {folder}; nothing of any other one is read or changed.")
        stage.make()
        for number, step in enumerate(steps, 1):
            _show(stage, f"{number:2} of {len(steps)}", step)
            if number == 1 and browser:
                webbrowser.open(f"http://athena.localhost:{port}/")
            if pauses and number < len(steps):
                _pause(stage)
        click.echo(f"\nAll {len(steps)} hold, as far as these steps look. {folder} is removed.")
    finally:
        stage.kill()
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, before)


def _show(stage: Stage, number: str, step: Step) -> None:
    click.echo(f"\n{number}  {step.claim}")
    click.echo(f"    Done: {step.done}")
    try:
        for line in step.do(stage):
            click.echo(f"    Seen: {line}")
    except Unproven as unproven:
        raise UpartError(f"Step {number.strip()} does not hold: {step.claim}", remedy=f"{unproven.message} Please report this.") from unproven


def _pause(stage: Stage) -> None:
    where = f"Look around at http://athena.localhost:{stage.port}/ as lena@example.org or ada@example.org, password: {stage.password}. " if stage.server else ""
    click.prompt(f"    {where}Enter goes on", default="", show_default=False, prompt_suffix=" ")
