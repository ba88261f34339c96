# SPDX-License-Identifier: MIT
"""What opens a door by itself, for whoever bears it: links from mailboxes, signed addresses, tokens."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from calling import asked, registered, signed_in_there
from choosing import stop_link
from flask import url_for
from people import link_in, mails, work
from reaching import players_of
from sqlalchemy import select
from upart_courses.blocks import known
from upart_courses.models import (
    Course,
    CourseState,
    Lesson,
    PackageResult,
)

from upart import clock
from upart.accounts.actions.tokens import make_token
from upart.accounts.models import MailToken, Person, TokenPurpose
from upart.consent.actions import choose
from upart.consent.models import ConsentEvent
from upart.files.addresses import file_url, ticket
from upart.mail.actions import send
from upart.media.models import MediaItem
from upart.revisions.previewing import preview_token
from upart.rights.actions.asking import ask_to_erase, received
from upart.rights.actions.proving import half_of
from upart.rights.models import RequestKind, RequestState, RightsArchive, RightsEntry
from upart.rights.states import move
from upart.storage.models import File
from upart.tokens.models import ApiToken, FrontEnd


def front_end(portal) -> tuple[dict, dict, frozenset]:
    """Lena has signed in at a front end of Athena's: the address at which it asks people, what it sends to go on, and the tokens that it has."""
    key = registered(portal)
    tokens = signed_in_there(portal, key)
    with portal.reading("athena") as session:
        id = session.scalars(select(FrontEnd.id).where(FrontEnd.public_key == key)).one()
        issued = frozenset(session.scalars(select(ApiToken.id).where(ApiToken.front_end_id == id)))
    going_on = {"grant_type": "refresh_token", "client_id": key, "refresh_token": tokens["refresh_token"]}
    return {f"/oauth/authorize?{urlencode(asked(key))}": frozenset({id})}, going_on, issued


def proof(portal) -> list[str]:
    """Somebody was erased at Athena; whoever has the link to the proof sees it, and it names nobody."""
    with portal.app.test_request_context(), portal.writing("athena") as session:
        session.add(person := Person(name="Nina", email="nina@example.org"))
        session.flush()
        half = half_of(ask_to_erase(person))
    work(portal)
    return [f"/privacy/receipt?token={half}", f"/privacy/receipt.json?token={half}"]


def stop(portal) -> str:
    """Lena has agreed to the newsletter, and has one: what its link opens names nobody."""
    with portal.app.test_request_context(), portal.writing("athena") as session:
        lena = session.scalars(select(Person).where(Person.name == "Lena")).one()
        choose(lena, "newsletter", "email", True, "page")
        send(lena, "newsletter", subject="News of May", text="Words.")
    return stop_link(portal)


def preview(portal) -> str:
    """Whoever has the address of a preview reads how a course will be."""
    with portal.app.test_request_context(), portal.reading("athena") as session:
        course = session.scalars(select(Course).where(Course.state == CourseState.PUBLISHED).order_by(Course.position)).first()
        return f"/courses/{course.slug}/preview?preview={preview_token(course)}"


def choosing(portal, lena) -> tuple[dict, frozenset]:
    """What links from Lena's mailbox send: a yes to news, other choices, the proof of a decision; and the rows about which they may tell."""
    asked = {"keys": ["updates"], "versions": {"updates": 1}, "person": str(lena)}
    with portal.writing("athena") as session:
        address = str.__str__(session.scalars(select(Person.email).where(Person.id == lena)).one())
        yes = make_token(TokenPurpose.CONSENT, address=address, data=asked)
        mailed = {"token": make_token(TokenPurpose.CHOICES, address=address, email=address)}
        decisions = session.scalars(select(ConsentEvent).where(ConsentEvent.person_id == lena)).all()
        told, proof = frozenset(id for one in decisions for id in (one.id, one.text_id)), {**mailed, "decision": str(decisions[0].id)}
    choices = {**mailed, "shown": "newsletter|email|1", "age": "adult"}
    return {"choices.confirm": {"token": yes}, "choices.change_by_link": choices, "consenting.proof": proof}, told


def played(portal, lena: UUID) -> dict:
    """The address of a page of that package as it was signed for Lena: whoever has it reads what the package has kept of her."""
    (player,) = players_of(portal)["course_scorm.player"]
    with portal.app.test_request_context(), portal.reading("athena") as session:
        lesson, item = next((one.id, UUID(b["item"])) for one in session.scalars(select(Lesson)) for b in known(one.blocks) if b["id"] == player["block"])
        file = session.scalars(select(MediaItem.file_id).where(MediaItem.id == item)).one()
        signed = ticket(f"package {lena} {lesson} {player['block']} 0 {file}")
        code = f"{lena.hex}.0.{signed['ends']}.{signed['sig']}"
        kept = frozenset(session.scalars(select(PackageResult.id).where(PackageResult.lesson_id == lesson)))
        return {url_for("course_scorm.member", **player, code=code, path="pages/knots.html"): kept}


def for_players(portal) -> str:
    """What a program asks for the films of a lesson."""
    with portal.reading("athena") as session:
        shows = next(
            one.id for one in session.scalars(select(Lesson).order_by(Lesson.position)) if any(block["kind"] == "video" for block in known(one.blocks))
        )
    return f"/api/v1/lesson-files?lesson_id={shows}"


def copied_files(portal) -> frozenset:
    """The files of copies: whoever has the link of one gets it."""
    with portal.reading("athena") as session:
        return frozenset(session.scalars(select(RightsArchive.file_id).where(RightsArchive.file_id.is_not(None))))


def by_link(portal) -> dict:
    """Vic uses rights of Lena's by links from her mailbox: one copy is ready, and another link is not opened yet."""
    vic, sent = portal.visitor("athena"), {}
    for doors in (("links.confirm_link", "links.download"), ("links.confirm_link",)):
        assert vic.post("/privacy/ask", data={"email": "lena@example.org", "kind": "access"}).status_code == 303
        for n, door in enumerate(doors):
            sent[door] = {"token": link_in(mails(portal, "lena")[-1]).partition("token=")[2]}
            if n + 1 < len(doors):
                assert vic.post("/privacy/requests/confirm", data=sent[door]).status_code == 200
    return sent


def letter(portal) -> dict:
    """The signed address of a file about Lena, which whoever has it may open."""
    with portal.reading("athena") as session:
        id = session.scalar(select(RightsArchive.file_id).where(RightsArchive.made_at.is_not(None)))
        row = session.scalars(select(File).where(File.id == id)).one()
        return {file_url(row): frozenset({row.id})}


def tokens_of_each_kind(portal, people) -> dict:
    """A token of each kind at athena for Lena; their bearers may know whom they are about, and what was done with her request."""
    made, account = {}, people["lena"][1]
    with portal.writing("athena") as session:
        asked = received(session.scalars(select(Person).where(Person.id == people["lena"][0])).one(), RequestKind.RECTIFY)
        move(asked, RequestState.PLANNED)
        asked.addresses, asked.words = [], "zq899999q"  # the markers of addresses stand elsewhere already
        request, lines = asked.id, session.scalars(select(RightsEntry.id).where(RightsEntry.request_id == asked.id)).all()
        for_kim = {"child": str(people["kim"][0]), "asked": [["reminders", "email", 1]], "waits": True}
        for purpose in TokenPurpose:
            typed = {"email": f"zq9{len(made):05d}q@example.org", "name": "lena", "password_hash": "none"}
            asked = {"keys": ["updates"], "versions": {"updates": 1}, "person": str(people["lena"][0]), **for_kim}
            token = make_token(purpose, account_id=account, data={"roles": ["learner"], "request": str(request), **asked}, **typed)
            session.flush()
            row = session.scalars(select(MailToken).where(MailToken.email == typed["email"])).one()
            row.ends_at = clock.now() + timedelta(days=1)
            made[token] = frozenset(
                {
                    row.id,
                    account,
                    *((request, *lines) if purpose in (TokenPurpose.RIGHTS, TokenPurpose.FOLLOW) else ()),
                    *((people["kim"][0],) if purpose is TokenPurpose.GUARDIAN else ()),
                }
            )
    return made
