# SPDX-License-Identifier: MIT
"""The examples of docs/authors/openings.md: all of them run together, show what the page says, and are gone when they are switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from click.testing import CliRunner
from people import HOMES, mails, sign_in

from upart.cli import demo
from upart.cli.main import main
from upart.hooks import specs
from upart.hooks.slots import CORE_SLOTS, FORESEEN
from upart.testing import Installation, install
from upart.testing.installation import TWO

TEXT = (Path(__file__).parents[2] / "docs" / "authors" / "openings.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?P<kind>\w+) (?P<about>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
ASKED = re.compile(r"(?P<verb>GET|POST) (?P<path>\S+)(?: as (?P<name>\w+))?(?: with (?P<headers>.*))?")


@dataclass
class Shown:
    """What the page says of a request, a mail or a command."""

    about: str
    lines: list[str]
    plugins: list[str] = field(default_factory=list)

    def missing(self, made: Installation) -> list[str]:
        """Lines that are not in the answer."""
        answer = self._answer(made)
        return [line for line in self.lines if line not in answer]

    def _answer(self, made: Installation) -> str:
        if self.about.startswith("MAIL to "):
            return "\n".join(mail.get_body(("plain",)).get_content() for mail in mails(made, f"{self.about.split()[-1]}@example.org"))
        if self.about.startswith("RUN "):
            return CliRunner().invoke(main, ["--instance", str(made.state.config.instance), *self.about.split()[1:]]).output
        asked = ASKED.fullmatch(self.about)
        assert asked, f"what is to be done with {self.about!r}?"
        browser = sign_in(made, asked["name"]) if asked["name"] else made.visitor("athena")
        headers = dict(one.split(": ") for one in asked["headers"].split(", ")) if asked["headers"] else {}
        return browser.open(asked["path"], method=asked["verb"], headers={"Sec-Fetch-Site": "same-origin", **headers}).text


def blocks() -> Iterator[tuple[str, str]]:
    """All blocks, each with what stands beside its beginning."""
    for block in BLOCK.finditer(TEXT):
        yield block["about"], block["body"]


def written(folder: Path) -> list[str]:
    """Write all examples into an installation; returns their ids."""
    files = {about.removeprefix("file="): body for about, body in blocks() if about.startswith("file=")}
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body, encoding="utf-8")
    return [Path(name).stem for name in files if name.count("/") == 1]


def shown() -> list[Shown]:
    """What the page says one sees."""
    return [Shown(about, body.splitlines()) for about, body in blocks() if not about.startswith("file=")]


@pytest.fixture
def examples(tmp_path) -> tuple[Installation, list[str]]:
    """The demo's two academies with all examples switched on."""
    ids = written(tmp_path)
    (tmp_path / "upart.toml").write_text('base_host = "localhost"\n')
    made = install(tmp_path, plugins=[one for one in entry_points(group="upart.plugins") if one.name == "courses"])
    for slug in TWO:
        demo.fill(made.app, slug)
    yield made, ids
    made.close()


def test_each_example_runs_shows_what_is_said_and_is_gone_when_it_is_off(examples):
    made, ids = examples
    assert {id: made.state.plugins.get(id).reason for id in ids if not made.state.plugins.get(id).healthy} == {}
    assert {one.about: missing for one in shown() if (missing := one.missing(made))} == {}
    assert made.breaches() == []

    ada = sign_in(made, "ada")
    for id in reversed(ids):
        assert ada.post(f"/manage/plugins/{id}", data={"act": "off"}).status_code == 303, id
    assert "took the banner down" in ada.get("/manage/audit").text
    stay = ("/manage/audit", "MAIL")
    seen = [one for one in shown() if not any(word in one.about for word in stay) and len(one.missing(made)) < len(one.lines)]
    assert seen == []


def test_every_hook_and_slot_has_an_example_or_a_line():
    hooks = [name for name in vars(specs) if name.startswith("upart_")]
    headings = " ".join(re.findall(r"^## (upart_.*)$", TEXT, re.MULTILINE))
    assert [name for name in hooks if name not in headings] == []
    table = TEXT.partition("## Slots")[2]
    for name, place in {**CORE_SLOTS, **FORESEEN}.items():
        assert re.search(rf"^\| `{re.escape(name)}` \| [\w ]+ \| {re.escape(place)} \|$", table, re.MULTILINE), name
    assert HOMES["theo"] == "athena"
