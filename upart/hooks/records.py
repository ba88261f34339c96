# SPDX-License-Identifier: MIT
"""What plugins hand over: records whose fields are the words of the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from upart.privacy.taxonomy import Basis, Category, Purpose
from upart.privacy.words import HoldsNothing


class Area(StrEnum):
    """Where a plugin's pages live; `footer` is for menu entries alone."""

    SITE = "site"
    ACCOUNT = "account"
    TEACH = "teach"
    MANAGE = "manage"
    FOOTER = "footer"


@dataclass(frozen=True)
class Manifest:
    """A plugin's face: what it is called, needs and brings.

    `hook_api`: range of hook versions (PEP 440, ">=1,<2"). `requires`: other plugins' ids with
    ranges. `table_prefix`: beginning of all its table names, by default "<id>_". `models`: dotted
    module. `migrations`: folder of the package. `paths`: prefixes of site pages, with slashes, besides
    "/<id>/". `slots`: names of the slots that its own pages open for others ("<id>.aside"). `privacy`: holds_nothing("why") for a
    plugin without personal data.
    """

    id: str
    version: str
    hook_api: str = ">=1,<2"
    requires: Mapping[str, str] = field(default_factory=dict)
    table_prefix: str = ""
    models: str | None = None
    migrations: str | None = None
    paths: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    privacy: HoldsNothing | None = None

    @property
    def prefix(self) -> str:
        """The prefix of its tables."""
        return self.table_prefix or f"{self.id}_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A part for a slot of a page: data and a template, never HTML.

    `values()` runs inside the page's read session and returns the template's values, or None to show
    nothing. A slot about something gives it to `values(course)`; one of many rows gives them all at once, `values(courses)`, which
    then returns values by `id`. An exception leaves the part out and counts against the plugin.
    """

    name: str
    template: str
    values: Callable[..., Mapping[Any, Any] | None]
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """An entry of a navigation: label (translated when shown), endpoint, place in the order.

    `area` says which: the main one (Area.SITE), the person's account, teaching, managing, or the foot of every page. With
    `permission` only people who have it see the entry. `hint` is a sentence for pages that show entries
    as cards, `icon` a name of `upart/theming/static/icons.svg`. Staff pages keep entries of one `group`
    together: "", "privacy" or "system". With `platform` the entry is shown on the platform alone, with
    `academies` everywhere but there.
    """

    label: str
    endpoint: str
    order: int = 100
    area: Area = Area.SITE
    permission: str = ""
    hint: str = ""
    icon: str = ""
    group: str = ""
    platform: bool = False
    academies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Something that only some people may do: name ("courses.teach"), a sentence for the owner, roles that have it at first."""

    name: str
    sentence: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work for later. `run(**ids)` gets what `enqueue` was given (UUIDs as text), inside a write session of the job's academy.

    What it writes and the job's end are one commit, so a killed worker leaves both or neither.
    With `every` it is also run again and again, in each academy that has the plugin enabled (a task of
    the core: on the platform). `outside=True` is for tasks that wait for the network: `run` is called
    without a session, opens `reading` doors itself, and returns a function that is called in the write
    session in which the job is finished, or None. A worker that dies between the two leads to a second
    call, so what is called outside must know it again: by a Message-ID, an idempotency key, a file's name.
    An exception puts the job back; after 8 tries it is parked, and an owner sees `sentence` ("Send a message").
    A schedule is never parked: it goes on at its next time.
    """

    name: str
    run: Callable[..., Any]
    every: timedelta | None = None
    outside: bool = False
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """Something that happens: name ("courses.enrolled") and a sentence for the audit page ("enrolled in a course")."""

    name: str
    sentence: str
    webhook: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """What holds at every moment, also after a kill: a sentence ("A course counts its lessons rightly.") and what breaks it.

    `broken(session)` gets a session over all academies that only reads, and returns a line per breach
    that names rows by their ids, never people.
    """

    sentence: str
    broken: Callable[[Session], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Searchable:
    """Rows that people may search: which, what of them, and who finds which.

    `model`: a class of the plugin whose rows belong to an academy. `title`, `body`: its text columns, the title counts for more.
    `label`: what such rows are called together ("Lessons"), translated when shown. `visible()` says as an SQL condition what the acting
    person (`context.person`, None for visitors) may find; it is asked for each search. `through`: further classes, each with the
    condition that joins it. `shows`: further columns that `url` and `detail` read; `url(row)` is the address of a row's page, `detail(row)`
    a few words on where it stands ("Your first sourdough").
    The index is a copy: the database itself keeps it with every change of these columns, so it needs no code that erases or corrects.
    Columns that never come out (`secret`), or only after a look (`review`), are not for it.
    """

    model: type[Any]
    label: str
    title: Any
    url: Callable[[Any], str]
    visible: Callable[[], Any]
    body: tuple[Any, ...] = ()
    through: tuple[tuple[Any, Any], ...] = ()
    shows: tuple[Any, ...] = ()
    detail: Callable[[Any], str] | None = None

    @property
    def kind(self) -> str:
        """Its name: that of the table."""
        return str(self.model.__table__.name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of what is searched: the title's column, then those of the body."""
        return tuple(str(one.property.columns[0].name) for one in (self.title, *self.body))


class RecipientRole(StrEnum):
    """What somebody who receives data is to the academy (GDPR art. 4(7), 4(8), 26): acts on its behalf, decides with it, decides alone."""

    PROCESSOR = "processor"
    JOINT = "joint"
    CONTROLLER = "controller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody outside who receives personal data (GDPR art. 4(9), 13(1)(e) and (f)); `disclose` gives data to nobody else.

    `name`: as people read it. `country`: where the data go, ISO 3166-1 ("DE"); outside the European Economic
    Area `safeguard` says what protects them there (art. 45, 46: "adequacy decision 2000/518/EC"). `categories`: all
    that may ever go there. `contract`: what binds a processor or a joint controller (art. 26, 28). `keeps`: what they
    keep themselves, and how long.
    """

    name: str
    role: RecipientRole | str
    purpose: Purpose | str
    country: str
    categories: tuple[Category | str, ...]
    safeguard: str = ""
    contract: str = ""
    keeps: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalStore:
    """A store outside the database that holds personal data: `name`, and of whose run by somebody else the name of that `recipient`.

    `access(subject)` returns JSON data or None, the others None: any other answer is one that nobody has read.
    `subject.addresses` and `subject.ids` say who it is (texts; UUIDs of person and account here); for `rectify`, `subject.values` holds
    what is right now, by "table.column"; for `erase_part`, `subject.fields` names the columns that have to go there while others stay. Without
    it `erase` is called if nothing else went there, else somebody of the academy is asked to tell them. `lift` ends what `restrict` began.
    Each is called by a job, without an open
    session, again and again until it returns within `seconds`: an exception, a time-out or an unreadable answer means
    *not done, try again*. Of a call that was answered just before its worker was killed nothing is known: it is called once
    more, so it must bear that. A store with a recipient is asked only about people whose data went there (see `disclose`).
    GDPR art. 15 to 19.
    """

    name: str
    recipient: str = ""
    access: Callable[[Any], Any]
    erase: Callable[[Any], None]
    restrict: Callable[[Any], None] | None = None
    lift: Callable[[Any], None] | None = None
    rectify: Callable[[Any], None] | None = None
    erase_part: Callable[[Any], None] | None = None
    seconds: float = 30


CHANNELS = ("email", "sms", "chat", "phone", "inbox")
"""Ways in which an academy can reach a person; each is chosen by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPurpose:
    """Something that happens to nobody who has not asked for it (GDPR art. 4(11), 6(1)(a), 7).

    `key`: its name ("news", a plugin's begins with its id: "courses.tips"). `text`: what a person agrees to, one
    sentence in plain words, translated when shown; `version` goes up when the text comes to mean more, and what people
    gave to an earlier one then no longer counts. `purpose`: the purpose of the columns that rest on it; withdrawing
    it ends what is held for that purpose on this basis. `channels`: the ways it may use, none for what is not a message.
    `basis`: consent, or legitimate interest for what a person may only switch off (art. 21); news, offers and training of machines are
    asked for. How old somebody is, and who answers for a child, is the portal's business: there is nothing to declare.
    """

    key: str
    text: str
    purpose: Purpose | str
    version: int = 1
    basis: Basis = Basis.CONSENT
    channels: tuple[str, ...] = ("email",)


class CookieCategory(StrEnum):
    """What a cookie is for. Only what is strictly necessary for what the person asked for needs no consent (directive 2002/58/EC art. 5(3))."""

    NECESSARY = "necessary"
    PREFERENCES = "preferences"
    MEASURE = "measure"
    EMBED = "embed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie that this portal may set; one that is not declared never leaves the server.

    `name`: as browsers see it. `category`: of these only `necessary` is set without consent. `lifetime`: how long it
    stays, None until the browser is closed. `purpose`: what the person has of it, one sentence, translated when shown.
    """

    name: str
    category: CookieCategory | str
    purpose: str
    lifetime: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something that a machine alone decides about a person, with legal or similar effect (GDPR art. 22, 13(2)(f), 15(1)(h)).

    `name`: what is decided ("Place on a waiting list"). `logic`: by what it goes, in plain words. `effect`: what follows for
    the person. `human`: how to have a human look at it.
    """

    name: str
    logic: str
    effect: str
    human: str


ROLES = ("owner", "manager", "officer", "teacher", "learner")
"""Roles of every academy, most powerful first. `officer` falls to the owner when nobody has it."""
