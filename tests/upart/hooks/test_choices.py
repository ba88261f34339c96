# SPDX-License-Identifier: MIT
"""What people choose about is declared whole: consent purposes, cookies, decisions of a machine; or the plugin does not load."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from upart.errors import PluginError
from upart.hooks.choices import check_choices
from upart.hooks.loaded import Plugin
from upart.hooks.loader import load
from upart.hooks.records import ConsentPurpose, Cookie, Decision, Manifest
from upart.hooks.single import one_file_plugins
from upart.privacy.taxonomy import Basis, Purpose

TIPS = ConsentPurpose(key="choir.tips", text="Send me tips for singing.", purpose=Purpose.NEWSLETTER)
VOICE = Cookie(name="choir_voice", category="preferences", purpose="Remembers whether you sing high or low.", lifetime=timedelta(days=30))
SEAT = Decision(name="Who sings first", logic="Whoever came first.", effect="A place, or none.", human="Write to the choir.")

FAULTS = (
    (replace(TIPS, key="tips"), "key that is not its own", 'key="choir.tips"'),
    (replace(TIPS, text=" "), "has no text", "one sentence"),
    (replace(TIPS, purpose="advertise"), "purpose 'advertise', which is unknown", "learn"),
    (replace(TIPS, basis=Basis.CONTRACT), "about which nobody chooses", "Basis.CONSENT"),
    (replace(TIPS, version=0), "has the version 0", "begin with 1"),
    (replace(TIPS, channels=("email", "pigeon")), "channel 'pigeon', which is unknown", "email, sms"),
    (replace(TIPS, channels="email"), "channels='email', which is of type str", 'channels=("email",)'),
    (replace(TIPS, channels=None), "channels=None, which is of type NoneType", 'channels=("email",)'),
    (replace(TIPS, channels=("email", "email")), "names a channel twice", "each once"),
    (replace(TIPS, basis=Basis.LEGITIMATE_INTEREST), "until somebody says no", "leave out basis="),
    (replace(TIPS, purpose=Purpose.TRAIN_AI, basis=Basis.LEGITIMATE_INTEREST), "until somebody says no", "leave out basis="),
    (replace(TIPS, basis="consent"), "basis 'consent', about which nobody chooses", "Basis.CONSENT"),
    (replace(TIPS, text=None), "text=None, which is of type NoneType", "one sentence"),
    (replace(TIPS, text="A word. " * 99), "a text of 792 characters", "up to 500"),
    (replace(TIPS, key=7), "key=7, which is of type int", 'key="choir.tips"'),
    (replace(TIPS, key="choir.tips|email"), "key that is not its own", 'key="choir.tips"'),
    (replace(TIPS, version="2"), "version='2', which is of type str", "version=2"),
    (replace(VOICE, lifetime=30), "lifetime=30, which is of type int", "timedelta(days=30)"),
    (replace(VOICE, name="__Host-choir_voice"), "begins with a word for browsers", 'Declare it as "choir_voice"'),
    (replace(VOICE, name=None), "name=None, which is of type NoneType", 'name="choir_level"'),
    (replace(VOICE, purpose=None), "purpose=None, which is of type NoneType", "purpose="),
    (replace(VOICE, name="choir voice"), "no browser takes", "quiz_level"),
    (replace(VOICE, category="fun"), "category 'fun', which is unknown", "necessary, preferences"),
    (replace(VOICE, purpose=""), "is not explained", "purpose="),
    (replace(VOICE, lifetime=timedelta(days=800)), "lives for 800 days", "Up to 400 days"),
    (replace(SEAT, human=" "), "does not say its human", "art. 22"),
)


def check(*parts: ConsentPurpose | Cookie | Decision, others=()) -> PluginError | None:
    plugin = _choir("choir", parts)
    try:
        check_choices(plugin, [plugin, *others])
    except PluginError as error:
        return error
    return None


def _choir(id: str, parts) -> Plugin:
    kinds = {"purposes": ConsentPurpose, "cookies": Cookie, "decisions": Decision}
    given = {name: [part for part in parts if isinstance(part, kind)] for name, kind in kinds.items()}
    return Plugin(id, manifest=Manifest(id=id, version="1"), **given)


@pytest.mark.parametrize(("part", "message", "remedy"), FAULTS, ids=[message for _, message, _ in FAULTS])
def test_what_is_not_whole_breaks_its_plugin_with_a_remedy(part, message, remedy):
    error = check(part)
    assert message in error.message
    assert remedy in error.remedy


def test_what_is_whole_passes():
    assert check(TIPS, VOICE, SEAT) is None


@pytest.mark.parametrize("part", [TIPS, VOICE, SEAT], ids=["purpose", "cookie", "decision"])
def test_two_of_one_name_are_refused_in_one_plugin_and_in_two(part):
    assert "declared by 'choir' already" in check(part, part).message
    assert "declared by 'band' already" in check(part, others=[_choir("band", [part])]).message


FILE = """
from upart.plugin import ConsentPurpose, Cookie, Manifest, hookimpl, holds_nothing

manifest = Manifest(id="choir", version="1", privacy=holds_nothing("it only asks"))


@hookimpl
def {hook}():
    return [{made}]
"""


@pytest.mark.parametrize(("hook", "made", "says", "remedy"), [
    ("upart_purposes", 'ConsentPurpose(key="choir.tips", text="Tips.", purpose="promote", children=True)', "keyword argument 'children'", "takes: key, text, purpose"),
    ("upart_cookies", 'Cookie(name="choir_voice", category="necessary")', "argument: 'purpose'", "takes: name, category, purpose, lifetime"),
])  # fmt: skip
def test_the_author_of_one_file_reads_which_words_there_are(tmp_path, hook, made, says, remedy):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "choir.py").write_text(FILE.format(hook=hook, made=made))
    found = load([], files=one_file_plugins(tmp_path)).found["choir"]
    assert (found.healthy, says in found.reason, remedy in found.remedy) == (False, True, True)
