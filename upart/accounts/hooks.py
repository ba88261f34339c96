# SPDX-License-Identifier: MIT
"""How accounts plug in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from upart.accounts import api
from upart.accounts.actions import bringing, entering, managing
from upart.accounts.actions.changing import mail_reset
from upart.accounts.cleaning import forget_what_ended
from upart.accounts.models import Account, Person
from upart.accounts.sessions import REMEMBER, REMEMBERED, SESSION
from upart.accounts.views import waiting
from upart.accounts.views.failed import failed
from upart.accounts.views.own import own
from upart.accounts.views.people import people
from upart.accounts.views.signing import site
from upart.context import context
from upart.db import everywhere, session
from upart.hooks.matters import Waiting
from upart.hooks.records import Area, Cookie, CookieCategory, EventType, MenuItem, Permission, Task
from upart.hooks.resources import Resource
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.mail.models import MailMessage
from upart.theming.locales import gettext as _


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Signing in, one's own account, the people of an academy."""
    return [site, own, people, failed]


@hookimpl
def upart_resources() -> list[Resource]:
    """Who is calling."""
    return [api.me]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """Pages of one's own account, and staff pages about people."""
    return [
        MenuItem(label="Name and time zone", endpoint="account.profile", order=50, area=Area.ACCOUNT, icon="user", group="own",
                 hint="What you are called here, and how you are told the time."),
        MenuItem(label="E-mail address", endpoint="account.email", order=51, area=Area.ACCOUNT, icon="mail", group="own",
                 hint="With which you sign in, and where messages go."),
        MenuItem(label="Password", endpoint="account.password", order=52, area=Area.ACCOUNT, icon="key-round", group="own",
                 hint="Changing it signs out your other browsers."),
        MenuItem(label="Second step", endpoint="account.two_step", order=53, area=Area.ACCOUNT, icon="shield-check", group="own",
                 hint="A code from an app besides the password."),
        MenuItem(label="Devices", endpoint="account.devices", order=54, area=Area.ACCOUNT, icon="laptop", group="own",
                 hint="Where you are signed in, and signing out everywhere."),
        MenuItem(label="Your academies", endpoint="account.academies", order=55, area=Area.ACCOUNT, icon="school", group="own", platform=True,
                 hint="Open one without signing in again. None learns of another."),
        MenuItem(label="Today", endpoint="people.manage", order=0, area=Area.MANAGE, permission="people.manage", icon="inbox"),
        MenuItem(label="People", endpoint="people.everybody", order=10, area=Area.MANAGE, permission="people.manage", icon="users",
                 hint="Find, invite, give roles, suspend."),
        MenuItem(label="Roles", endpoint="people.roles", order=80, area=Area.MANAGE, permission="people.manage", icon="key-round", group="system",
                 hint="Who can see and do what."),
        MenuItem(label="What happened", endpoint="people.audit", order=90, area=Area.MANAGE, permission="people.audit", icon="history", group="system",
                 hint="Who changed what, and when."),
        MenuItem(label="Failed work", endpoint="failed.work", order=91, area=Area.MANAGE, permission="people.audit", icon="rotate-cw", group="system",
                 hint="What the portal tried and could not do."),
    ]  # fmt: skip


@hookimpl
def upart_cookies() -> list[Cookie]:
    """Who is signed in, and who is recognised."""
    return [
        Cookie(name=SESSION, category=CookieCategory.NECESSARY,
               purpose="Keeps you signed in on this visit. It ends after 30 minutes without a click, and when you sign out."),
        Cookie(name=REMEMBERED, category=CookieCategory.NECESSARY, lifetime=REMEMBER,
               purpose="Recognises you next time, if you wished so when you signed in. Signing out forgets it."),
    ]  # fmt: skip


@hookimpl
def upart_permissions() -> list[Permission]:
    """What staff may do with people."""
    return [
        Permission(name="people.manage", sentence="See everybody's name, address and roles", roles=("owner", "manager")),
        Permission(name="people.download", sentence="Download lists of people with their addresses", roles=("owner",)),
        Permission(name="people.import", sentence="Bring in people by a table", roles=("owner", "manager")),
        Permission(name="people.invite", sentence="Invite people", roles=("owner", "manager")),
        Permission(name="people.roles", sentence="Give and take roles, suspend people", roles=("owner",)),
        Permission(name="people.audit", sentence="See what happened, and work that failed", roles=("owner", "manager", "officer")),
    ]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to people."""
    return [
        EventType(name="people.joined", sentence="joined"),
        EventType(name="people.invited", sentence="invited somebody"),
        EventType(name="people.entered", sentence="entered somebody", webhook=False),
        EventType(name="people.roles_changed", sentence="changed somebody's roles"),
        EventType(name="people.permissions_changed", sentence="changed what a role may do", webhook=False),
        EventType(name="people.suspended", sentence="suspended somebody"),
        EventType(name="people.suspension_lifted", sentence="lifted a suspension"),
    ]


@hookimpl
def upart_jobs() -> list[Task]:
    """Forget sessions that have ended; mail links to whoever forgot a password; tell whoever was entered by somebody else."""
    return [
        Task(name="accounts.forget", run=forget_what_ended, every=timedelta(hours=1)),
        Task(name="accounts.mail_reset", run=mail_reset),
        *bringing.PEOPLE.tasks,
        Task(name=entering.TELL, run=entering.tell_entered, sentence="Tell somebody that they were entered here"),
    ]


@hookimpl
def upart_objections(operation: str, actor: Any, subject: Any) -> list[str]:
    """No mail to people who are suspended, except about the suspension's own account; the platform never loses its last owner."""
    if operation == "rights.erase" and isinstance(subject, Person):
        return _last_owner(subject)
    if (
        operation == "mail.send"
        and isinstance(subject, MailMessage)
        and subject.person_id is not None
        and subject.purpose not in ("account", "secure", "rights")
    ):
        person = session.get(Person, {"academy_id": subject.academy_id, "id": subject.person_id})
        if person is not None and (person.suspended_at is not None or _account_suspended(person)):
            return ["The recipient is suspended."]
    return []


def _account_suspended(person: Person) -> bool:
    with everywhere("is the recipient's account suspended?") as opened:
        account = opened.get(Account, person.account_id) if person.account_id else None
        return account is not None and account.suspended_at is not None


def _last_owner(person: Person) -> list[str]:
    """Of an academy the erasure waits for a new owner, and the platform steps in; of the platform nobody could."""
    if not context.academy.is_platform or not managing.is_last_owner(person):
        return []
    return [_("%(academy)s would have no owner left. Make somebody else an owner first.", academy=context.academy.name)]


@hookimpl
def upart_waiting() -> list[Waiting]:
    """What the portal could not do, and a second owner."""
    return [
        Waiting(key="accounts.failed", matters=waiting.failed, permission="people.audit"),
        Waiting(key="accounts.owner", matters=waiting.one_owner, permission="people.invite"),
    ]
