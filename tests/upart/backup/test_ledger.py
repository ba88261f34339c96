# SPDX-License-Identifier: MIT
"""Yesterday's backup is restored: what people asked for since holds, and a ledger that does not know it is refused."""

from __future__ import annotations

import shutil

import pytest
from erasing import text, who
from keeping import back_up, restore
from people import work
from restoring import again, kinds
from sqlalchemy import select
from toil import command

from upart.accounts.models import Person
from upart.events.models import Event
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.asking import ask_to_erase
from upart.rights.actions.objecting import ask_to_object
from upart.rights.actions.restraining import ask_to_restrict
from upart.rights.ledger.lines import LedgerRefused
from upart.rights.restricting.actions import restrictions_of
from upart.rights.restricting.models import Ground


@pytest.fixture
def people(installation):
    """Lena and Theo at athena, Odin at orion."""
    for slug, names in (("athena", ("Lena", "Theo")), ("orion", ("Odin",))):
        with installation.writing(slug) as session:
            session.add_all(Person(name=name, email=f"{name.lower()}@example.org") for name in names)
    return installation


def ask(made, name, do) -> None:
    with made.app.test_request_context(), made.writing("athena") as session:
        do(who(session, name))


def use_rights(made) -> None:
    """Lena goes; Theo objects and is restricted."""
    ask(made, "Lena", ask_to_erase)
    ask(made, "Theo", lambda theo: ask_to_object(theo, Purpose.NEWSLETTER))
    ask(made, "Theo", lambda theo: ask_to_restrict(theo, Ground.CLAIMS))
    work(made)


def holds(made) -> bool:
    """Is Lena gone, and Theo restricted?"""
    with made.reading("athena") as session:
        theo = [one.ground for one in restrictions_of(who(session, "Theo"))]
    return "lena@example.org" not in text(made) and theo == [Ground.CLAIMS]


@pytest.mark.parametrize("first", ["answer", "worker"])
def test_the_first_answer_and_the_first_worker_honour_what_was_asked_since(people, tmp_path, first):
    back_up(people, tmp_path / "backup")
    use_rights(people)
    restore(people, tmp_path / "backup")
    assert "lena@example.org" in text(people)

    made = again(people)
    if first == "answer":
        assert made.visitor("athena").get("/").status_code == 200
    else:
        work(made)
    assert holds(made)
    with made.reading("orion") as session:
        assert who(session, "Odin").email == "odin@example.org"
    assert made.breaches() == []
    made.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_command_does_it_before_it_ends(people, tmp_path):
    (tmp_path / "upart.toml").touch()
    back_up(people, tmp_path / "backup")
    use_rights(people)
    acts = [kind for kind in kinds(people) if kind != "done"]
    people.close()
    done = command(tmp_path, "restore", str(tmp_path / "backup"), "--replace")
    assert (done.exit_code, f"hold again: {len(acts)}." in done.output) == (0, True), done.output
    assert holds(people)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_older_ledger_or_none_is_refused_unless_its_loss_is_accepted(people, tmp_path):
    ask(people, "Theo", lambda theo: ask_to_restrict(theo, Ground.CLAIMS))
    shutil.copytree(tmp_path / "ledger", tmp_path / "older")
    ask(people, "Lena", ask_to_erase)
    work(people)
    back_up(people, tmp_path / "backup")
    (tmp_path / "upart.toml").touch()
    for older in (tmp_path / "older", tmp_path / "none"):
        shutil.rmtree(tmp_path / "ledger")
        if older.exists():
            shutil.copytree(older, tmp_path / "ledger")
        people = again(people)
        with pytest.raises(LedgerRefused, match="older than the backup, or lost") as caught:
            restore(people, tmp_path / "backup")
        assert "newest ledger" in caught.value.remedy
        people.close()
    done = command(tmp_path, "restore", str(tmp_path / "backup"), "--replace", "--accept-lost-ledger")
    assert (done.exit_code, "may be back" in done.stderr) == (0, True), done.output
    people = again(people)
    assert people.visitor("athena").get("/").status_code == 200
    with people.reading("platform") as session:
        assert session.scalars(select(Event.data).where(Event.type == "installation.restored")).one()["ledger"] == "lost"
    people.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_another_key_of_the_pseudonyms_and_a_broken_ledger_are_refused(people, tmp_path):
    use_rights(people)
    back_up(people, tmp_path / "backup")
    assert kinds(people)
    other = again(people, pseudonym_key=b"another key of thirty-two letters")
    with pytest.raises(LedgerRefused, match="another one than that of the backup") as caught:
        restore(other, tmp_path / "backup")
    assert "former key" in caught.value.remedy
    other.close()
    (chain,) = (tmp_path / "ledger").glob("*.ledger")
    chain.write_bytes(chain.read_bytes().replace(b"erasure", b"erasurE"))
    people = again(people, pseudonym_key=b"")
    with pytest.raises(LedgerRefused, match="digest does not fit"):
        restore(people, tmp_path / "backup", accept_lost_ledger=True)
    assert "lena@example.org" not in text(people)
    people.close()
