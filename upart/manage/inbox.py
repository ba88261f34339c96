# SPDX-License-Identifier: MIT
"""The one list of what needs a human: what is due first stands first, then what presses most."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from flask import url_for
from sqlalchemy import select

from upart import clock
from upart.context import context
from upart.db import session
from upart.errors import PluginError
from upart.hooks.health import Verdict
from upart.hooks.matters import Matter, Waiting
from upart.hooks.plugged import plugged
from upart.hooks.routes import permitted
from upart.manage.health import checks_of
from upart.manage.models import HealthResult, Work, WorkState
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext
from upart.theming.render import site

NEWS = timedelta(days=2)
"""How long it is news that work has ended which left something out."""


def matters() -> list[Matter]:
    """All that waits for the acting person here. A source that fails is left out, logged and counted; the others are there."""
    found: list[Matter] = []
    for plugin in plugged().everything():
        if plugin.id == "core" or plugin.id in context.academy.plugins:
            for source in plugin.waiting:
                if not source.permission or permitted(source.permission):
                    found += site().dispatcher.isolated(plugin, partial(_asked, source), source.key) or []
    return sorted(found, key=lambda one: one.order)


def _asked(source: Waiting) -> list[Matter]:
    with session.begin_nested():
        found = list(source.matters())
    if wrong := [one for one in found if not (isinstance(one, Matter) and isinstance(one.due, date | None) and isinstance(one.since, datetime | None))]:
        raise PluginError(
            f"Its source {source.key} gives {type(wrong[0]).__name__} that does not fit.", remedy="Return [Matter(title=…, url=…, verb=…)], times as datetime."
        )
    return found


def left_out() -> Iterator[Matter]:
    """Work that the acting person has begun and that has ended without some of what it should do."""
    mine = select(Work).where(Work.person_id == context.person.id, Work.state == WorkState.DONE, Work.changed_at > clock.now() - NEWS)
    for work in session.scalars(mine.order_by(Work.changed_at)):
        if left := int(work.numbers.get("left", 0)):
            text = ngettext("One row was left out. See why.", "%(num)s rows were left out. See why.", left)
            yield Matter(
                title=_("Ended: %(what)s", what=work.title), text=text, icon="upload", count=left, since=work.changed_at, verb=_("See why"),
                url=url_for("manage_work.one", id=work.id), label=_("See why: %(what)s", what=work.title),
            )  # fmt: skip


def ill() -> Iterator[Matter]:
    """What slow checks have found last that is critical."""
    known = {check.key: check for check in checks_of(context.academy)}
    bad = {row.check: row.at for row in session.scalars(select(HealthResult)) if any(one["verdict"] == Verdict.CRITICAL for one in row.findings)}
    if found := [known[key] for key in bad if key in known]:
        names = ", ".join(_(check.label) for check in found)
        title = ngettext("One check says that something is critical", "%(num)s checks say that something is critical", len(found))
        yield Matter(
            title=title, text=names, icon="activity", kind="bad", count=len(found), verb=_("Put it right"), url=url_for("health.one"),
            since=min(bad[check.key] for check in found), label=_("Put it right: health"),
        )  # fmt: skip
