# SPDX-License-Identifier: MIT
"""`upart rights restrict` and `lift`, as an officer types them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from people import mails
from sqlalchemy import select

from upart.cli.main import main
from upart.rights.restricting.models import Restriction


@pytest.fixture
def upart(portal):
    instance = portal.state.config.instance
    (instance / "upart.toml").touch()
    return lambda *words: CliRunner().invoke(main, ["--instance", str(instance), "rights", *words])


def ends(portal):
    with portal.reading("athena") as session:
        return [(row.ground.value, row.goes_on, row.lifts_at is not None, row.lifted_at is not None) for row in session.scalars(select(Restriction))]


def test_the_officer_restricts_and_lifts_with_notice(portal, upart):
    said = upart("restrict", "lena@example.org", "--academy", "athena", "--ground", "claims", "--goes-on")
    assert (said.exit_code, "To end it: upart rights lift lena@example.org --academy athena" in said.output) == (0, True), said.output
    assert "it ends on" in upart("lift", "lena@example.org", "--academy", "athena").output
    assert ends(portal) == [("claims", True, True, False)]
    assert [str(message["Subject"]) for message in mails(portal, "lena")] == ["Your data are restricted now", "A restriction of your data ends"]


def test_whoever_has_been_told_needs_no_notice(portal, upart):
    upart("restrict", "lena@example.org", "--academy", "athena", "--ground", "accuracy")
    assert "accuracy: lifted." in upart("lift", "lena@example.org", "--academy", "athena", "--told").output
    assert ends(portal) == [("accuracy", False, False, True)]


@pytest.mark.parametrize(("words", "said"), [
    (("lift", "lena@example.org", "--academy", "athena"), "are not restricted at Athena"),
    (("restrict", "nobody@example.org", "--academy", "athena", "--ground", "claims"), "knows nobody"),
    (("restrict", "lena@example.org", "--academy", "nowhere", "--ground", "claims"), "nowhere"),
    (("restrict", "lena@example.org", "--academy", "athena", "--ground", "spite"), "accuracy"),
    (("restrict", "lena@example.org", "--academy", "athena"), "--ground"),
])  # fmt: skip
def test_a_wrong_word_gets_words_back(upart, words, said):
    answer = upart(*words)
    assert answer.exit_code != 0
    assert said in answer.output + answer.stderr
