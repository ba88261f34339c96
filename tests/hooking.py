# SPDX-License-Identifier: MIT
"""Programs that are told what happens: a receiver on loopback, and Ada who sets it up."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from uuid import UUID

from people import sign_in
from sqlalchemy import select
from standardwebhooks import Webhook

from upart.accounts.models import Person
from upart.context import context
from upart.events.actions import emit
from upart.mail.actions import CONFIG
from upart.webhooks.models import Delivery, Endpoint

HOME = (ip_network("127.0.0.0/8"),)


@dataclass
class Receiver:
    """What arrived, and what is answered: a status, or None to hang up."""

    url: str = ""
    status: int | None = 200
    got: list[tuple[dict, bytes]] = field(default_factory=list)

    def read(self, secret: str) -> list[dict]:
        """What arrived, each checked by a library that is not ours."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.got]

    @property
    def ids(self) -> list[str]:
        """The `webhook-id` of each, as it came."""
        return [headers["webhook-id"] for headers, _body in self.got]


@contextmanager
def receiver(portal=None) -> Iterator[Receiver]:
    """A program on loopback, which this portal may call."""
    one = Receiver()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if one.status is None:
                self.close_connection = True
                return
            self.send_response(one.status)
            self.send_header("Location", one.url)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        one.url = f"http://127.0.0.1:{server.server_port}/told"
        if portal is not None:
            allow(portal)
        try:
            yield one
        finally:
            server.shutdown()
            thread.join(5)


def allow(portal, *networks) -> None:
    """The operator permits these networks, or this machine."""
    portal.app.extensions[CONFIG] = replace(portal.app.extensions[CONFIG], fetch_allow=networks or HOME)


def set_up(portal, url: str, *events: str, owner: str = "ada", browser=None, **more: str) -> str:
    """Ada sets a webhook up: its secret, as the page shows it once."""
    page = (browser or sign_in(portal, owner)).post("/manage/webhooks/new", data={"url": url, "events": list(events or ("people.joined",)), **more})
    assert page.status_code == 200, re.findall(r'class="error"[^>]*>(.*)', page.text)
    return re.search(r"whsec_[0-9A-Za-z+/]+=*", page.text.replace("&#43;", "+"))[0]


def endpoint(portal, academy: str = "athena") -> Endpoint:
    """The newest webhook of an academy."""
    with portal.reading(academy) as session:
        return session.scalars(select(Endpoint).order_by(Endpoint.created_at.desc(), Endpoint.id.desc())).first()


def log(portal, academy: str = "athena") -> list[Delivery]:
    """What was told, oldest first."""
    with portal.reading(academy) as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.created_at, Delivery.id)))


def said(body: bytes) -> dict:
    """What stands in a message."""
    return json.loads(body)


def happens(portal, name: str = "Lena", type: str = "people.joined", academy: str = "athena") -> UUID:
    """Something happens to somebody, by themselves: the id of the event."""
    with portal.writing(academy) as session:
        person = session.scalars(select(Person).where(Person.name == name)).one()
        with context.knowing(person, fresh=True):
            return emit(type, person).id
