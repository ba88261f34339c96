# SPDX-License-Identifier: MIT
"""Commands of plugins: each in the plugin's own group, and none can break `upart`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from upart.cli.main import main
from upart.events.models import Event

FILE = '''
import click
from upart.plugin import EventType, Manifest, context, emit, hookimpl, holds_nothing

manifest = Manifest(id="drum", version="1.0", privacy=holds_nothing("it is loud"))


@hookimpl
def upart_events():
    return [EventType(name="drum.hit", sentence="hit the drum")]


@hookimpl
def upart_commands(group):
    {first}

    @group.command()
    @click.option("--academy", required=True)
    @click.option("--hard", is_flag=True)
    def hit(academy, hard):
        """Hit it once."""
        emit("drum.hit")
        click.echo(f"Boom at {{context.academy.name}}.")
        assert not hard, "torn"
'''


@pytest.fixture
def upart(installation, tmp_path):
    """Run a command on an installation that has a plugin of one file with commands."""

    def run(*words: str, first: str = "", exit_code: int = 0) -> str:
        (tmp_path / "plugins").mkdir(exist_ok=True)
        (tmp_path / "plugins" / "drum.py").write_text(FILE.format(first=first))
        (tmp_path / "upart.toml").write_text(f'base_host = "localhost"\ndatabase_url = "{installation.state.config.database_url}"\n')
        done = CliRunner().invoke(main, ["--instance", str(tmp_path), *words])
        assert done.exit_code == exit_code, done.output
        return done.output

    return run


@pytest.fixture
def hits(installation):
    """How often the drum was hit."""

    def count() -> int:
        with installation.reading("athena") as found:
            return found.scalar(select(func.count(Event.id)).where(Event.type == "drum.hit"))

    return count


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the door is that of every command
def test_a_command_writes_at_an_academy_that_has_the_plugin_on(upart, hits):
    assert "drum" in upart("--help")
    assert "Hit it once." in upart("drum", "--help")
    assert "Run first: upart plugins enable drum --academy athena" in upart("drum", "hit", "--academy", "athena", exit_code=1)
    upart("plugins", "enable", "drum", "--academy", "athena")
    assert upart("drum", "hit", "--academy", "athena") == "Boom at Athena.\n"
    assert "AssertionError: torn" in upart("drum", "hit", "--academy", "athena", "--hard", exit_code=1)
    assert hits() == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_plugin_whose_commands_fail_takes_no_other_command_along(upart):
    for first in ("1 / 0", "raise SystemExit(7)"):
        assert "failed in upart_commands" in upart("drum", "hit", first=first, exit_code=1)
        assert "drum" in upart("--help", first=first)
        assert "athena" in upart("academy", "list", first=first)
    assert "No such command 'trumpet'" in upart("trumpet", exit_code=2)
