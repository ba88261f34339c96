# SPDX-License-Identifier: MIT
"""What waits for the agreement of an academy is not done there, so its policy does not say it: neither as a fact nor as a promise."""

from __future__ import annotations

from typing import Any

from upart.context import CurrentAcademy
from upart.policy.locking import waiting
from upart.privacy.changes import Change

Found = dict[str, dict[str, dict[str, Any]]]
"""Facts that are still being put together: kind, id, words."""

ONLY_NEW = ("column", "recipient")
"""Kinds of which facts hold what is new; purposes and cookies that wait are not offered in the first place."""


def without_waiting(found: Found, academy: CurrentAcademy) -> Found:
    """The same facts with the words that were agreed to, and without what nobody has agreed to. Needs a session of the academy."""
    for plugin, different in waiting(academy) if academy.held_back else ():
        for change in different:
            if change.holds and change.kind in ONLY_NEW:
                _take_back(found, plugin.id, change)
    return found


def _take_back(found: Found, plugin: str, change: Change) -> None:
    id = f"{plugin}.{change.id}" if change.kind == "column" else change.id
    if change.kind == "recipient":
        _unname(found, change)
    if change.old is None:
        found[change.kind].pop(id, None)
    elif id in found[change.kind] and change.word in found[change.kind][id]:
        found[change.kind][id][change.word] = change.old


def _unname(found: Found, change: Change) -> None:
    """Columns do not go to a recipient that gets nothing of them yet."""
    more = set(change.new) - set(change.old) if change.word == "categories" else None
    for words in found["column"].values():
        if change.id in words["recipients"] and (change.old is None or (more is not None and words["category"] in more)):
            words["recipients"].remove(change.id)
