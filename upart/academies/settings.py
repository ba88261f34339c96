# SPDX-License-Identifier: MIT
"""What an academy can set: one table. Values are kept as text and read here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from upart.errors import BadSetting
from upart.privacy.countries import COUNTRIES
from upart.theming.colour import parse_colour
from upart.theming.locales import zones


def _text(value: str) -> str:
    return value.strip()


AUTHORITY = "the data protection authority of your country"
"""To whom people may complain where an academy names nobody."""


def _authority(value: str) -> str:
    return value.strip() or AUTHORITY


OWN_WORDS = {
    "start": "The academy's own paragraphs at the beginning of its privacy policy, in Markdown.",
    "held": "The academy's own paragraphs on what is kept.",
    "recipients": "The academy's own paragraphs on who receives data.",
    "rights": "The academy's own paragraphs on rights.",
    "end": "The academy's own paragraphs at the end of its privacy policy.",
}
"""Places of the privacy policy at which an academy may add words of its own."""

MOST_WORDS = 20_000
"""Characters of one such place."""


def _paragraphs(value: str) -> str:
    if len(value) > MOST_WORDS:
        raise ValueError(f"up to {MOST_WORDS} characters")
    return value.strip()


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{0,60}", value):
        raise ValueError("lower case letters, digits, - and _")
    return value


def _country(value: str) -> str:
    if value and value not in COUNTRIES:
        raise ValueError("the code of a country after ISO 3166-1, for example: AT")
    return value


def _zone(value: str) -> str:
    if value not in zones():
        raise ValueError("a time zone of the tz database, for example: Europe/Vienna")
    return value


def _sign_up(value: str) -> str:
    if value not in ("open", "invited", "closed"):
        raise ValueError("open, invited or closed")
    return value


def _switch(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError("yes or no")
    return value == "yes"


def _megabytes(value: str) -> int:
    if value and (not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 100_000_000):
        raise ValueError("a whole number of megabytes from 1, for example: 2000")
    return int(value or 0)


@dataclass(frozen=True, slots=True)
class AcademySettingRow:
    """One row of the table."""

    key: str
    read: Callable[[str], Any]
    default: str
    sentence: str


SETTINGS: tuple[AcademySettingRow, ...] = (
    AcademySettingRow("headline", _text, "", "The large words of the landing page; empty shows the academy's name."),
    AcademySettingRow("lead", _text, "", "One or two sentences below the headline."),
    AcademySettingRow("note", _text, "", "A small line below the buttons."),
    AcademySettingRow("legal_name", _text, "", "Who runs the academy, as in the register."),
    AcademySettingRow("place", _text, "", "Where it sits."),
    AcademySettingRow("country", _country, "", "Its country, ISO 3166-1 (`AT`): the law there says from which age people agree alone; empty: from 16."),
    AcademySettingRow("privacy_contact", _text, "", "To whom people write about their data: a name, an e-mail or postal address."),
    AcademySettingRow(
        "authority", _authority, "", "To whom people may complain about it, with an address; empty says: the data protection authority of your country."
    ),
    AcademySettingRow("privacy_officer", _text, "", "Its data protection officer, with an address; empty: none is named."),
    *(AcademySettingRow(f"policy_{place}", _paragraphs, "", sentence) for place, sentence in OWN_WORDS.items()),
    AcademySettingRow("brand_colour", parse_colour, "#12666f", "One colour; all others are derived from it."),
    AcademySettingRow("theme", _name, "harbor", "Id of an installed theme."),
    AcademySettingRow("hero", _name, "hero", "Drawing of the landing page."),
    AcademySettingRow("mark", _name, "graduation-cap", "Icon beside the name in the top bar."),
    AcademySettingRow("zone", _zone, "UTC", "The academy's time zone (tz database), in which its days and hours are meant."),
    AcademySettingRow("language", _name, "en", "Language of the pages."),
    AcademySettingRow("sign_up", _sign_up, "open", "Who may join: open, invited or closed; never wider than the installation's setting."),
    AcademySettingRow("listed", _switch, "no", "May the platform's landing page name this academy?"),
    AcademySettingRow("canary", _switch, "no", "Is somebody made up entered, copied and erased once a week, and is it published what came of it?"),
    AcademySettingRow("visits", _switch, "yes", "Are visits counted, without names and addresses?"),
    AcademySettingRow("file_space", _megabytes, "", "Megabytes that files may take; empty means what the installation allows, which is also the most."),
)


def read_settings(stored: Mapping[str, str]) -> Mapping[str, Any]:
    """All settings of an academy by key: stored ones over defaults. An unreadable stored value falls back to the default."""
    values: dict[str, Any] = {}
    for row in SETTINGS:
        try:
            values[row.key] = row.read(stored.get(row.key, row.default))
        except ValueError:
            values[row.key] = row.read(row.default)
    return MappingProxyType(values)


def check_setting(key: str, value: str) -> str:
    """The value as it may be stored. Raises BadSetting for an unknown key or a value that cannot be used."""
    for row in SETTINGS:
        if row.key == key:
            try:
                row.read(value)
            except ValueError as error:
                raise BadSetting(f"The setting '{key}' cannot be {value!r}.", remedy=f"Expected: {error}.") from None
            return value
    raise BadSetting(f"There is no setting '{key}'.", remedy=f"Known are: {', '.join(row.key for row in SETTINGS)}.")
