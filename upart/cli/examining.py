# SPDX-License-Identifier: MIT
"""What the doctor asks the database: migrations, plugins, jobs, requests, whose copy it is, and whether all holds that must."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from upart import clock
from upart.backup.aside import database_file
from upart.cli import migrating
from upart.cli.findings import Finding, critical, good, recommended
from upart.db import bare, everywhere, reading
from upart.events.models import Event
from upart.hooks.audit import audit
from upart.hooks.models import PluginState
from upart.jobs.copies import REMEDY, why_copied
from upart.jobs.models import Job, JobState
from upart.rights.canary.actions import OLD, is_old, keepers, last
from upart.rights.canary.models import Outcome
from upart.rights.ledger.book import book
from upart.rights.ledger.standing import check, positions
from upart.rights.models import RightsRequest
from upart.rights.states import ENDED
from upart.search.fitting import behind

IDLE = timedelta(minutes=5)
"""How long a job may be due before nobody seems to carry jobs out."""

AHEAD = timedelta(minutes=2)
"""How far in the future something may have happened."""


def migrations(app: Any) -> Iterator[Finding]:
    """Is the database at its newest version?"""
    for row in migrating.status(app):
        if row.state == "behind":
            yield critical("migrations", f"The database misses migrations of '{row.owner}'.", "Run: upart db upgrade")
        elif row.state == "ahead":
            yield critical("migrations", f"The database of '{row.owner}' comes from a newer version.", "Install that version, or restore a backup of this one.")
        elif row.state == "orphan":
            yield recommended("migrations", f"Data of '{row.owner}' are here, its package is not.", f"Install it again, or run: upart db purge {row.owner}")
        else:
            yield good("migrations", f"'{row.owner}' is at {row.current}.")


def plugins(app: Any) -> Iterator[Finding]:
    """Can each plugin be used?"""
    found = app.extensions["upart"].plugins.found.values()
    for plugin in found:
        if plugin.state is not PluginState.OK:
            yield critical("plugins", f"Plugin '{plugin.id}' is {plugin.state.value}: {plugin.reason}", plugin.remedy)
    if all(plugin.state is PluginState.OK for plugin in found):
        yield good("plugins", f"{len(found)} plugins, none broken.")


def copied(app: Any) -> Iterator[Finding]:
    """Is this a copy, from which no mail leaves?"""
    if why := why_copied():
        yield critical("copy", f"No mail leaves: this installation is a copy, or a backup was restored. {why}", REMEDY)


def worker(app: Any) -> Iterator[Finding]:
    """Does anybody carry jobs out, and have any failed for good?"""
    now = clock.now()
    with everywhere("does a worker live?") as opened:
        due = opened.scalar(select(func.min(Job.run_at)).where(Job.state == JobState.WAITING, Job.run_at <= now, Job.lease_until.is_(None)))
        parked = opened.scalar(select(func.count(Job.id)).where(Job.state == JobState.PARKED)) or 0
    if due is not None and now - due > IDLE:
        waits = f"{int((now - due).total_seconds() // 60)} minutes"
        yield critical("worker", f"A job has been due for {waits}: nobody carries jobs out, or too few do.", "Run: upart worker, or upart serve --with-worker")
    else:
        yield good("worker", "No job waits that is due.")
    if parked:
        yield recommended("worker", f"{parked} jobs have failed for good and wait for a human.", "See Manage, Failed work, at each academy.")


def requests(app: Any) -> Iterator[Finding]:
    """Is any request about privacy late (GDPR art. 12(3))?"""
    with everywhere("which requests are late?") as opened:
        late = (RightsRequest.due_on < clock.now().date(), RightsRequest.state.not_in(ENDED))
        count = opened.scalar(select(func.count(RightsRequest.id)).where(*late)) or 0
    if count:
        yield critical("requests", f"{count} requests of people about their data are late.", "See: upart rights list")
    else:
        yield good("requests", "None is late.")


def time(app: Any) -> Iterator[Finding]:
    """Does the clock agree with what has happened, and with the database server's?"""
    with everywhere("what time is it?") as opened:
        last: datetime | None = opened.scalar(select(func.max(Event.at)))
        server = opened.scalar(select(func.now())) if opened.get_bind().dialect.name == "postgresql" else clock.now() - clock.offset()
    if last is not None and last - clock.now() > AHEAD:
        yield critical("clock", f"The newest event happened {last - clock.now()} from now: the clock was set back.", "Set the machine's clock (NTP).")
    elif server is not None and abs(server - clock.now() + clock.offset()) > AHEAD:
        yield critical("clock", "The clocks of this machine and of the database server differ.", "Set both by NTP.")
    else:
        yield good("clock", "It agrees with what has happened.")


def ledger(app: Any) -> Iterator[Finding]:
    """Is the ledger whole and the one of this database, can it be written, and does it lie on another disk?"""
    mine, settings = book(), app.extensions["upart"].config
    lines, seen = mine.verify(), positions()
    if lines or any(seen):
        check(mine, lines, seen)
    yield good("ledger", f"{len(lines)} lines, each bound to the one before it.")
    if not mine.can_be_written():
        yield critical("ledger", f"{mine.where} cannot be written: no erasure can begin.", mine.shelf.remedy)
    file = database_file(settings)
    if file is not None and mine.shelf.device == file.stat().st_dev and not settings.is_demo:
        told = "The ledger lies on the disk of the database: who loses one loses both, and no backup could be restored without bringing erased people back."
        yield critical(
            "ledger", told, "Set UPART_LEDGER_URL to a folder on another disk, and move instance/ledger there; or to s3://bucket/prefix before the first entry."
        )


def canaries(app: Any) -> Iterator[Finding]:
    """Does anybody keep a canary, and what came of the last one?"""
    for academy in keepers():
        with reading(academy):
            row = last()
            places = ", ".join(str(one["where"]) for one in row.places) if row is not None else ""
            broken, old = row is not None and row.outcome is Outcome.BROKEN, row is None or is_old(row)
        if broken:
            yield critical(
                "canary", f"At {academy.slug} not all is copied or erased as it is declared: {places}.", f"Run: upart rights canary --academy {academy.slug}"
            )
        elif old:
            yield recommended(
                "canary", f"At {academy.slug} none has flown for more than {OLD.days} days.", f"Run: upart rights canary --academy {academy.slug}"
            )
        else:
            yield good("canary", f"At {academy.slug} all that was looked at is done as declared.")


def invariants(app: Any) -> Iterator[Finding]:
    """Does all hold that must, whatever was killed in between?"""
    found = audit()
    for text in found:
        yield critical("audit", text, "Report this; a backup of before is safe to compare with.")
    if not found:
        yield good("audit", "All that must hold does.")


def searched(app: Any) -> Iterator[Finding]:
    """Is everything in the index that can be searched?"""
    wanted = migrating.searchables_of(app.extensions["upart"])
    with bare("is the index of the search whole?") as connection:
        missing = behind(connection, wanted)
    if missing:
        yield critical("search", f"Nobody finds what is in {', '.join(missing)}: it is not indexed, or not as it is declared.", "Run: upart search rebuild")
    else:
        yield good("search", f"{len(wanted)} tables are indexed.")


DATABASE = (migrations, plugins, searched, copied, ledger, worker, requests, time, canaries)
