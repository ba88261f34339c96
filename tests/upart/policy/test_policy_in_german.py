# SPDX-License-Identifier: MIT
"""The privacy policy speaks German whole: every sentence, every table, also what it says of laws, countries and differences."""

from __future__ import annotations

import re
from datetime import date

from policies import CASES, FACTS, changed

from upart.policy import saying
from upart.policy.comparing import changes
from upart.policy.compiling import compiled
from upart.policy.facts import facts
from upart.privacy.countries import COUNTRIES
from upart.privacy.laws import LAWS
from upart.theming import wording
from upart.theming.locales import gettext, languages, speaking

SAME = {"cookies", "name", "chat", "SMS", "Newsletter", "newsletter", "text", "Text", "–", "Cookies", "Name"}
"""Words that are the same in both."""

OWN = re.compile(r"[\w.@ ]*(Athena|athena|UPART|upart_)[\w.@, ()]*|\d+ ?[A-Za-z]*")
"""Names."""


def texts(document):
    """All texts of a policy, in order."""
    yield from (document.title, document.lead, *document.labels.values())
    for line in document.short:
        yield from (line.strong, line.text, line.link)
    for section in document.sections:
        yield section.title
        for part in section.parts:
            yield from (part.heading, part.summary, *part.columns)
            yield from (text for line in part.lines for text in (line.strong, line.text, line.link))
            yield from (text for row in part.rows for text in (*row.cells, row.note))


def test_every_text_of_the_demos_policies_is_another_in_german(portal):
    assert languages() == ["en", "de"]
    for slug in ("athena", "platform"):
        with portal.app.test_request_context(), portal.reading(slug):
            made = facts(portal.academy(slug))
            english, german = (list(texts(compiled(portal.academy(slug), made, language))) for language in languages())
        assert len(english) == len(german) > 300
        assert {one for one, other in zip(english, german, strict=True) if one == other and one and one not in SAME and not OWN.fullmatch(one)} == set()


def test_laws_words_and_countries_are_german_too():
    said = [*wording.CATEGORIES.values(), *wording.PURPOSES.values(), *wording.BASES.values(), *wording.ORIGINS.values(), *wording.ROLES.values()]
    said += [*wording.AFTER.values(), *wording.COLUMNS.values(), *saying.TOUCHED.values(), *saying.LABELS.values(), *(law.sentence for law in LAWS.values())]
    with speaking("de"):
        assert {text for text in said if gettext(text) == text} - SAME == set()
        assert gettext(COUNTRIES["AT"]) == "Österreich"
        assert wording.day(date(2026, 12, 23)) == "23. Dezember 2026"
    assert gettext(COUNTRIES["AT"]) == "Austria"


def test_differences_are_told_in_german(portal):
    with portal.app.app_context():
        for at, word, value, _why in CASES:
            made = changed(at, word, value)
            told = []
            for language in languages():
                with speaking(language):
                    told.append([(entry.plain, entry.touched) for entry in saying.entries(changes(FACTS, made), FACTS, made)])
            assert all(not english[1] or english[1] != german[1] for english, german in zip(*told, strict=True)), (at, word)
