# SPDX-License-Identifier: MIT
"""The ten steps: a claim, what is done, and what was seen. A step that sees something else raises Unproven."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from upart.cli.proving.looking import fingerprints, lines_that_carry_rights_out, opened, parts, search
from upart.cli.proving.stage import Stage, Unproven

LENA = "lena@example.org"
COURSE, LESSON = "statistics-with-your-own-numbers", "seven-nights"
WORDS = "The median does not care about the night of the party."
PATIENCE = 120
"""Seconds that a worker may take for an erasure."""

SOME = 5
"""Parts of an erasure that are done before its worker is killed."""


class Step(NamedTuple):
    """One claim: in a sentence, with what is done for it, and the function that does it and returns what it saw."""

    claim: str
    done: str
    do: Callable[[Stage], list[str]]


def refused(stage: Stage) -> list[str]:
    """A plugin is set aside whose table has a column without a declaration; the portal runs."""
    number = stage.put_plugin(mute=True)
    said = stage.upart("plugins", "check", "journal", fails=True)
    reason = next((line.strip() for line in said.splitlines() if "journal_entry.mood" in line), "")
    require("neither personal nor not_personal" in reason, f"`upart plugins check journal` said: {said}")
    stage.serve()
    first, page = stage.ask("/"), stage.ask("/journal/")
    require((first.status, page.status) == (200, 404), f"the portal answered {first.status} at / and {page.status} at /journal/")
    return [f"Line {number} of plugins/journal.py: {_line(stage, number)}", reason, "The portal answers (200); the plugin's page is not there (404)."]


def declared(stage: Stage) -> list[str]:
    """With one word beside that column it runs."""
    stage.stop()
    number = stage.put_plugin()
    stage.upart("db", "upgrade")
    on = stage.upart("plugins", "enable", "journal", "--academy", "athena")
    checked = stage.upart("privacy", "check")
    stage.serve()
    stage.work()
    page = stage.ask("/journal/", cookie=_cookie(stage, "lena"))
    require(page.status == 200 and "What have you learned today?" in page.text, f"/journal/ answered {page.status}")
    return [f"Line {number} of plugins/journal.py: {_line(stage, number)}", on, checked, "The page with the form answers (200)."]


def learned(stage: Stage) -> list[str]:
    """Lena learns and writes; the plugin's data stand on her privacy page by themselves."""
    lena = stage.notes["lena"]
    for path in (f"/courses/{COURSE}/enrol", f"/learn/{COURSE}/{LESSON}/done"):
        answer = stage.ask(path, {}, cookie=lena)
        require(answer.status == 303, f"{path} answered {answer.status}")
    answer = stage.ask("/journal/", {"words": WORDS, "mood": "surprised"}, cookie=lena)
    require(answer.status == 303, f"/journal/ answered {answer.status}")
    require(WORDS in stage.ask("/journal/", cookie=lena).text, "her sentence is not on the page of her journal")
    held = stage.ask("/privacy/mine", cookie=lena).text
    require("Your journal" in held and WORDS in held, "/privacy/mine does not show her journal")
    return [
        "She enrolled in a course, finished a lesson, and wrote a sentence into her journal.",
        "Her page /privacy/mine shows that sentence under “Your journal”: from the declarations, the plugin has no code for it.",
    ]


def backed_up(stage: Stage) -> list[str]:
    """A backup is made while the portal serves; she is in it."""
    stage.notes["orion"] = json.dumps([fingerprints(_database(stage), "orion"), _pages(stage)])
    said = stage.upart("backup", str(stage.backup))
    found = search(stage.folder, LENA, WORDS)
    require("backup" in found.hits, "her address is not in the backup, so it would prove nothing")
    return [said.splitlines()[0], "Her address stands in it, and in the installation: " + ", ".join(found.hits) + "."]


def asked(stage: Stage) -> list[str]:
    """She reads the plan in numbers and asks to be erased, with her account; from then on nobody sees her."""
    stage.rest()
    lena = stage.notes["lena"]
    plan = stage.ask("/privacy/mine/erase?account", cookie=lena).text
    numbers = [int(number) for number in re.findall(r"<dd>(\d+)</dd>", plan)[:3]]
    journal = re.search(r"Your journal \(\d+\)", plan)
    require(len(numbers) == 3 and journal is not None, "the plan does not name her journal")
    gone = stage.ask("/privacy/mine/erase", {"sure": "y", "now": "y", "account": "y"}, cookie=lena)
    link = re.search(r'href="[^"]*(/privacy/receipt\?token=[^"]+)"', gone.text)
    require(gone.status == 200 and link is not None, f"her request was answered with {gone.status}")
    stage.notes["receipt"] = link[1] if link else ""
    require(not stage.sign_in("lena"), "she can still sign in")
    people = stage.ask("/manage/people/", cookie=_cookie(stage, "ada")).text
    require(LENA not in people and "theo@example.org" in people, "the owner's list of people still shows her")
    return [
        f"The plan: lines that go: {numbers[0]}, that stay without her name: {numbers[1]}, that a law keeps: {numbers[2]}.",
        f"Among what goes: {journal and journal[0]}.",
        "She is signed out and cannot sign in; the owner's list of people does not show her any more. The rest is a worker's, who sleeps until step 6.",
    ]


def killed(stage: Stage) -> list[str]:
    """Whoever carries it out is killed in the middle; the next start brings it to its end."""
    stage.work()
    before = _kill_halfway(stage)
    stage.serve()
    stage.work()
    end = time.monotonic() + PATIENCE
    while not (signed := "Download the proof" in stage.ask(stage.notes["receipt"]).text) and time.monotonic() < end:
        time.sleep(0.2)
    found = _parts(stage)
    require(
        signed and set(found) == {"done"}, f"{PATIENCE} seconds after the new start its parts are {found}, and the receipt is {'' if signed else 'not '}signed"
    )
    whole = found["done"]
    return [
        f"kill -9 for server and worker when {before} of {whole} parts were done.",
        f"Started again: {whole} of {whole} are done, and the receipt is signed.",
    ]


def searched(stage: Stage) -> list[str]:
    """Her address and her words stand nowhere in the installation."""
    found = search(stage.instance, LENA, WORDS)
    require(not found.hits, f"her address or her sentence stands in: {', '.join(found.hits)}")
    return [
        f"{found.files} files with {found.size:,} bytes were read, the database file and its log among them: her address stands in none of them, "
        "neither plainly nor percent-encoded, quoted-printable, escaped or in base64; nor does her sentence.",
        "It does stand in the backup, which is older, and is looked at in step 9.",
    ]


def verified(stage: Stage) -> list[str]:
    """Her receipt can be checked without this portal; one changed digit is noticed."""
    path = stage.notes["receipt"].replace("/privacy/receipt?", "/privacy/receipt.json?")
    receipt, keys, changed = (stage.folder / name for name in ("receipt.json", "keys.json", "changed.json"))
    text = stage.ask(path).text
    receipt.write_text(text, encoding="utf-8")
    keys.write_text(stage.ask("/.well-known/upart-receipts.json").text, encoding="utf-8")
    stage.stop()
    said = stage.upart("rights", "verify", str(receipt), "--key", str(keys), "--email", LENA)
    changed.write_text(re.sub(r'("deleted": )(\d+)', lambda found: f"{found[1]}{int(found[2]) + 1}", text, count=1), encoding="utf-8")
    refusal = stage.upart("rights", "verify", str(changed), "--key", str(keys), fails=True)
    require("The signature does not fit" in refusal, f"a changed receipt was answered with: {refusal}")
    return ["Server and worker are stopped.", said.splitlines()[0], *said.splitlines()[-2:], f"With one number changed: {refusal.splitlines()[0]}"]


def restored(stage: Stage) -> list[str]:
    """The backup from before is put back, and the first answer does not know her."""
    said = stage.upart("restore", str(stage.backup), "--replace")
    stage.serve()
    people = stage.ask("/manage/people/", cookie=_cookie(stage, "ada")).text
    require(LENA not in people and "theo@example.org" in people, "the first answer shows her again")
    require(not stage.sign_in("lena"), "she can sign in again")
    stage.work()
    found = search(stage.instance, LENA, WORDS)
    require(not found.hits, f"her address or her sentence stands in: {', '.join(found.hits)}")
    again = next((line for line in said.splitlines() if line.startswith("Acts of people")), "")
    require(again.endswith(": 1."), f"the restore said: {said}")
    return [
        again, "The first page opened after the start, the owner's list of people, does not show her; she cannot sign in.",
        f"{found.files} files were searched again: neither her address nor her sentence stands in them.",
    ]  # fmt: skip


def untouched(stage: Stage) -> list[str]:
    """The academy next door is what it was, byte for byte; and the plugin has no line of code for all this."""
    before, now = json.loads(stage.notes["orion"]), [fingerprints(_database(stage), "orion"), _pages(stage)]
    differ = sorted(name for one, other in zip(before, now, strict=True) for name in {*one, *other} if one.get(name) != other.get(name))
    require(not differ, f"at orion these are not what they were before the erasure: {', '.join(differ)}")
    lines, such = lines_that_carry_rights_out(stage.instance / "plugins")
    require(not such, f"{such} lines of the plugin export or erase")
    return [
        f"Odin's academy: the rows of {len(now[0])} tables and {len(now[1])} pages are the same bytes as in step 4. "
        "Not compared: the queue of jobs, and visits, since this look at the pages is one.",
        f"Lines of the plugin: {lines}. Lines of it that export or erase: {such}.",
    ]


STEPS = (
    Step(
        "A plugin that does not say what a column holds is refused.",
        "A plugin of one file is put into the installation; one column says nothing.", refused,
    ),
    Step(
        "When it says so, it runs.",
        "The word is added beside the column; the plugin is switched on for the academy Athena.", declared,
    ),
    Step(
        "Lena learns, and fills the plugin's form.",
        "She signs in, enrols, finishes a lesson, and writes into her journal.", learned,
    ),
    Step(
        "A backup is made while the portal serves.",
        "upart backup, into a file beside the installation.", backed_up,
    ),
    Step(
        "Lena erases herself, after reading the plan in numbers.",
        "She ticks that she has read it, does not wait, and closes her account.", asked,
    ),
    Step(
        "Killed in the middle, it still comes to its end.",
        "kill -9 for the server and the worker, then both are started again.", killed,
    ),
    Step(
        "Her address and her words are nowhere in the whole installation any more.",
        "Every byte of every file is searched for her address and her sentence.", searched,
    ),
    Step(
        "Her receipt can be checked without this portal, and a changed number is noticed.",
        "upart rights verify, with the published keys alone; then with one number changed.", verified,
    ),
    Step(
        "The old backup does not bring her back.",
        "upart restore of the file from step 4, then server and worker are started.", restored,
    ),
    Step(
        "The academy next door was not touched, and the plugin's author wrote nothing for all this.",
        "The other academy is compared with step 4; the plugin's source is counted.", untouched,
    ),
)  # fmt: skip


def require(holds: bool, found: str) -> None:
    """Raise Unproven with what was found instead."""
    if not holds:
        raise Unproven(f"Found: {found}.")


def _cookie(stage: Stage, name: str) -> str:
    stage.notes[name] = stage.sign_in(name)
    require(bool(stage.notes[name]), f"{name} of the demo is not let in")
    return stage.notes[name]


def _kill_halfway(stage: Stage) -> int:
    """Kill server and worker as soon as some parts are done; how many were. Looked at without a pause, since all of it takes less than a second."""
    end = time.monotonic() + PATIENCE
    with opened(_database(stage)) as looked:
        while parts(looked).get("done", 0) < SOME:
            require(time.monotonic() < end, f"no worker began within {PATIENCE} seconds")
        stage.kill()
        found = parts(looked)
    require(len(found) > 1, "the worker was done before it could be killed; run this again")
    return found["done"]


def _parts(stage: Stage) -> dict[str, int]:
    with opened(_database(stage)) as looked:
        return parts(looked)


def _pages(stage: Stage) -> dict[str, str]:
    return {path: stage.ask(path, at="orion").text for path in ("/", "/courses/")}


def _database(stage: Stage) -> Path:
    return stage.instance / "upart.sqlite"


def _source(stage: Stage) -> list[str]:
    return (stage.instance / "plugins" / "journal.py").read_text(encoding="utf-8").splitlines()


def _line(stage: Stage, number: int) -> str:
    return _source(stage)[number - 1].strip()
