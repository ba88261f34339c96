# SPDX-License-Identifier: MIT
"""What an academy can set of a plugin: a form with defaults, kept as text, read where the academy is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upart.errors import PluginError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """Settings that belong together, with a page of their own at `/manage/settings/<key>`.

    `key`: unique, the plugin's id or a name that begins with it ("quiz", "quiz.mails"). `label`: the heading, translated when shown; `hint` a
    sentence about it. `form`: a `Form` whose fields have a `default`, of which each is text, number, yes or no, or a list of texts. What is set is read as
    `context.academy.settings["quiz.pass_mark"]`. Visitors may see what follows from it: nothing about a person, and no secret, belongs here.
    """

    key: str
    label: str
    form: type[Any]
    hint: str = ""

    @property
    def name(self) -> str:
        """Its key: no two are called the same."""
        return self.key

    def full(self, field: str) -> str:
        """The name of a field's value among the settings of an academy."""
        return f"{self.key}.{field}"

    def defaults(self) -> dict[str, Any]:
        """What holds where nothing is set, by full name."""
        return {self.full(field.name): field.data for field in self.form()}

    def read(self, stored: Mapping[str, str]) -> dict[str, Any]:
        """The values by full name: stored ones over defaults. What cannot be read, or is of another kind than its default, is as if it were not there."""
        return {key: _value(stored[key], default) if key in stored else default for key, default in self.defaults().items()}

    def check(self, owner: str) -> None:
        """Raise PluginError unless the key is its owner's, and each field has a default that can be kept."""
        if self.key != owner and not self.key.startswith(f"{owner}."):
            raise PluginError(f"Its settings are called '{self.key}'.", remedy=f'Call them "{owner}", or begin the name with "{owner}.".')
        for key, default in self.defaults().items():
            if type(default) not in KINDS:
                raise PluginError(f"Its setting '{key}' has no default that can be kept.", remedy=f"Give the field a default: {_words()}.")
        if declared := self.form.declares:
            raise PluginError(
                f"Its settings '{self.key}' declare personal data ({', '.join(declared)}).", remedy="Put what is about people into a table of the plugin."
            )


KINDS: dict[type, str] = {str: "a text", int: "a number", float: "a number", bool: "True or False", list: "a list of texts"}


def _words() -> str:
    return ", ".join(dict.fromkeys(KINDS.values()))


def _value(text: str, default: Any) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return default
    numbers = {type(value), type(default)} <= {int, float}
    return value if type(value) is type(default) or numbers else default
