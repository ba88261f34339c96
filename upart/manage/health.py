# SPDX-License-Identifier: MIT
"""How things stand: quick checks look while the page is made, slow ones are called by a worker, whose last findings are kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from upart import clock
from upart.context import CurrentAcademy, context
from upart.db import reading, session, writing
from upart.hooks.health import Finding, HealthCheck, Verdict, critical, examined, good, recommended
from upart.hooks.models import PluginState
from upart.hooks.plugged import plugged
from upart.jobs.models import Job, JobState
from upart.manage.models import HealthResult
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

SWEEP, LOOK, EVERY = "manage.health", "manage.look", timedelta(hours=6)
"""Tasks: all slow checks of all academies; those of one. How often the first is done."""

WEIGHT = (Verdict.CRITICAL, Verdict.RECOMMENDED, Verdict.GOOD)
"""The worst first."""

log = logging.getLogger("upart.health")


@dataclass(frozen=True, slots=True)
class Looked:
    """A check with what it found; `at` is when, of a slow one, or None when no worker has called it yet."""

    check: HealthCheck
    findings: tuple[Finding, ...]
    at: datetime | None

    @property
    def verdict(self) -> Verdict | None:
        """The worst of what it found; None: nothing yet, or there was nothing to look at."""
        return min((one.verdict for one in self.findings), key=WEIGHT.index, default=None)


def checks_of(academy: CurrentAcademy) -> list[HealthCheck]:
    """What is looked at here: the academy's own matters, on the platform the installation's too."""
    owners = [plugin for plugin in plugged().everything() if plugin.id == "core" or plugin.id in academy.plugins]
    return [check for plugin in owners for check in plugin.checks if not check.installation] + (_whole() if academy.is_platform else [])


def _whole() -> list[HealthCheck]:
    return [check for plugin in plugged().everything() for check in plugin.checks if check.installation]


def looked() -> list[Looked]:
    """How everything stands here, worst first. Needs the read session of a page; one check that fails stops no other."""
    kept = {row.check: row for row in session.scalars(select(HealthResult))}
    found = [_last(check, kept.get(check.key)) if check.slow else Looked(check, tuple(_now(check)), None) for check in checks_of(context.academy)]
    return sorted(found, key=lambda one: WEIGHT.index(one.verdict) if one.verdict else len(WEIGHT))


def _last(check: HealthCheck, row: HealthResult | None) -> Looked:
    return Looked(check, tuple(Finding(**{**one, "verdict": Verdict(one["verdict"])}) for one in row.findings), row.at) if row else Looked(check, (), None)


def _now(check: HealthCheck) -> list[Finding]:
    """A check whose statement fails takes back its own part of the transaction, and nothing else."""
    with session.begin_nested():
        return examined(check)


def sweep() -> None:
    """Task, every six hours on the platform, outside of any session: an academy that fails stops no other."""
    directory = current_app.extensions["upart"].directory
    for academy in filter(None, map(directory.by_id, directory.homes())):
        try:
            found = _found(academy)
            with writing(academy):
                keep(found)
        except Exception:  # the last findings get old, which the page says
            log.exception("slow checks of an academy could not be made")


def look() -> Callable[[], None]:
    """Task, outside of any session: the slow checks of this academy, now."""
    found = _found(context.academy)
    return lambda: keep(found)


def _found(academy: CurrentAcademy) -> dict[str, list[Finding]]:
    found = {}
    for check in (check for check in checks_of(academy) if check.slow):
        with context.set(academy):
            found[check.key] = examined(check) if check.installation else _read(check, academy)
    return found


def _read(check: HealthCheck, academy: CurrentAcademy) -> list[Finding]:
    with reading(academy):
        return examined(check)


def keep(found: Mapping[str, Sequence[Finding]]) -> None:
    """Remember what slow checks have found; of checks that are gone nothing stays. Needs a write session."""
    rows = {row.check: row for row in session.scalars(select(HealthResult))}
    for key, row in rows.items():
        if key not in found:
            session.delete(row)
    for key, findings in found.items():
        row = rows.get(key) or HealthResult(check=key)
        row.findings, row.at = [asdict(one) for one in findings], clock.now()
        session.add(row)


def broken() -> Iterator[Finding]:
    """Can each installed plugin be used?"""
    found = plugged().found.values()
    for plugin in found:
        if plugin.state is not PluginState.OK:
            yield critical("plugins", f"Plugin '{plugin.id}' is {plugin.state.value}: {plugin.reason}", plugin.remedy)
    if all(plugin.state is PluginState.OK for plugin in found):
        yield good("plugins", "One plugin, not broken." if len(found) == 1 else f"{len(found)} plugins, none broken.")


def broken_here() -> Iterator[Finding]:
    """Does each plugin run that is on here?"""
    out = [name for name in sorted(context.academy.plugins) if (one := plugged().get(name)) is None or not one.healthy]
    for name in out:
        yield critical(
            "plugins.here", _("“%(name)s” is on here, and does not run.", name=name), _("Its pages do not answer. Whoever runs the portal can repair it.")
        )
    if not out:
        on = len(context.academy.plugins)
        yield good(
            "plugins.here", ngettext("One plugin is on, and it runs.", "%(num)s plugins are on, and all of them run.", on) if on else _("No plugin is on.")
        )


def parked() -> Iterator[Finding]:
    """Has work of this academy failed for good?"""
    if count := session.scalar(select(func.count(Job.id)).where(Job.state == JobState.PARKED)) or 0:
        text = ngettext("One piece of work has failed for good.", "%(num)s pieces of work have failed for good.", count)
        yield recommended("work.failed", text, _("See Manage, Failed work: remove the cause, and let it be tried again."))
    else:
        yield good("work.failed", _("No work has failed for good."))


CHECKS = [
    HealthCheck(key="work.failed", label="Work in the background", run=parked, page="failed.work"),
    HealthCheck(key="plugins.here", label="Plugins", run=broken_here, page="plugs.everything"),
    HealthCheck(key="plugins", label="Installed plugins", run=broken, installation=True),
]
