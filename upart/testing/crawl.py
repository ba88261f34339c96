# SPDX-License-Identifier: MIT
"""The crawl: every address, every person, every host; no byte of what is not theirs, no cookie for nobody, no third party."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID
from zlib import crc32

from werkzeug.test import TestResponse

from upart.context import CurrentAcademy
from upart.testing.addresses import FEW, SAMPLES, Address, Addresses, Kind
from upart.testing.client import Client, networks
from upart.testing.installation import Installation
from upart.testing.markers import Marked, Marker
from upart.testing.pages import REFERENCE, strangers, text_of
from upart.testing.rewinding import Rewinding

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
NOT_COMPARED = ("Content-Length", "Date", "ETag", "RateLimit")
TAKES_NO_FORM = 415
REACHED = (200, 204, 301, 302, 303, 400, 409, 422)
"""Answers of a route that has looked at what it was asked for."""

Share = tuple[int, int]
WHOLE: Share = (0, 1)
"""All routes; (1, 3) are every third, from the second on."""
COUNTERS = ("attempt", "user_session", "academy")
"""Tables in which a refused request may leave something: tries, when a browser was last seen; and the epoch, which rewinding raises."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks: a person with the cookies of their browser, or (no cookies) a visitor."""

    name: str
    home: UUID | None = None
    cookies: Mapping[str, str] = field(default_factory=dict, hash=False)
    ids: frozenset[UUID] = frozenset()
    """Their person and their account."""
    roles: tuple[str, ...] = ()
    joined: frozenset[UUID] = frozenset()
    """Other academies in which their account has a person."""
    fresh: bool = True
    """Was their password given a short while ago?"""

    def is_in(self, academy: UUID) -> bool:
        """Are their cookies good at this academy?"""
        return bool(self.cookies) and academy == self.home

    def browser(self, installation: Installation, academy: CurrentAcademy) -> Client:
        """A browser at an academy with these cookies; at another academy than their own they are copied ones."""
        client = Client(installation.app, academy.host)
        for name, value in self.cookies.items():
            client.keep(name, value)
        return client


@dataclass(frozen=True, order=True)
class Finding:
    """Something that must not be: what, where, before whom."""

    what: str
    method: str
    address: str
    viewer: str
    endpoint: str = ""

    def __str__(self) -> str:
        return f"{self.viewer}, {self.method} {self.address}: {self.what}"


MaySee = Callable[[Viewer, UUID, Marker], bool]


class Crawl:
    """Goes everywhere and notes what it finds. `may_see(viewer, academy, marker)` says who may see what.

    `tokens`: live tokens; `links`: paths that are a permission by themselves; each with the ids of the rows of which
    whoever bears it may read. `sent`: by endpoint what a form sends where nothing is not enough. Unless it is `thorough`,
    of those who bring cookies of elsewhere one tries each route, another one the next, and fewer rows and questions stand for all.
    """

    def __init__(
        self, installation: Installation, marked: Marked, viewers: Iterable[Viewer], may_see: MaySee, *,
        given: Mapping[str, Any] | None = None, tokens: Mapping[str, frozenset[UUID]] | None = None,
        links: Mapping[str, frozenset[UUID]] | None = None, sent: Mapping[str, Mapping[str, str]] | None = None, thorough: bool = True,
    ) -> None:  # fmt: skip
        self.installation, self.marked, self.viewers, self.may_see = installation, marked, list(viewers), may_see
        self.tokens, self.links, self.sent = dict(tokens or {}), dict(links or {}), dict(sent or {})
        self.thorough = thorough
        self.addresses = Addresses(installation, marked, given, self.tokens, samples=SAMPLES if thorough else FEW)
        self.findings: set[Finding] = set()
        self.seen: dict[str, set[Marker]] = defaultdict(set)
        self.requests = 0
        self.opened: set[tuple[str, str]] = set()
        """Methods and endpoints that have shown or done something."""
        self.shown: set[str] = set()
        """Paths of pages and lists that somebody was shown."""
        self.networks = networks()

    def read(self, hosts: Mapping[UUID, UUID], only: str = "") -> None:
        """All GET addresses at these academies, each with the ids of the other one; `only` is a prefix of paths."""
        self._walk(hosts, ("GET",), only)
        for here in hosts:
            self._visit(here, [self._address_of(link) for link in self.links if link.startswith(only)])

    def write(self, hosts: Mapping[UUID, UUID], only: str = "", share: Share = WHOLE) -> None:
        """All POST addresses with an empty form: what is not theirs is refused and changes nothing; what happened is undone.

        `share` says which part of the routes, so that several processes share the way.
        """
        before = self.installation.contents(*COUNTERS)
        self._walk(hosts, UNSAFE, only, share)
        if self.installation.contents(*COUNTERS) != before:
            self.findings.add(Finding("refused, yet something changed", "POST", only or "/", "somebody"))

    def _walk(self, hosts: Mapping[UUID, UUID], methods: tuple[str, ...], only: str, share: Share = WHOLE) -> None:
        places = {here: [a for a in self.addresses.at(here, there, *methods) if a.path.startswith(only)] for here, there in hosts.items()}
        mine = self._endpoints(share)
        for endpoint in dict.fromkeys(address.endpoint for all_of in places.values() for address in all_of if address.endpoint in mine):
            for here, all_of in places.items():
                self._visit(here, [address for address in all_of if address.endpoint == endpoint])

    def _visit(self, here: UUID, addresses: list[Address]) -> None:
        academy = self.at(here)
        answers: dict[tuple[Viewer, str, str, Kind], dict[Address, tuple[Any, ...]]] = defaultdict(dict)
        firsts: dict[tuple[str, str, Kind, Kind], Address] = {}
        for address in addresses:
            is_first = firsts.setdefault((address.method, address.table, address.above, address.kind), address) is address
            for viewer in self._lookers(here, address, is_first):
                answer = self._ask(viewer, academy, address)
                self._look(viewer, academy, address, answer)
                answers[viewer, address.method, address.table, address.above][address] = bare(answer, address)
                if address.method == "POST" and answer.status_code != TAKES_NO_FORM:
                    self._try_more(viewer, academy, address)
        for (viewer, _method, table, _above), group in answers.items():
            if table:
                self._compare(viewer, academy, group)

    def _lookers(self, here: UUID, address: Address, is_first: bool) -> Iterable[Viewer]:
        """Who looks: everybody; but at what is the same for all one of each kind, and cookies of elsewhere at one row of each kind."""
        if "token=" in address.path and address.policy.open:
            return [viewer for viewer in self.viewers if not viewer.cookies]  # a token is for whoever bears it
        inside = [viewer for viewer in self.viewers if viewer.is_in(here)]
        outside = [viewer for viewer in self.viewers if viewer.cookies and not viewer.is_in(here)]
        if address.policy.public and not address.policy.knows:
            inside, outside = inside[:1], outside[:1]
        if (address.table and not is_first) or "?" in address.path:
            outside = []
        elif outside and not self.thorough:
            outside = [outside[crc32(address.endpoint.encode()) % len(outside)]]
        visitors = [viewer for viewer in self.viewers if not viewer.cookies]
        if not self.thorough and not address.policy.open and ((address.table and not is_first) or "?" in address.path):
            visitors = []  # is sent to sign in before anything is looked for
        return [*inside, *outside, *visitors]

    def _address_of(self, link: str) -> Address:
        endpoint, _values = self.installation.app.url_map.bind("localhost").match(link.partition("?")[0])
        return Address(str(endpoint), "GET", link, Kind.PLAIN, self.installation.state.policies[str(endpoint)])

    def _try_more(self, viewer: Viewer, academy: CurrentAcademy, address: Address) -> None:
        """Not only nothing: every token where anybody may post, and what was given for this route."""
        for data in [{"token": token} for token in self.tokens] if address.policy.open and not viewer.cookies else []:
            self._look(viewer, academy, address, self._ask(viewer, academy, address, data), data["token"])
        if address.endpoint in self.sent:
            told = next((value for value in self.sent[address.endpoint].values() if value in self.tokens), "")
            self._look(viewer, academy, address, self._ask(viewer, academy, address, self.sent[address.endpoint]), told)

    def _ask(self, viewer: Viewer, academy: CurrentAcademy, address: Address, data: Mapping[str, str] = MappingProxyType({})) -> TestResponse:
        self.requests += 1
        browser, network = viewer.browser(self.installation, academy), {"REMOTE_ADDR": next(self.networks)}
        if address.method == "GET":
            return browser.get(address.path, environ_overrides=network)
        may_act = (address.policy.open or viewer.is_in(academy.id)) and address.kind not in (Kind.ABSENT, Kind.MALFORMED)
        with self.installation.rewound() if may_act else nullcontext(Rewinding()) as rewinding:
            answer = browser.open(address.path, method=address.method, headers={"Sec-Fetch-Site": "same-origin"}, data=dict(data), environ_overrides=network)
            rewinding.needed = answer.status_code < 400
        return answer

    def _look(self, viewer: Viewer, academy: CurrentAcademy, address: Address, answer: TestResponse, token: str = "") -> None:
        if answer.status_code in REACHED and address.kind in (Kind.PLAIN, Kind.HERE, Kind.THERE):
            self.opened.add((address.method, address.endpoint))
        if address.method == "GET" and answer.status_code == 200:
            self.shown.add(address.path)
        for what in self._wrong(viewer, academy, address, answer, token):
            self.findings.add(Finding(what, address.method, f"{academy.host}{address.path}", viewer.name, address.endpoint))

    def _wrong(self, viewer: Viewer, academy: CurrentAcademy, address: Address, answer: TestResponse, token: str) -> Iterable[str]:
        if answer.status_code >= 500:
            yield f"a fault: {answer.status}"
        if address.method == "GET" and answer.status_code == 429:
            yield "was asked too often, so that nothing could be seen"
        signs_in = viewer.is_in(academy.id) or (token and answer.status_code == 303)
        for cookie in () if signs_in else answer.headers.getlist("Set-Cookie"):
            name, _, rest = cookie.partition("=")
            if not (rest.startswith(";") and name in viewer.cookies):  # what was brought may be taken away
                yield f"sets the cookie {name} for somebody who has not signed in"
        for stranger in strangers(answer, academy.host) - self._handed_to(address):
            yield f"asks {stranger}"
        yield from self._foreign(viewer, academy, address, answer, token)

    def _handed_to(self, address: Address) -> set[str]:
        """The one host to which a form may go: of the academy that somebody opens from the platform, of the front end that asks to be let in."""
        if address.endpoint == "oauth.ask":
            return {host for back in parse_qs(urlsplit(address.path).query).get("redirect_uri", ()) if (host := urlsplit(back).hostname)}
        return {self.at(address.row).host} if address.table == "academy" and address.row else set()

    def _endpoints(self, share: Share) -> frozenset[str]:
        """Every n-th of the routes' names."""
        first, step = share
        return frozenset(sorted({rule.endpoint for rule in self.addresses.rules()})[first::step])

    def unopened(self, *methods: str, share: Share = WHOLE) -> list[str]:
        """The routes of this share that never answered with more than a refusal: the crawl has not seen what they show."""
        mine = self._endpoints(share)
        rules = [(method, rule) for rule in self.addresses.rules() if rule.endpoint in mine for method in sorted((rule.methods or set()) & set(methods))]
        return [f"{method} {rule.rule}" for method, rule in rules if (method, rule.endpoint) not in self.opened]

    def at(self, id: UUID) -> CurrentAcademy:
        """The academy of this id."""
        found = self.installation.state.directory.by_id(id)
        assert found is not None
        return found

    def _foreign(self, viewer: Viewer, academy: CurrentAcademy, address: Address, answer: TestResponse, token: str) -> Iterable[str]:
        shown = self.marked.found_in("\n".join((*(f"{name}: {value}" for name, value in answer.headers), text_of(answer))))
        shown -= self.marked.found_in(unquote(address.path))
        self.seen[viewer.name] |= shown
        told = self.links.get(address.path) or self.tokens.get(token or address.path.partition("token=")[2], frozenset())
        for marker in shown:
            if marker.row not in told and not self.may_see(viewer, academy.id, marker):
                yield f"shows {marker.table}.{marker.column}" + ("" if marker.academy in (None, academy.id) else " of another academy")

    def _compare(self, viewer: Viewer, academy: CurrentAcademy, group: Mapping[Address, tuple[Any, ...]]) -> None:
        """What is not theirs answers like what is not there, to the byte."""
        absent = next(answer for address, answer in group.items() if address.kind is Kind.ABSENT)
        for address, answer in group.items():
            if address.kind is Kind.MALFORMED and (answer != absent if absent[0] == 404 else answer[0] not in (404, absent[0])):
                what = "a malformed id answers otherwise than an absent one"
            elif address.kind is Kind.THERE and answer != absent and address.row not in viewer.joined:
                what = "a row of another academy answers otherwise than an absent one"
            elif address.kind is Kind.HERE and answer != absent and not self._may_open(viewer, academy, address):
                what = "somebody else's row answers otherwise than an absent one"
            elif address.kind is Kind.ABSENT and self._may_open(viewer, academy, address) and answer[0] != 404:
                what = f"an absent row answers {answer[0]}"
            else:
                continue
            self.findings.add(Finding(what, address.method, f"{academy.host}{address.path}", viewer.name, address.endpoint))

    def _may_open(self, viewer: Viewer, academy: CurrentAcademy, address: Address) -> bool:
        """May they know that this row exists? By the policy of the route, and by whether any word in the row is for them."""
        policy = address.policy
        if (not policy.open and not viewer.is_in(academy.id)) or (policy.fresh and not viewer.fresh):
            return False
        if policy.permission and not any(policy.permission in academy.roles.get(role, ()) for role in viewer.roles):
            return False
        if address.row is None or self.marked.rows[address.table][address.row].get("public") is True:
            return True
        written = self.marked.by_row.get(address.row, [])
        texts = [marker for marker in written if not marker.is_id and not marker.secret]
        if texts:
            return any(self.may_see(viewer, academy.id, marker) for marker in texts)
        return any(marker.people & viewer.ids for marker in written) or not any(marker.people for marker in written)


def bare(answer: TestResponse, address: Address) -> tuple[Any, ...]:
    """An answer without its reference, and without what the request itself has named."""
    headers = sorted((name, value) for name, value in answer.headers if name not in NOT_COMPARED)
    text = REFERENCE.sub("", text_of(answer))
    for named in address.named:
        text, headers = text.replace(named, ""), [(name, value.replace(named, "")) for name, value in headers]
    return answer.status_code, tuple(headers), text
