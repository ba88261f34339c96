from __future__ import annotations

import json
import os
from datetime import timedelta
from urllib.request import Request, urlopen
from uuid import UUID

from flask import make_response, request
from sqlalchemy import select

from upart.plugin import (
    Blueprint,
    Category,
    ConsentPurpose,
    Cookie,
    Decision,
    Manifest,
    Person,
    Purpose,
    Recipient,
    RecipientRole,
    Task,
    context,
    disclose,
    enqueue,
    everywhere,
    hookimpl,
    session,
    signed_in,
)
from upart_postcard import models

MORE = models.EDITION != "1"
SHOP = "Print Shop"
manifest = Manifest(
    id="postcard", version=f"{models.EDITION}.0", table_prefix="postcard_", models="upart_postcard.models", migrations=f"migrations{models.EDITION}"
)
site = Blueprint("postcard", __name__)


@site.post("/postcard/", policy=signed_in)
def write():
    card = models.Card(writer_id=context.person.id, text=request.form["text"], **({"mood": request.form["mood"]} if MORE else {}))
    session.add(card)
    if MORE and "stamp" in request.form:
        session.add(models.Stamp(owner_id=context.person.id))
    enqueue("postcard.send", person=context.person, writer=context.person.id)
    return make_response("Written.")


def send(writer: str) -> None:
    if not MORE:
        return
    with everywhere("who has written?") as opened:
        person = opened.scalars(select(Person).where(Person.id == UUID(writer))).one()
    [row] = disclose(person, ["person.id", "person.name"], SHOP, Purpose.LEARN)["person"]
    body = json.dumps({"name": row["name"]}).encode()
    urlopen(Request(f"{os.environ['POSTCARD_SHOP']}/people/{row['id']}", body, {"Content-Type": "application/json"}, method="PUT"), timeout=5).close()


@hookimpl
def upart_blueprints():
    return [site]


@hookimpl
def upart_jobs():
    return [Task(name="postcard.send", run=send, outside=True, sentence="Have a card printed")]


@hookimpl
def upart_recipients():
    shop = Recipient(
        name=SHOP, role=RecipientRole.PROCESSOR, purpose=Purpose.LEARN, country="DE", categories=(Category.ID_NAME,), contract="order processing of 2 May 2026"
    )
    return [shop] if MORE else []


@hookimpl
def upart_cookies():
    return [Cookie(name="postcard_pen", category="preferences", purpose="Remembers your pen.", lifetime=timedelta(days=30))] if MORE else []


@hookimpl
def upart_purposes():
    return [ConsentPurpose(key="postcard.sale", text="Tell me of new cards.", purpose=Purpose.UPDATES)] if MORE else []


@hookimpl
def upart_decisions():
    decision = Decision(name="Which card is printed first", logic="Whoever wrote first.", effect="A place in the queue.", human="Write to the academy.")
    return [decision] if MORE else []
