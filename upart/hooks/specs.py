# SPDX-License-Identifier: MIT
"""Every hook of the core. The docstring is the contract: who calls, when, in which transaction, what a failure does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import click
import pluggy
from flask import Request

from upart.context import CurrentAcademy
from upart.hooks.assets import Asset
from upart.hooks.blocks import BlockType
from upart.hooks.chosen import Setting
from upart.hooks.health import HealthCheck
from upart.hooks.matters import Waiting
from upart.hooks.records import ConsentPurpose, Cookie, Decision, EventType, ExternalStore, Invariant, MenuItem, Permission, Recipient, Searchable, Slot, Task
from upart.hooks.resources import Criterion, Resource
from upart.hooks.routes import Blueprint

HOOK_API = "1.0"
"""Version of this file: hooks only gain arguments inside a major version."""

REMOVED_HOOKS: dict[str, str] = {}
"""Hook that is gone: what to do instead."""

hookspec = pluggy.HookspecMarker("upart")
hookimpl = pluggy.HookimplMarker("upart")


@hookspec
def upart_blueprints() -> list[Blueprint]:  # type: ignore[empty-body]
    """Give the plugin's pages.

    Called once at start, outside of any academy and session. Each `Blueprint` names its area; each route its policy and, on the site, a path below
    "/<id>/" or one of `Manifest.paths`. An exception, or a route without policy, makes the plugin *broken*; the portal runs.
    """


@hookspec
def upart_menu() -> list[MenuItem]:  # type: ignore[empty-body]
    """Give entries of the main navigation.

    Called once at start, outside of any academy and session. Shown only where the plugin is enabled. An exception makes the plugin *broken*.
    """


@hookspec
def upart_slots() -> list[Slot]:  # type: ignore[empty-body]
    """Give parts for slots of pages: those of the core ("home.section"), and those that other plugins open.

    Called once at start, outside of any academy and session; the parts' `values()` run while a page is rendered, in its read session, each isolated: an
    exception leaves that part out, is logged and counted, and after UPART_PLUGIN_FAILURES failures the plugin is quarantined. A slot that nobody opens makes
    the plugin *broken*; one of a plugin that did not come with UPART needs that plugin in `Manifest.requires`.
    """


@hookspec
def upart_block_types() -> list[BlockType]:  # type: ignore[empty-body]
    """Give kinds of blocks that teachers may put into lessons, beside those that lessons have anyway.

    Called once at start, outside of any academy and session. A name that does not begin with the plugin's id, a template that is not there, or an exception
    make the plugin *broken*. `values()` and `lacks()` run while a page is made, in its session, each isolated: one that fails shows a plain line in place of
    its block, is logged and counted, and after UPART_PLUGIN_FAILURES failures the plugin is quarantined. Where the plugin is switched off, what was typed in
    stays in the lesson, and readers see a plain line.
    """


@hookspec
def upart_assets() -> list[Asset]:  # type: ignore[empty-body]
    """Give scripts and style sheets, with the pages on which they are loaded and the other sites that they talk to.

    Called once at start, outside of any academy and session. A file that is not there, another site that is no declared recipient or about which nobody is
    asked, another site's script on pages that are not the plugin's own, or an exception make the plugin *broken*. Loaded only where the plugin is enabled;
    what comes from elsewhere only after the visitor has agreed, see `Asset`.
    """


@hookspec
def upart_commands(group: click.Group) -> None:
    """Add commands to `upart <id>`, the group of the plugin.

    Called when somebody runs `upart <id> …`, or asks for help, with the application made and no session open. A command with an option `--academy` runs in a
    write session of that academy, which has to have the plugin enabled; the command line commits at its end, an exception rolls back and exits 1. Others run
    without one: they open `everywhere(…)` themselves. A command of the core keeps its name. An exception here is shown in place of this plugin's commands; all
    others are there.
    """


@hookspec
def upart_academy_enabled(academy: CurrentAcademy) -> None:
    """Begin at an academy: write what has to be there from the first moment.

    Called for the plugin alone that an academy has switched on, also again after it was off, in the write session of that academy in which it is switched on;
    whoever switches commits. Must not touch the network. An exception refuses the switch: nothing is kept, and its words are shown. Rows may be there from an
    earlier time: look before you write.
    """


@hookspec
def upart_academy_disabled(academy: CurrentAcademy) -> None:
    """Come to an end at an academy: take back what would go on without the plugin.

    Called for the plugin alone that was switched off, in the write session in which it is; what it holds stays, and people's rights still reach it. Must not
    touch the network. An exception undoes what the hook wrote and is logged; the plugin is off all the same. A plugin that is broken is not called.
    """


@hookspec
def upart_authenticate(request: Request, academy: CurrentAcademy) -> UUID | None:
    """Say who is asking (single sign-on): the `account_id` of a `Person` of this academy, or None for no opinion.

    Called once per request that no session cookie and no token explains, for pages that look who asks, in a read session of the academy that is closed before
    the page begins. Must not touch the network. The first answer counts, in the order in which plugins are loaded. It counts for this request alone: no
    session is opened and no cookie set. Who is suspended, or has no account or none here, stays a visitor; private data still ask for the password. An
    exception, or another answer, denies: whoever asks is a visitor; it is logged and counted, and after UPART_PLUGIN_FAILURES failures the plugin is
    quarantined.
    """


@hookspec
def upart_permissions() -> list[Permission]:  # type: ignore[empty-body]
    """Give names for what only some people may do, each with a sentence and the roles that have it at first.

    Called once at start, outside of any academy and session. A name begins with the plugin's id; two owners of one name, or an exception, make the later
    plugin *broken*. Roles are edited per academy.
    """


@hookspec
def upart_jobs() -> list[Task]:  # type: ignore[empty-body]
    """Give tasks that `enqueue` may name, and schedules.

    Called once at start, outside of any academy and session; the tasks' `run` is called by a worker, at least once, see `Task`. A name begins with the
    plugin's id. An exception makes the plugin *broken*.
    """


@hookspec
def upart_events() -> list[EventType]:  # type: ignore[empty-body]
    """Give the types of events that the plugin emits, each with a sentence for the audit page.

    Called once at start, outside of any academy and session. A name begins with the plugin's id, or with the plural noun that its pages use. An exception
    makes the plugin *broken*.
    """


@hookspec
def upart_external_stores() -> list[ExternalStore]:  # type: ignore[empty-body]
    """Give the stores outside the database that hold personal data, each with what carries rights out there.

    Called once at start, outside of any academy and session. Their callables run in jobs, without a session, see `ExternalStore`; a failure is tried again,
    and a request is not done before all are. An exception here makes the plugin *broken*.
    """


@hookspec
def upart_recipients() -> list[Recipient]:  # type: ignore[empty-body]
    """Give those outside who receive personal data: name, role, purpose, country, safeguard, categories, contract, what they keep.

    Called once at start, outside of any academy and session. Only to them can `disclose` give anything; only they can be named by an `ExternalStore`, by
    `recipients=` of a column and of `processing`. Two of one name, an unknown country, purpose or category, a third country without safeguard, a processor
    without contract, or an exception make the plugin *broken*. Pages and copies name them (GDPR art. 13 to 15).
    """


@hookspec
def upart_recipients_here(academy: Any) -> list[Recipient]:  # type: ignore[empty-body]
    """Give who receives personal data at this academy alone, such as a lesson's player; asked, outside of any session, when its policy is compiled."""


@hookspec
def upart_purposes() -> list[ConsentPurpose]:  # type: ignore[empty-body]
    """Give what happens to nobody who has not asked for it: key, text, version, purpose, basis, channels.

    Called once at start, outside of any academy and session. A plugin's key begins with its id; a key that another has declared, an unknown purpose or
    channel, an empty text or an exception make the plugin *broken*. People choose at `/privacy/choices`; `may_use` asks at the moment of use (GDPR art.
    6(1)(a), 7).
    """


@hookspec
def upart_cookies() -> list[Cookie]:  # type: ignore[empty-body]
    """Give the cookies that the plugin's pages may set: name, category, lifetime, purpose.

    Called once at start, outside of any academy and session. A name that is none for a cookie, that another has declared, an unknown category, an empty
    purpose or an exception make the plugin *broken*. An undeclared cookie is dropped from the answer (directive 2002/58/EC art. 5(3)).
    """


@hookspec
def upart_decisions() -> list[Decision]:  # type: ignore[empty-body]
    """Give what a machine alone decides about people: name, logic, effect, and how to ask a human.

    Called once at start, outside of any academy and session. An empty word, a name that another has declared or an exception make the plugin *broken*. The
    privacy policy and a person's copy name them (GDPR art. 13(2)(f), 15(1)(h), 22).
    """


@hookspec
def upart_invariants() -> list[Invariant]:  # type: ignore[empty-body]
    """Give rules that hold at every moment, also after a kill: a counter is the number of its rows.

    Called once at start, outside of any academy and session; the rules' `broken(session)` is called by the audit (`breaches()` of a test's installation), in a
    session that reads over all academies. An exception at start makes the plugin *broken*, one in `broken` ends the audit.
    """


@hookspec
def upart_searchables() -> list[Searchable]:  # type: ignore[empty-body]
    """Give what people may search: classes with their text columns, who may find which row, and its address.

    Called once at start, outside of any academy and session; `visible()` and `url(row)` run in the read session of each search. A class or column that is not
    the plugin's own, no text, `secret` or `review`, or an exception make the plugin *broken*.
    """


@hookspec
def upart_health_checks() -> list[HealthCheck]:  # type: ignore[empty-body]
    """Give looks at how things stand, for `/manage/health` and `upart doctor`.

    Called once at start, outside of any academy and session; each check's `run()` is called in a read session of the academy, or by a worker, see
    `HealthCheck`. A key that another has, or an exception here, make the plugin *broken*; an exception in `run()` is shown as a finding of that check, and the
    others go on.
    """


@hookspec
def upart_waiting() -> list[Waiting]:  # type: ignore[empty-body]
    """Give sources of what needs a human, for the one list on the staff's first page.

    Called once at start, outside of any academy and session; `matters()` runs while the page is made, in its read session, each isolated: an exception leaves
    that source out, is logged and counted, and after UPART_PLUGIN_FAILURES failures the plugin is quarantined. A key that another has, or an exception here,
    make the plugin *broken*.
    """


@hookspec
def upart_settings() -> list[Setting]:  # type: ignore[empty-body]
    """Give what an academy can set of the plugin: forms with defaults, each with a page at `/manage/settings/<key>`.

    Called once at start, outside of any academy and session. A key that another has, a field without a default that can be kept, a form that declares personal
    data, or an exception make the plugin *broken*. The pages and values are there only where the plugin is enabled; what was set stays when it is switched
    off.
    """


@hookspec
def upart_on_event(event: Any) -> None:
    """Do something after something has happened.

    Called by a worker after the commit of the cause, at least once, for plugins that the event's academy has enabled, each in a job and a write session of its
    own: an exception rolls that back, is logged and tried again with back-off; other plugins are not affected. `event` is a row of `event`: `type`, `at`,
    `actor_id`, `object_id` and `data`, which holds ids only.
    """


@hookspec
def upart_resources() -> list[Resource]:  # type: ignore[empty-body]
    """Give what programs may read and write at `/api/v1/`.

    Called once at start, outside of any academy and session. A name that another has, a scope that does not begin with the plugin's id, or an exception make
    the plugin *broken*. Answered only where the plugin is enabled.
    """


@hookspec
def upart_visible(actor: Any, model: type[Any], named: frozenset[str]) -> Criterion | None:
    """Say which rows of a model somebody may see: a SQL criterion over its columns, or None for no opinion.

    Called in the read or write session of a request, once per list, for each model that is read there. `actor` is a row of `person` or None. `named` are the
    fields of which whoever asks knows an exact value: {"id"} for one object, {"slug"} for `filter[slug]=…`, {"course_id"} for what belongs to a course; none
    for a list: so a row can be there for whoever has its address, and in no list. All answers hold together; `true()` shows everything, an exception hides
    everything. When nobody answers for a table with subjects, people see the rows about themselves. Give the same objects each time (constants of the module,
    the acting person's id as `ACTOR`): statements are built once for each.
    """


@hookspec
def upart_objections(operation: str, actor: Any, subject: Any) -> list[str]:  # type: ignore[empty-body]
    """Say why this must not happen, in words for the actor; an empty list lets it pass.

    Called once per operation before the write, in the write session of a request or the read session of a job ("courses.enrol", "mail.send", "disclose");
    wherever `may_use` is asked ("consent.use": `subject` has `person_id`, `purpose`, `channel`); and in a read session for each row that somebody brings along
    from another installation ("rights.import": the row is not in the database); in the read session of a job before a webhook is told something
    ("webhooks.tell": `subject` is the webhook, "webhooks.send": the event, for each person in it). `actor` is a row of `person` or None; `subject` the row it
    is about. Must not touch the network. An exception counts as an objection (fails closed) and is logged. All objections are collected and shown together.
    """


@hookspec
def upart_demo(academy: CurrentAcademy, people: Mapping[str, Any]) -> None:
    """Write example data for an academy of the demo.

    Called by `upart demo` once per academy that has the plugin enabled, when the demo is made, in a write session of that academy which the command commits.
    `people` are rows of `person` by first name in lower case ("theo"). An exception ends the command; nothing is kept.
    """
