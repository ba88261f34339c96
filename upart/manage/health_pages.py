# SPDX-License-Identifier: MIT
"""The page that says how things stand: of the academy, and on the platform of the installation too."""

from __future__ import annotations

from flask import Response, request, url_for

from upart.context import context
from upart.hooks.health import Finding, Verdict
from upart.hooks.plugged import plugged
from upart.hooks.routes import Blueprint, may, permitted
from upart.jobs.actions import enqueue
from upart.manage.health import LOOK, WEIGHT, Looked, looked
from upart.manage.pages import to
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext
from upart.theming.render import render

HEALTH = "manage.health"
"""Permission: see how things stand."""

BADGES = {Verdict.CRITICAL: ("bad", "circle-alert", "Critical"), Verdict.RECOMMENDED: ("warn", "triangle-alert", "Recommended"),
          Verdict.GOOD: ("ok", "circle-check", "Good")}  # fmt: skip
"""Kind, icon and word of a verdict."""

health = Blueprint("health", __name__)


@health.get("/manage/health", policy=may(HEALTH), query=("saved",))
def one() -> Response:
    """How things stand here."""
    found = looked()
    slow = any(one.check.slow for one in found)
    parts = [(title, _lines([one for one in found if one.check.installation is whole])) for title, whole in _titles()]
    said = _("A worker looks again. Open this page anew in a minute.") if request.args.get("saved") == "look" else ""
    return render("manage/health.html", parts=parts, badges=BADGES, slow=slow, said=said, sums=_sums(found), ways=_ways(found))


@health.post("/manage/health", policy=may(HEALTH))
def look() -> Response:
    """Let a worker make the slow checks now."""
    enqueue(LOOK, dedupe_key=LOOK)
    return to(url_for(".one", saved="look"))


def _lines(found: list[Looked]) -> list[tuple[Looked, Finding | None]]:
    """A line for each finding, the worst first, and for each check that a worker has still to make."""
    lines = [(one, finding) for one in found for finding in one.findings]
    new = [(one, None) for one in found if one.check.slow and one.at is None]
    return [*sorted(lines, key=lambda line: WEIGHT.index(line[1].verdict)), *new]


def _ways(found: list[Looked]) -> dict[str, str]:
    """Addresses of pages where something is put right that is not good, by the keys of checks; only those that the person may open."""
    wanted = {one.check.page: one.check.key for one in found if one.check.page and one.verdict not in (Verdict.GOOD, None)}
    policies = {f"{pages.name}.{name}": policy for plugin in plugged().everything() for pages in plugin.blueprints for name, policy in pages.policies.items()}
    mine = [page for page in wanted if page in policies and (not policies[page].permission or permitted(policies[page].permission))]
    return {wanted[page]: url_for(page) for page in mine}


def _titles() -> list[tuple[str, bool]]:
    return [(_("This academy"), False), *([(_("The whole installation"), True)] if context.academy.is_platform else [])]


def _sums(found: list[Looked]) -> str:
    """How many things are critical, and how many are recommended."""
    verdicts = [finding.verdict for one in found for finding in one.findings]
    critical, should = verdicts.count(Verdict.CRITICAL), verdicts.count(Verdict.RECOMMENDED)
    told = [ngettext("one thing is critical", "%(num)s things are critical", critical)] if critical else []
    told += [ngettext("one thing is recommended", "%(num)s things are recommended", should)] if should else []
    return _(" and ").join(told)
