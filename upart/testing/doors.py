# SPDX-License-Identifier: MIT
"""Every door that changes something, with the form that leads to it: found on the pages as the people who may use them see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from upart.context import CurrentAcademy
from upart.testing.addresses import Address, Kind
from upart.testing.client import Client, networks
from upart.testing.crawl import UNSAFE, Crawl, Viewer
from upart.testing.installation import Installation
from upart.testing.pages import FoundForm, forms

PLAUSIBLE = {"email": "somebody@example.org", "name": "Somebody", "code": "123456", "number": "1", "checkbox": "y", "textarea": "Some text."}
"""What stands in a field that is not tried right now, by its name or type."""


@dataclass(frozen=True)
class Door:
    """A POST route, who may use it where, and what its form sends."""

    endpoint: str
    viewer: Viewer
    academy: CurrentAcademy
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)

    def browser(self, installation: Installation) -> Client:
        """The browser of whoever may use it."""
        return self.viewer.browser(installation, self.academy)


class Doors:
    """Looks for forms as the viewers of a crawl see them. `password` is that of all of them; `academy` is where those look who have none."""

    def __init__(self, crawl: Crawl, password: str, academy: UUID) -> None:
        self.installation, self.addresses, self.links, self.password, self.academy = crawl.installation, crawl.addresses, crawl.links, password, academy
        self.sent = crawl.sent
        self.viewers = sorted(crawl.viewers, key=lambda viewer: bool(viewer.cookies))
        self.found: dict[str, Door] = {}
        self.networks = networks()

    def look(self, there: UUID) -> dict[str, Door]:
        """All doors by endpoint. Raises AssertionError for a POST route that no page leads to."""
        for viewer in self.viewers:
            here = viewer.home or self.academy
            for address in self._ours(self.addresses.at(here, there, "GET")):
                if "?" in address.path and (viewer.cookies or "token=" not in address.path):
                    continue
                self._note(viewer, here, viewer.browser(self.installation, self._at(here)).get(address.path))
            for link in self.links:
                self._note(viewer, here, viewer.browser(self.installation, self._at(here)).get(link))
        for viewer in self.viewers:
            here = viewer.home or self.academy
            for address in self._ours(self.addresses.at(here, there, *UNSAFE)):
                if address.endpoint not in self.found:
                    self._knock(viewer, here, address)
        missing = {r.rule for r in self.addresses.rules() if (r.methods or set()) & set(UNSAFE) and r.endpoint not in self.found}
        assert not missing, f"No page has a form for {', '.join(sorted(missing))}: nobody can use it, or the people of this test may not."
        return self.found

    def _ours(self, addresses: Iterable[Address]) -> list[Address]:
        """Those that name no row, or one of here."""
        return [address for address in addresses if address.kind in (Kind.PLAIN, Kind.HERE)]

    def _knock(self, viewer: Viewer, here: UUID, address: Address) -> None:
        """Post nothing, what is known to be sent there, or a token, and see what comes: the next step's form, or the door itself; also one for programs, which takes no form."""
        academy = self._at(here)
        known = [self.sent[address.endpoint]] if address.endpoint in self.sent else []
        for data in ({}, *known, *({"token": token} for token in self.addresses.tokens if address.policy.open and not viewer.cookies)):
            with self.installation.rewound():
                answer = viewer.browser(self.installation, academy).post(address.path, data=data, environ_overrides={"REMOTE_ADDR": next(self.networks)})
            self._note(viewer, here, answer)
            if answer.status_code in (200, 303, 415, 422) and address.endpoint not in self.found:
                self.found[address.endpoint] = Door(address.endpoint, viewer, academy, address.path, data, dict.fromkeys(data, "hidden"))

    def _note(self, viewer: Viewer, here: UUID, answer: TestResponse) -> None:
        for form in forms(answer) if answer.status_code != 401 else ():
            parts = urlsplit(form.action)
            academy = self.installation.state.directory.at(parts.hostname) if parts.hostname else self._at(here)
            adapter = self.installation.app.url_map.bind(parts.hostname or "localhost")
            try:
                endpoint, _values = adapter.match(parts.path, method="POST")
            except HTTPException:
                raise AssertionError(f"A form goes to {form.action}, which takes none.") from None
            if academy is not None and endpoint not in self.found:
                self.found[endpoint] = Door(endpoint, viewer, academy, parts.path, self._filled(form), form.types)

    def _filled(self, form: FoundForm) -> dict[str, str]:
        def value(name: str, given: str) -> str:
            kind = form.types.get(name, "")
            return given or (self.password if kind == "password" else PLAUSIBLE.get(name) or PLAUSIBLE.get(kind) or ("" if kind == "hidden" else "text"))

        return {name: value(name, given) for name, given in form.fields.items()}

    def _at(self, id: UUID) -> CurrentAcademy:
        found = self.installation.state.directory.by_id(id)
        assert found is not None
        return found
