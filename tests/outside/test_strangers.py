# SPDX-License-Identifier: MIT
"""A stranger's plugin runs; a faulty one is set aside with a reason, and everything else goes on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import forking
import pytest
from sqlalchemy import Uuid, column, create_engine, insert, table, text

from upart import clock
from upart.academies.models import Academy
from upart.accounts.models import Person
from upart.db import uuid7

OLD = (("quizbank_question", (), ("text", "answer")), ("quizbank_answer", ("question_id", "learner_id"), ("text", "given_at")))
"""Tables of quizbank as its first migration made them: name, ids, other columns."""

REASONS = {
    "halfmapped": ("breaks after it has mapped a class", "Correct upart_halfmapped"),
    "tooold": ("written for hooks >=7,<8", "Install a version"),
    "undeclared": ("keeps undeclared_note.text, which is neither personal nor not_personal", ""),
    "liar": ("says holds_nothing, but liar_visit.who is an id", ""),
    "strayed": ("'music_tune' does not begin with 'strayed_'", "strayed_music_tune"),
    "dreamer": ("upart_make_coffee, which is no hook", "Hooks are: upart_"),
}


ONE = pytest.mark.parametrize("database", ["sqlite", *(["postgresql"] if os.environ.get("UPART_DEEP") else [])], indirect=True)
"""For what is said before a database is asked."""


def by_id(upart, packages) -> dict[str, dict]:
    return {row["id"]: row for row in json.loads(upart("plugins", "list", "--json", packages=packages))}


@ONE
def test_six_broken_plugins_are_listed_with_reason_and_remedy_and_the_rest_runs(upart, broken, quizbank):
    packages = [*broken, quizbank]
    upart("db", "upgrade", packages=packages)

    rows = by_id(upart, packages)

    for name, (reason, remedy) in REASONS.items():
        assert rows[name]["state"] == "broken"
        assert reason in rows[name]["reason"]
        assert remedy in rows[name]["remedy"]
    assert rows["quizbank"]["state"] == rows["courses"]["state"] == "ok"


def test_the_core_still_selects_beside_a_half_mapped_plugin(upart, broken):
    upart("db", "upgrade", packages=broken)
    assert upart("academy", "list", "--json", packages=broken).strip() == "[]"


@ONE
def test_quizbank_with_one_undeclared_column_is_refused_by_name_and_line(upart, quizbank, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(quizbank, copy)
    models = copy / "upart_quizbank" / "models.py"
    whole = models.read_text()
    models.write_text(whole.replace('= personal(Category.EDU_RESULT, about="learner")', "= __import__('sqlalchemy.orm').orm.mapped_column()"))
    upart("db", "upgrade", packages=[copy])

    row = by_id(upart, [copy])["quizbank"]
    assert row["reason"] == (
        "Plugin 'quizbank' keeps quizbank_answer.text, which is neither personal nor not_personal. "
        'Add personal(...) or not_personal("why") in upart_quizbank/models.py.'
    )

    models.write_text(whole)
    upart("db", "upgrade", packages=[copy])
    assert by_id(upart, [copy])["quizbank"]["state"] == "ok"


@ONE
def test_quizbank_with_a_recipient_abroad_and_no_safeguard_is_refused(upart, quizbank, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(quizbank, copy)
    league = copy / "upart_quizbank" / "league.py"
    league.write_text(league.read_text().replace('safeguard="adequacy decision 2000/518/EC"', 'safeguard=""'))
    upart("db", "upgrade", packages=[copy])

    row = by_id(upart, [copy])["quizbank"]
    assert row["reason"] == "Its recipient 'Quiz League' is in a third country (Switzerland) without a safeguard."
    assert 'Add safeguard="adequacy decision …"' in row["remedy"]


def test_quizbanks_columns_are_in_the_inventory_and_in_the_database(upart, quizbank):
    upart("db", "upgrade", packages=[quizbank])

    rows = json.loads(upart("privacy", "inventory", "--json", packages=[quizbank]))
    given = next(row for row in rows if (row["table"], row["column"]) == ("quizbank_answer", "text"))

    assert (given["category"], given["purpose"], given["retain"], given["after"]) == ("edu.result", "learn", "24 months", "given_at")
    assert given["subjects"] == [{"via": "learner_id", "role": "learner"}, {"via": "reviewer_id", "role": "reviewer"}]
    assert given["about"] == ["learner"]
    assert "all declared" in upart("privacy", "check", packages=[quizbank])


def test_after_its_package_is_gone_quizbank_is_an_orphan_that_can_be_purged(upart, quizbank):
    upart("db", "upgrade", packages=[quizbank])
    assert "is installed" in upart("db", "purge", "quizbank", "--yes", packages=[quizbank], fails=True)

    upart("db", "upgrade")
    assert json.loads(upart("db", "orphans", "--json"))[0]["owner"] == "quizbank"
    assert by_id(upart, [])["quizbank"]["state"] == "orphan"
    assert "quizbank_answer" in upart("db", "purge", "quizbank", "--yes")
    assert json.loads(upart("db", "orphans", "--json")) == []


def lena_answers(database_url: str) -> None:
    """Lena of athena answers a question, while quizbank is as its first version was."""
    engine, academy, lena, question = create_engine(database_url), uuid7(), uuid7(), uuid7()
    old = {
        name: table(name, column("academy_id", Uuid()), column("id", Uuid()), *(column(c, Uuid()) for c in ids), *map(column, words))
        for name, ids, words in OLD
    }
    with engine.begin() as connection:
        connection.execute(insert(Academy).values(id=academy, slug="athena", name="Athena"))
        connection.execute(insert(Person).values(academy_id=academy, id=lena, name="Lena", email="lena@example.org"))
        connection.execute(old["quizbank_question"].insert().values(academy_id=academy, id=question, text="Why?", answer="So."))
        given = {"question_id": question, "learner_id": lena, "text": "Because.", "given_at": clock.now().replace(tzinfo=None)}
        connection.execute(old["quizbank_answer"].insert().values(academy_id=academy, id=uuid7(), **given))
    engine.dispose()


def answers(database_url: str) -> list:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT text, verdict, steps, reviewer_id FROM quizbank_answer")).all()
    engine.dispose()
    return rows


def only_the_first_migration(package) -> None:
    for later in sorted((package / "upart_quizbank" / "migrations").glob("quizbank*.py"))[1:]:
        later.unlink()


def test_answers_given_before_the_second_migration_are_kept_by_it(upart, quizbank, tmp_path, database_url):
    before = tmp_path / "before"
    shutil.copytree(quizbank, before)
    only_the_first_migration(before)
    upart("db", "upgrade", packages=[before])
    lena_answers(database_url)

    upart("db", "upgrade", packages=[quizbank])

    [row] = answers(database_url)
    assert (row.text, row.verdict, row.steps in ("{}", {}), row.reviewer_id) == ("Because.", "", True, None)
    assert "all declared" in upart("privacy", "check", packages=[quizbank])


def test_what_an_uninstalled_plugin_holds_goes_with_its_person(upart, quizbank, tmp_path, database_url):
    before = tmp_path / "before"
    shutil.copytree(quizbank, before)
    only_the_first_migration(before)
    upart("db", "upgrade", packages=[before])
    lena_answers(database_url)
    upart("db", "upgrade", packages=[quizbank])

    words = ("rights", "erase", "lena@example.org", "--academy", "athena")
    assert "quizbank: quizbank_answer: 1 deleted" in upart(*words, "--dry-run")
    done = json.loads(upart(*words, "--now", "--json"))

    assert done["state"] == "done"
    assert answers(database_url) == []


def test_two_upgrades_at_once_on_an_empty_database_both_succeed(tmp_path, database_url):
    (tmp_path / "upart.toml").write_text(f'database_url = "{database_url}"\n')
    both = [forking.start("--instance", str(tmp_path), "db", "upgrade", stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(2)]
    answers = [(process.stdout.read(), process.wait(120)) for process in both]

    assert [code for _, code in answers] == [0, 0], answers
    assert all("(current)" in said for said, _ in answers)


@ONE
@pytest.mark.parametrize(
    "words", [("db", "upgrade", "--plugin", "nothing"), ("plugins", "enable", "courses", "--academy", "nowhere"), ("plugins", "check", "nothing")]
)
def test_a_wrong_name_gets_words_and_a_remedy(upart, words):
    upart("db", "upgrade")
    said = upart(*words, fails=True)
    assert said.startswith("Error: ")
    assert "See: upart" in said or "Install its package" in said
