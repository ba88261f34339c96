# SPDX-License-Identifier: MIT
"""The crawl of this portal: who looks, what they may see, and the tokens that they hold."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode
from uuid import UUID, uuid4

from calling import asked, registered, signed_in_there
from cartridges import brought, folder, send_package
from choosing import offer_reminders, stop_link
from flask import url_for
from people import HOMES, PASSWORD, link_in, mails, sign_in, work
from queueing import untold
from scorm import packed
from seeing import may_see
from sqlalchemy import select
from upart_courses.actions import assigning, attempting, quizzing
from upart_courses.actions.filling import keep_files
from upart_courses.actions.learners import LEARNERS
from upart_courses.blocks import known, new_block, text_block
from upart_courses.models import (
    Cohort,
    Course,
    CoursePackage,
    CourseState,
    Enrolment,
    Entitlement,
    Lesson,
    Note,
    OldAddress,
    Opening,
    PackageResult,
    PackageStatus,
    Section,
    Source,
)
from upart_courses.models.assessed import Assignment, Attempt, Question, Quiz, Submission
from upart_courses.questions import QuestionKind

from upart import clock
from upart.academies import custody, ending
from upart.academies.actions import create_academy, set_setting
from upart.accounts.actions.bringing import PEOPLE
from upart.accounts.actions.changing import new_seed
from upart.accounts.actions.tokens import make_token
from upart.accounts.models import Account, MailToken, Person, TokenPurpose
from upart.consent.actions import choose, say_age
from upart.consent.models import Band, ConsentEvent
from upart.context import context
from upart.db import Model, uuid7
from upart.events.actions import emit
from upart.files.actions import upload
from upart.files.addresses import file_url, ticket
from upart.mail.actions import send
from upart.manage.importing import take_in
from upart.manage.models import ImportRow, ImportRun, ImportState, ListView, RowState
from upart.manage.reading import read_table
from upart.media import actions as library
from upart.media.models import MediaItem
from upart.policy.actions import note
from upart.policy.breaching import Incident
from upart.privacy.taxonomy import Category
from upart.revisions.actions import publish_draft, save_draft
from upart.revisions.finding import mark_of
from upart.revisions.previewing import preview_token
from upart.rights.actions.archiving import ARCHIVE
from upart.rights.actions.asking import ask_to_erase, received
from upart.rights.actions.deciding import take
from upart.rights.actions.proving import half_of
from upart.rights.actions.working import plan
from upart.rights.canary import actions as canary
from upart.rights.canary.rows import Breach
from upart.rights.canary.truth import Examined
from upart.rights.models import AskedBy, RequestKind, RequestState, RightsArchive, RightsEntry, RightsRequest
from upart.rights.states import move
from upart.storage.models import File
from upart.testing.crawl import Crawl, Viewer
from upart.testing.filling import BEGINNING
from upart.testing.markers import mark, read
from upart.tokens.models import ApiToken, FrontEnd
from upart.webhooks import actions as webhooks
from upart.webhooks.models import Delivery, DeliveryState

MP4 = b"\0\0\0\x20ftypisom\0\0\2\0" + bytes(2000)
ADA_THERE = "ada at the platform"

GIVEN = {
    "people.change_permissions": [{"role": "teacher"}],
    "plugs.one": [{"plugin": "courses"}],
    "plugs.decide": [{"plugin": "courses"}],
    "settings.one": [{"key": "landing-page"}, {"key": "main-colour"}, {"key": "who-joins"}, {"key": "time-zone"}],
    "settings.change": [{"key": "landing-page"}],
    "privacy.version": [{"number": 1}],
    "privacy.version_file": [{"number": 1}],
}
"""Values of parameters that stand in no table."""


def given(portal) -> dict:
    """The same, with the tables of every plugin for the page of every line, and two lines of each to be corrected."""
    tables = [{"plugin": entry.plugin, "table": entry.table} for entry in portal.state.plugins.register.tables.values()]
    absent = {"plugin": "core", "table": "absent-from-here"}
    lines = [*_lines(portal), {"plugin": "core", "table": "person", "row": uuid7()}, {**absent, "row": uuid7()}]
    with portal.reading("athena") as session:
        entered = session.scalars(select(RightsRequest.id).where(RightsRequest.asked_by == AskedBy.OFFICER))
        requests = [{"id": id} for id in entered]
        sent, learned = ([{"id": id} for id in session.scalars(select(ImportRun.id).where(ImportRun.name == about.name))] for about in (PEOPLE, LEARNERS))
        groups = [{"id": course, "cohort": id} for course, id in session.execute(select(Cohort.course_id, Cohort.id).order_by(Cohort.id))]
        packages = [{"id": id} for id in session.scalars(select(CoursePackage.id).order_by(CoursePackage.id))]
        places = select(Enrolment.course_id, Enrolment.id).where(Enrolment.left_at.is_(None)).order_by(Enrolment.id)
        learners = [{"id": course, "enrolment": id} for course, id in session.execute(places)]
    doors = ("one", "columns", "start", "undo", "let_go", "left")
    tables_sent = {f"people.bring_{door}": sent for door in doors} | {f"teach_tables.bring_{door}": learned for door in doors}
    tables_sent |= {f"teach_cohorts.{door}": groups for door in ("one", "change", "open_all", "ask_to_delete", "delete")}
    tables_sent |= {f"teach_cohorts.{door}": learners for door in ("ask_to_move", "move")}
    packed = {f"course_packages.{door}": packages for door in ("one", "start", "let_go", "undo")} | {"course_moved.moved": [{"old": "old/rye"}]}
    rosters = {f"teach_roster.{door}": learners for door in ("learner", "pace", "grant", "revoke", "ask_to_remove", "remove")}
    programs = [{"address": address} for address in _programs(portal)]
    return {
        **GIVEN,
        **_films(portal),
        **_packages(portal),
        **_notes(portal),
        **tables_sent,
        **packed,
        **rosters,
        "api.answer": programs,
        "queue.one": requests,
        "mine.every_line": [*tables, absent],
        "correcting.edit": lines,
        "correcting.ask": lines,
    }


def _programs(portal) -> list[str]:
    """What programs ask for: each list, an object of it, and what can be done with that."""
    found = []
    with portal.reading("athena") as session:
        for resource in (one for plugin in portal.state.plugins.everything() for one in plugin.resources):
            id = session.scalar(select(resource.model.id).order_by(resource.model.id).limit(1)) if resource.model is not None else None
            found += [
                resource.name,
                *(
                    f"{resource.name}/{id}{after}"
                    for after in ("", *(f"/actions/{verb}" for verb in resource.verbs), *(f"/{name}" for name in resource.below))
                    if id is not None
                ),
            ]
    return found


def _lines(portal) -> list[dict]:
    """The oldest and the newest line of each table that holds something about people."""
    found = []
    with portal.everywhere() as session:
        for entry in (entry for entry in portal.state.plugins.register.tables.values() if entry.is_personal):
            id = Model.metadata.tables[entry.table].c.id
            ids = {session.scalar(select(id).order_by(order).limit(1)) for order in (id.asc(), id.desc())} - {None}
            found += [{"plugin": entry.plugin, "table": entry.table, "row": one} for one in sorted(ids)]
    return found


@dataclass
class Crawled:
    """A portal with a marker in every text, and the cast in front of it."""

    crawl: Crawl
    hosts: dict

    @property
    def findings(self) -> list[str]:
        """What was found, in words."""
        return [str(found) for found in sorted(self.crawl.findings)]


def crawler(portal, viewers=(*HOMES, ADA_THERE, "vic"), *, fresh: bool = True) -> Crawled:
    """Mark everything, sign the cast in (not `fresh`: only recognised), and make a live token of each kind."""
    archive, sent = _prepare(portal)
    front_end, refreshing, issued = _front_end(portal)
    sent |= {"oauth.token": refreshing}
    stop = _stop(portal)
    proofs = dict.fromkeys([*_proof(portal), stop], frozenset[UUID]())
    people = _people(portal)
    marked = mark(portal)
    emails = {row["id"]: row["email"] for row in marked.rows["account"].values()}
    looking = [_viewer(portal, name, *people[name], emails, fresh) if name in people else Viewer(name) for name in viewers]
    links = {archive: frozenset[UUID](), **_letter(portal), **_played(portal, people["lena"][0]), **proofs, **front_end}
    chosen, decided = _choosing(portal, people["lena"][0])
    sent |= {"choices.stop_messages": {"token": stop.partition("token=")[2]}, **chosen}
    tokens = {
        **_tokens(portal, people, emails),
        chosen["consenting.proof"]["token"]: decided,
        refreshing["refresh_token"]: issued,
        **{one["token"]: _copies(portal) for endpoint, one in sent.items() if endpoint == "links.download"},
    }
    marked = read(portal)
    links |= dict.fromkeys([_preview(portal), _for_players(portal), f"/api/v1/search?q={BEGINNING}"], frozenset())
    ids = {slug: portal.academy(slug).id for slug in ("athena", "orion", "platform")}
    rule = partial(may_see, marked, fresh=fresh)
    made = Crawl(portal, marked, looking, rule, tokens=tokens, links=links, given=given(portal), sent=sent)
    return Crawled(made, {ids["athena"]: ids["orion"], ids["orion"]: ids["athena"], ids["platform"]: ids["athena"]})


def _prepare(portal) -> tuple[str, dict]:
    """Ada has joined the platform too; Theo is setting up his second step; each academy has a file for everybody; nobody owns Nova, Orion closes;

    Lena got a link to her copy.
    """
    for slug in ("athena", "orion"):
        with portal.writing(slug):
            upload(io.BytesIO(b"Words for everybody."), "words.txt", Category.CONTENT_PUBLIC, public=True)
    with portal.everywhere() as session:
        custody.take(session, create_academy(session, "nova", "Nova").id)
        ending.announce(session, portal.academy("orion").id, clock.now() + ending.NOTICE)
        ada, theo = (session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one() for name in ("ada", "theo"))
        session.add(Person(academy_id=portal.academy("platform").id, account_id=ada.id, name=ADA_THERE, email=ada.email))
        new_seed(theo)
    with portal.writing("platform") as session:
        ask_to_erase(session.scalars(select(Person).where(Person.name == ADA_THERE)).one(), waits=True)
    _enter(portal)
    _shelve(portal)
    _hook(portal)
    _break_in(portal)
    _canary(portal)
    _child(portal)
    _view(portal)
    _draft(portal)
    furnish(portal)
    _package(portal)
    _note(portal)
    _plan_sections(portal)
    _pack(portal)
    assert sign_in(portal, "lena").post("/privacy/mine/archive").status_code == 303
    archive = link_in(mails(portal, "lena")[-1])
    return archive, {"copies.download": {"token": archive.partition("token=")[2]}, **_by_link(portal)}


def _front_end(portal) -> tuple[dict, dict, frozenset]:
    """Lena has signed in at a front end of Athena's: the address at which it asks people, what it sends to go on, and the tokens that it has."""
    key = registered(portal)
    tokens = signed_in_there(portal, key)
    with portal.reading("athena") as session:
        id = session.scalars(select(FrontEnd.id).where(FrontEnd.public_key == key)).one()
        issued = frozenset(session.scalars(select(ApiToken.id).where(ApiToken.front_end_id == id)))
    going_on = {"grant_type": "refresh_token", "client_id": key, "refresh_token": tokens["refresh_token"]}
    return {f"/oauth/authorize?{urlencode(asked(key))}": frozenset({id})}, going_on, issued


def _proof(portal) -> list[str]:
    """Somebody was erased at Athena; whoever has the link to the proof sees it, and it names nobody."""
    with portal.app.test_request_context(), portal.writing("athena") as session:
        session.add(person := Person(name="Nina", email="nina@example.org"))
        session.flush()
        half = half_of(ask_to_erase(person))
    work(portal)
    return [f"/privacy/receipt?token={half}", f"/privacy/receipt.json?token={half}"]


def _stop(portal) -> str:
    """Lena has agreed to the newsletter, and has one: what its link opens names nobody."""
    with portal.app.test_request_context(), portal.writing("athena") as session:
        lena = session.scalars(select(Person).where(Person.name == "Lena")).one()
        choose(lena, "newsletter", "email", True, "page")
        send(lena, "newsletter", subject="News of May", text="Words.")
    return stop_link(portal)


def _preview(portal) -> str:
    """Whoever has the address of a preview reads how a course will be."""
    with portal.app.test_request_context(), portal.reading("athena") as session:
        course = session.scalars(select(Course).where(Course.state == CourseState.PUBLISHED).order_by(Course.position)).first()
        return f"/courses/{course.slug}/preview?preview={preview_token(course)}"


def _choosing(portal, lena) -> tuple[dict, frozenset]:
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


def _draft(portal) -> None:
    """Theo has changed a lesson of a course that people read, and is changing it again."""
    with portal.writing("athena") as session:
        theo = session.scalars(select(Person).where(Person.name == "Theo")).one()
        course = select(Course.id).where(Course.author_id == theo.id).order_by(Course.position).limit(1)
        lesson = session.scalars(select(Lesson).where(Lesson.course_id.in_(course)).order_by(Lesson.position)).first()
        with context.knowing(theo, fresh=True):
            for text in ("Words of Theo.", "Other words of Theo."):
                publish_draft(lesson)
                save_draft(lesson, {"blocks": text_block(text)}, seen=mark_of(lesson))


def furnish(portal) -> None:
    """Lessons hold what the demo's do not: a film, a quiz, an assignment."""
    _film(portal)
    _ask(portal)


def _film(portal) -> None:
    """The free lesson of that course shows a film, to learners and in the draft."""
    with portal.writing("athena") as session:
        theo = session.scalars(select(Person).where(Person.name == "Theo")).one()
        lesson = session.scalars(select(Lesson).where(Lesson.preview).order_by(Lesson.position.desc(), Lesson.slug)).first()
        with context.knowing(theo, fresh=True):
            film = upload(io.BytesIO(MP4), "film.mp4", Category.CONTENT_PUBLIC, while_writing=True)
            lesson.blocks = [*lesson.blocks, {**new_block("video", silent=True), "item": str(library.add(film).id)}]
            keep_files(lesson)


def _films(portal) -> dict:
    """The films on pages of learners, and where their teachers choose others."""
    with portal.reading("athena") as session:
        courses = {course.id: course.slug for course in session.scalars(select(Course))}
        films = [(one, shown) for one in session.scalars(select(Lesson)) for shown in known(one.blocks) if shown["kind"] == "video"]
    chosen = [{"id": lesson.course_id, "lesson": lesson.id, "block": block["id"]} for lesson, block in films]
    return {
        "course_files.one": [{"slug": courses[lesson.course_id], "lesson": lesson.slug, "item": block["item"]} for lesson, block in films],
        "teach_blocks.choose": chosen,
        "teach_blocks.put": chosen,
        **_tasks(portal),
    }


def _package(portal) -> None:
    """The first lesson of a course in which Lena is has a package, which has kept something of her."""
    with portal.writing("athena") as session:
        theo, lena = (session.scalars(select(Person).where(Person.name == name)).one() for name in ("Theo", "Lena"))
        place = session.scalars(select(Enrolment).where(Enrolment.learner_id == lena.id, Enrolment.completed_at.is_(None))).first()
        lesson = session.scalars(select(Lesson).where(Lesson.course_id == place.course_id).order_by(Lesson.position)).first()
        with context.knowing(theo, fresh=True):
            file = upload(io.BytesIO(packed()), "knots.zip", Category.CONTENT_PUBLIC, while_writing=True)
            block = {**new_block("package", title="Three knots", again=True), "item": str(library.add(file).id)}
            lesson.blocks = [*lesson.blocks, block]
            keep_files(lesson)
        told = {"status": PackageStatus.INCOMPLETE, "place": "2", "memory": "Words that a package has kept.", "version": file.sha256[:16]}
        session.add(PackageResult(enrolment_id=place.id, lesson_id=lesson.id, block=block["id"], part=0, **told))


def _packages(portal) -> dict:
    """Players of packages; their files have an address for each person, and nobody guesses one."""
    with portal.reading("athena") as session:
        courses = {course.id: course.slug for course in session.scalars(select(Course))}
        lessons = [(one, shown["id"]) for one in session.scalars(select(Lesson)) for shown in known(one.blocks) if shown["kind"] == "package"]
        players = [{"slug": courses[lesson.course_id], "lesson": lesson.slug, "block": block} for lesson, block in lessons]
        guessed = [{**one, "code": "-.0.1.x", "path": "pages/knots.html"} for one in players]
        kept = [(row, session.get(Lesson, (row.academy_id, row.lesson_id))) for row in session.scalars(select(PackageResult))]
        stands = {(one.id, block) for one, block in lessons}
        there = [
            {"id": one.course_id, "lesson": one.id, "block": row.block, "enrolment": row.enrolment_id} for row, one in kept if (one.id, row.block) in stands
        ]
    doors = {f"course_scorm.{door}": players for door in ("player", "keep", "ask_to_start_over", "start_over")}
    return {**doors, **{f"teach_played.{door}": there for door in ("rounds", "ask_to_start_over", "start_over")}, "course_scorm.member": guessed}


def _note(portal) -> None:
    """Lena has written down something for herself, about a lesson that is there and about one that is not any more."""
    with portal.writing("athena") as session:
        lena = session.scalars(select(Person).where(Person.name == "Lena")).one()
        place = session.scalars(select(Enrolment).where(Enrolment.learner_id == lena.id, Enrolment.completed_at.is_(None))).first()
        lesson = session.scalars(select(Lesson).where(Lesson.course_id == place.course_id).order_by(Lesson.position)).first()
        session.add(Note(enrolment_id=place.id, lesson_id=lesson.id, heading=lesson.title, text="Words of Lena's own."))
        session.add(Note(enrolment_id=place.id, heading="A lesson that has gone", text="Other words of Lena's own."))


def _notes(portal) -> dict:
    """Notes, with the course in which each was written."""
    with portal.reading("athena") as session:
        places = {place.id: place.course_id for place in session.scalars(select(Enrolment))}
        slugs = {course.id: course.slug for course in session.scalars(select(Course))}
        notes = [{"slug": slugs[places[one.enrolment_id]], "note": one.id} for one in session.scalars(select(Note).order_by(Note.id))]
    return {f"course_notes.{door}": notes for door in ("one", "change", "ask_to_delete", "delete")}


def _played(portal, lena: UUID) -> dict:
    """The address of a page of that package as it was signed for Lena: whoever has it reads what the package has kept of her."""
    (player,) = _packages(portal)["course_scorm.player"]
    with portal.app.test_request_context(), portal.reading("athena") as session:
        lesson, item = next((one.id, UUID(b["item"])) for one in session.scalars(select(Lesson)) for b in known(one.blocks) if b["id"] == player["block"])
        file = session.scalars(select(MediaItem.file_id).where(MediaItem.id == item)).one()
        signed = ticket(f"package {lena} {lesson} {player['block']} 0 {file}")
        code = f"{lena.hex}.0.{signed['ends']}.{signed['sig']}"
        kept = frozenset(session.scalars(select(PackageResult.id).where(PackageResult.lesson_id == lesson)))
        return {url_for("course_scorm.member", **player, code=code, path="pages/knots.html"): kept}


def _for_players(portal) -> str:
    """What a program asks for the films of a lesson."""
    with portal.reading("athena") as session:
        shows = next(
            one.id for one in session.scalars(select(Lesson).order_by(Lesson.position)) if any(block["kind"] == "video" for block in known(one.blocks))
        )
    return f"/api/v1/lesson-files?lesson_id={shows}"


def _plan_sections(portal) -> None:
    """Of a course in which Lena is, one section waits for a far day, and another was opened to her alone; she has access that ends, and is in a group."""
    with portal.writing("athena") as session:
        lena = session.scalars(select(Person).where(Person.name == "Lena")).one()
        place = session.scalars(select(Enrolment).where(Enrolment.learner_id == lena.id, Enrolment.completed_at.is_(None))).first()
        sections = session.scalars(select(Section).where(Section.course_id == place.course_id).order_by(Section.position)).all()
        for section in sections[-2:]:
            section.release = {"kind": "date", "on": "2190-01-01T08:00"}
        session.add(Opening(enrolment_id=place.id, section_id=sections[-2].id, opens_at=clock.now() - timedelta(days=1)))
        session.add(Entitlement(learner_id=lena.id, course_id=place.course_id, source=Source.GRANT, ends_at=clock.now() + timedelta(days=900)))
        session.add(Cohort(course_id=place.course_id, name="Spring", starts_on=clock.now().date() - timedelta(days=60), joined=1))
        session.flush()
        place.cohort_id = session.scalars(select(Cohort.id)).one()


def _ask(portal) -> None:
    """In a course of Theo's stand a quiz, which Lena answers, and an assignment, for which she has handed in a file and has more time."""
    with portal.writing("athena") as session:
        theo, lena = (session.scalars(select(Person).where(Person.name == name)).one() for name in ("Theo", "Lena"))
        enrolment = session.scalars(select(Enrolment).join(Course).where(Enrolment.learner_id == lena.id, Course.author_id == theo.id)).first()
        lesson = session.scalars(select(Lesson).where(Lesson.course_id == enrolment.course_id).order_by(Lesson.position.desc())).first()
        asked, work = new_block("quiz", title="What do you know?"), new_block("assignment", title="Bake one", text="Bake a loaf.")
        lesson.blocks = [*lesson.blocks, asked, work]
        course = session.get(Course, (lesson.academy_id, lesson.course_id))
        with context.knowing(theo, fresh=True):
            quiz, assignment = quizzing.quiz_for(lesson, asked["id"]), assigning.assignment_for(lesson.id, work["id"])
            for kind, lines, right in (("single", ["flour", "salt"], [0]), ("text", [], []), ("ordering", ["feed", "wait"], [])):
                facts = {"kind": QuestionKind(kind), "prompt": "What?", "points": 1, "lines": lines, "right": right, "explanation": ""}
                quizzing.add_question(course, quiz, uuid4(), facts)
            assigning.extend(enrolment, assignment, datetime(2190, 1, 1))
        with context.knowing(lena, fresh=True):
            attempt = attempting.start(enrolment, lesson, quiz)
            attempting.hand_in(attempt, [["0"], ["Because."], []], enrolment, lesson, quiz)
            attempting.start(enrolment, lesson, quiz)
            file = upload(io.BytesIO(b"%PDF-1.7\n"), "mine.pdf", Category.CONTENT_PRIVATE, about=lena, while_writing=True)
            assigning.hand_in(enrolment, assignment, "My loaf.", [file])


def _tasks(portal) -> dict:
    """Where that quiz and assignment stand: for learners, for their teacher, and what one learner did in them."""
    with portal.reading("athena") as session:
        quiz = session.scalars(select(Quiz).where(Quiz.id.in_(select(Attempt.quiz_id)))).first()
        if quiz is None:
            return {}
        attempt = session.scalars(select(Attempt).where(Attempt.quiz_id == quiz.id)).first()
        lesson = session.get(Lesson, (quiz.academy_id, quiz.lesson_id))
        stands = [one["id"] for one in known(lesson.blocks)]
        work = session.scalars(select(Assignment).where(Assignment.lesson_id == lesson.id, Assignment.block.in_(stands))).first()
        course = session.get(Course, (lesson.academy_id, lesson.course_id))
        question = session.scalars(select(Question).where(Question.quiz_id == quiz.id)).first()
        submission = session.scalars(select(Submission).where(Submission.enrolment_id == attempt.enrolment_id)).first()
    if work is None:
        return {}
    here = [{"slug": course.slug, "lesson": lesson.slug, "block": one.block} for one in (quiz, work)]
    there = [{"id": course.id, "lesson": lesson.id, "block": one.block} for one in (quiz, work)]
    asked, learner = [{**there[0], "question": question.id}], [{**one, "enrolment": attempt.enrolment_id} for one in there]
    return {
        "course_tasks.task": here, "course_tasks.start": here[:1], "course_tasks.answer": here[:1], "course_tasks.work": here[1:],
        "teach_tasks.task": there, "teach_tasks.save": there, "teach_tasks.new_question": there[:1], "teach_tasks.add_question": there[:1], "teach_tasks.copy_questions": there[:1],
        **{f"teach_tasks.{door}": asked for door in ("question", "save_question", "move_question")},
        "teach_grades.work_of": learner, "teach_grades.extend": learner[1:],
        **{f"teach_grades.{door}": [{"id": course.id, "attempt": attempt.id}] for door in ("attempt", "grade_attempt")},
        **{f"teach_grades.{door}": [{"id": course.id, "submission": submission.id}] for door in ("submission", "grade_submission")},
    }  # fmt: skip


def _pack(portal) -> None:
    """Theo has sent two courses as packages, of which one came in."""
    theo = sign_in(portal, "theo")
    brought(portal, theo, folder())
    assert send_package(theo, folder()).status_code == 303
    with portal.writing("athena") as session:
        course = session.scalars(select(Course.id).where(Course.state == CourseState.PUBLISHED).order_by(Course.position)).first()
        session.add_all(OldAddress(path=f"/{area}/old/rye", course_id=course) for area in ("courses", "learn"))


def _enter(portal) -> None:
    """Two requests of Theo that staff have written down: one is being done, Ada has taken the other and has to decide.

    Of two recipients one waits to be told about him by hand, the other does not answer.
    """
    with portal.writing("athena") as session:
        ada, theo = (session.scalars(select(Person).where(Person.name == name)).one() for name in ("Ada", "Theo"))
        running, undecided = (received(theo, RequestKind.ACCESS, asked_by=AskedBy.OFFICER) for _ in range(2))
        for request, state in ((running, RequestState.RUNNING), (undecided, RequestState.NEEDS_DECISION)):
            plan(request, [ARCHIVE])
            move(request, state)
        with context.knowing(ada, fresh=True):
            take(undecided)
    untold(portal)


def _shelve(portal) -> None:
    """In Athena's library lie a film, and a paper that Ada has thrown away."""
    with portal.writing("athena") as session:
        ada = session.scalars(select(Person).where(Person.name == "Ada")).one()
        sent = (b"\0\0\0\x20ftypisom\0\0\2\0" + bytes(100), "film.mp4"), (b"%PDF-1.7\n", "paper.pdf")
        files = [upload(io.BytesIO(data), name, Category.CONTENT_PUBLIC, while_writing=True) for data, name in sent]
        with context.knowing(ada, fresh=True):
            _film, paper = [library.add(file) for file in files]
            paper.trashed_at = clock.now()


def _hook(portal) -> None:
    """A program is told of what happens at Athena, and has got a message."""
    with portal.writing("athena") as session:
        with context.knowing(session.scalars(select(Person).where(Person.name == "Ada")).one(), fresh=True):
            row, _secret = webhooks.register("https://127.0.0.1/told", ["courses.archived"])
            event = emit("courses.changed", session.scalars(select(Course)).first())
        session.add(Delivery(endpoint_id=row.id, event_id=event.id, type=event.type, state=DeliveryState.DELIVERED, tries=1, status=200, next_at=None))


def _break_in(portal) -> None:
    """A breach at athena that Ada has written down."""
    with portal.writing("athena"):
        note(Incident("person", clock.now() - timedelta(days=1), None, clock.now()))


def _child(portal) -> None:
    """Kim is a child at athena and wants what somebody has to say yes to."""
    offer_reminders(portal)
    with portal.writing("athena") as session:
        session.add(kim := Person(name="Kim", email="kim@example.org"))
        session.flush()
        say_age(kim, Band.CHILD)


def _view(portal) -> None:
    """Ada keeps a view of the list of people, which others find too; and she has sent two tables of people, of which one came in."""
    with portal.writing("athena") as session:
        ada = session.scalars(select(Person).where(Person.name == "Ada")).one()
        session.add(ListView(person_id=ada.id, list="people", name="Who teaches", asked={"role": "teacher"}, shared=True))
        with context.knowing(ada, fresh=True):
            table = read_table(b"Name,E-mail\nMara,mara@example.org\n")
            take_in(PEOPLE, table)
            done = take_in(PEOPLE, table)
            learners = read_table(b"Name,E-mail,Course\nMara,mara@example.org,music-theory-from-zero\n")
            take_in(LEARNERS, learners)
            learned = take_in(LEARNERS, learners)
        for one in (done, learned):
            one.state = ImportState.DONE
            session.scalars(select(ImportRow).where(ImportRow.import_id == one.id)).one().state = RowState.ADDED


def _canary(portal) -> None:
    """Athena keeps a canary, which has found something."""
    with portal.everywhere() as session:
        set_setting(session, portal.academy("athena").id, canary.SETTING, "yes")
    with portal.app.test_request_context(), portal.writing("athena"):
        place = Breach("courses", "courses_enrolment", "a row is still there that should be gone.", "See its path.")
        canary.keep(canary.Flown(clock.now(), [("core", Examined(1, 2, 3, 4), clock.now())], [place], canary.NOT_CHECKED))


def _copies(portal) -> frozenset:
    """The files of copies: whoever has the link of one gets it."""
    with portal.reading("athena") as session:
        return frozenset(session.scalars(select(RightsArchive.file_id).where(RightsArchive.file_id.is_not(None))))


def _by_link(portal) -> dict:
    """Vic uses rights of Lena's by links from her mailbox: one copy is ready, and another link is not opened yet."""
    vic, sent = portal.visitor("athena"), {}
    for doors in (("links.confirm_link", "links.download"), ("links.confirm_link",)):
        assert vic.post("/privacy/ask", data={"email": "lena@example.org", "kind": "access"}).status_code == 303
        for n, door in enumerate(doors):
            sent[door] = {"token": link_in(mails(portal, "lena")[-1]).partition("token=")[2]}
            if n + 1 < len(doors):
                assert vic.post("/privacy/requests/confirm", data=sent[door]).status_code == 200
    return sent


def _letter(portal) -> dict:
    """The signed address of a file about Lena, which whoever has it may open."""
    with portal.reading("athena") as session:
        id = session.scalar(select(RightsArchive.file_id).where(RightsArchive.made_at.is_not(None)))
        row = session.scalars(select(File).where(File.id == id)).one()
        return {file_url(row): frozenset({row.id})}


def _people(portal) -> dict:
    with portal.everywhere() as session:
        return {person.name.lower(): (person.id, person.account_id, tuple(person.roles)) for person in session.scalars(select(Person))}


def _viewer(portal, name, person, account, roles, emails, fresh) -> Viewer:
    home = "platform" if name == ADA_THERE else HOMES[name]
    browser, academy = portal.visitor(home), portal.academy(home)
    assert browser.post("/sign-in", data={"email": emails[account], "password": PASSWORD, "remember": "y"}).status_code == 303
    if not fresh:
        browser.forget("upart_session")
        assert browser.get("/account/").status_code == 200
    joined = frozenset({portal.academy("athena").id} if name == ADA_THERE else ())
    return Viewer(name, academy.id, {"upart_session": browser.cookie("upart_session")}, frozenset({person, account}), roles, joined, fresh)


def _tokens(portal, people, emails) -> dict:
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
