# SPDX-License-Identifier: MIT
"""Let recipients be told that a value which they received was wrong, whoever has put it right (GDPR art. 16, 19)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from upart.disclosure.actions import TELL, merged, plan_notice, received_by, with_copies
from upart.disclosure.models import Disclosure, DisclosureNotice
from upart.disclosure.words import NoticeAct, NoticeState
from upart.hooks.plugged import plugged
from upart.hooks.stores import stores
from upart.jobs.models import Job


def corrected(person: Any, fields: Collection[str], *, addresses: Sequence[str] = ()) -> list[str]:
    """Let every recipient that received one of these columns, or a copy of one, be told that its value was wrong.

    `fields` are names of columns ("person.name"), `addresses` earlier addresses by which recipients may know the person.
    Jobs tell them the new values, each only of what it received, and go on until it was taken; a recipient without a store that can
    `rectify` waits for somebody of the academy. Returns the recipients' names. Needs a write session. GDPR art. 16, 19.
    """
    told = []
    for name, store, wrong in _wrong(received_by(person.id), fields):
        told.append(name)
        plan_notice(person, NoticeAct.RECTIFY, store=store, recipient=name, fields=wrong, addresses=addresses)
    return list(dict.fromkeys(told))


def corrected_everywhere(opened: Session, people: Iterable[Any], fields: Collection[str], *, addresses: Sequence[str] = ()) -> None:
    """The same for people of several academies, in the transaction of an `everywhere` session that writes."""
    for person in people:
        log = select(Disclosure).where(Disclosure.academy_id == person.academy_id, Disclosure.person_id == person.id)
        for name, store, wrong in _wrong(merged(opened.scalars(log)), fields):
            state = NoticeState.WAITING if store else NoticeState.BY_HAND
            whose = {"academy_id": person.academy_id, "person_id": person.id}
            row = DisclosureNotice(**whose, act=NoticeAct.RECTIFY, store=store, recipient=name, fields=sorted(wrong), addresses=list(addresses), state=state)
            opened.add(row)
            opened.flush()
            if store:
                opened.add(Job(**whose, task=TELL, payload={"notice": str(row.id)}))


def _wrong(received: dict[str, set[str]], fields: Collection[str]) -> Iterator[tuple[str, str, set[str]]]:
    """Recipient, store that can be told ("" when there is none), and what of these columns it has."""
    changed = with_copies(plugged().register, fields)
    for name, had in sorted(received.items()):
        if wrong := changed & had:
            able = [store.name for store in stores() if store.recipient == name and store.rectify is not None]
            yield from ((name, store, wrong) for store in able or [""])
