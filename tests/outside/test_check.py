# SPDX-License-Identifier: MIT
"""`upart plugins check`: what is wrong with a plugin is said with its line and what to do."""

from __future__ import annotations

import json

import pytest

from upart.cli.kit.beginning import begin

FAULTS = (
    ("actions.py", "\n\ndef remove(", "\nfrom upart.db import everywhere as inside\nfrom flask import Blueprint\nfrom upart_courses.models import Course\n\n\ndef remove(", (
        "It imports upart.db of UPART's inside.", "It takes Blueprint from Flask", "It imports upart_courses.models, the inside of another plugin.")),
    ("actions.py", "    session.delete(note)", "    session.delete(note)\n    session.commit()\n    from .views import PAGE", ("An action commits: session.commit().", "actions imports views, which stands above it.")),
    ("templates/sieve/front.html", "</h1>", '</h1><img src="https://elsewhere.example/a.png" alt=""><script>alert(1)</script><b onclick="x()">{{ academy.name | safe }}</b>', (
        "The page asks another host.", "A script stands in the page", "A handler stands in the page", "A text is printed as it is")),
    ("migrations/sieve0001_first.py", '        sa.Column("title", sa.String(), nullable=False),\n', "", ("the models say otherwise than the migrations",)),
    ("migrations/sieve0001_first.py", 'op.drop_table("sieve_note")', "op.get_bind()", ("sieve_note is there after all its migrations were taken back",)),
)  # fmt: skip
"""File, what stood there, what stands there now, what is said of it."""


@pytest.fixture
def packages(tmp_path):
    """`packages(*faults)`: the folder of a new plugin with these faults, as an installed one."""

    def make(*faults):
        folder = begin("sieve", tmp_path)
        for place, old, new, _said in faults:
            file = folder / "upart_sieve" / place
            assert old in file.read_text(), old
            file.write_text(file.read_text().replace(old, new, 1))
        known = folder / "upart_sieve-0.1.dist-info"
        known.mkdir()
        (known / "METADATA").write_text("Metadata-Version: 2.1\nName: upart-sieve\nVersion: 0.1\n")
        (known / "entry_points.txt").write_text("[upart.plugins]\nsieve = upart_sieve.hooks\n")
        return [folder]

    return make


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_new_plugin_has_nothing_to_correct_nor_have_those_of_upart(upart, packages):
    first, *rest = upart("plugins", "check", packages=packages()).splitlines()
    assert (first[:8], rest) == ("courses ", ["sieve 0.1: ok"])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_with_its_line(upart, packages):
    made = packages(*FAULTS)
    found = json.loads(upart("plugins", "check", "sieve", "--json", packages=made, prints=True))

    for _place, _old, _new, said in FAULTS:
        assert [one for one in said if not any(one in each["text"] for each in found)] == []
    assert all(one["remedy"] for one in found)
    commits = next(one for one in found if "session.commit" in one["text"])
    line = (made[0] / "upart_sieve" / "actions.py").read_text().splitlines().index("    session.commit()") + 1
    assert commits["place"] == f"upart_sieve/actions.py:{line}"
