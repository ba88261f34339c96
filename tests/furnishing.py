# SPDX-License-Identifier: MIT
"""What stands in the portal of a crawl besides the demo: something for every route to show, and for every table to hold."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from uuid import uuid4

from bearing import by_link
from cartridges import brought, folder, send_package
from choosing import offer_reminders
from people import link_in, mails, sign_in
from queueing import untold
from scorm import packed
from sqlalchemy import select
from upart_courses.actions import allowing, assigning, attempting, quizzing
from upart_courses.actions.filling import keep_files
from upart_courses.actions.learners import LEARNERS
from upart_courses.blocks import new_block, text_block
from upart_courses.models import (
    Cohort,
    Course,
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
from upart_courses.questions import QuestionKind

from upart import clock
from upart.academies import custody, ending
from upart.academies.actions import create_academy, set_setting
from upart.accounts.actions.bringing import PEOPLE
from upart.accounts.actions.changing import new_seed
from upart.accounts.models import Account, Person
from upart.consent.actions import say_age
from upart.consent.models import Band
from upart.context import context
from upart.events.actions import emit
from upart.files.actions import upload
from upart.manage.importing import take_in
from upart.manage.models import ImportRow, ImportState, ListView, RowState
from upart.manage.reading import read_table
from upart.media import actions as library
from upart.policy.actions import note
from upart.policy.breaching import Incident
from upart.privacy.taxonomy import Category
from upart.revisions.actions import publish_draft, save_draft
from upart.revisions.finding import mark_of
from upart.rights.actions.archiving import ARCHIVE
from upart.rights.actions.asking import ask_to_erase, received
from upart.rights.actions.deciding import take
from upart.rights.actions.working import plan
from upart.rights.canary import actions as canary
from upart.rights.canary.rows import Breach
from upart.rights.canary.truth import Examined
from upart.rights.models import AskedBy, RequestKind, RequestState
from upart.rights.states import move
from upart.webhooks import actions as webhooks
from upart.webhooks.models import Delivery, DeliveryState

MP4 = b"\0\0\0\x20ftypisom\0\0\2\0" + bytes(2000)
ADA_THERE = "ada at the platform"


def prepare(portal) -> tuple[str, dict]:
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
    return archive, {"copies.download": {"token": archive.partition("token=")[2]}, **by_link(portal)}


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


def _ask(portal) -> None:
    """In a course of Theo's stand a quiz, which Lena answers, and an assignment, for which she has handed in a file and has more time than others."""
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
            assigning.save_rules(course, assignment, 10, 6, 1, datetime(2189, 1, 1))
            assigning.extend(enrolment, assignment, datetime(2190, 1, 1))
            allowing.allow_more(enrolment, quiz, 1, 5)
        with context.knowing(lena, fresh=True):
            attempt = attempting.start(enrolment, lesson, quiz)
            attempting.hand_in(attempt, [["0"], ["Because."], []], enrolment, lesson, quiz)
            attempting.start(enrolment, lesson, quiz)
            file = upload(io.BytesIO(b"%PDF-1.7\n"), "mine.pdf", Category.CONTENT_PRIVATE, about=lena, while_writing=True)
            assigning.hand_in(enrolment, assignment, "My loaf.", [file])


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


def _note(portal) -> None:
    """Lena has written down something for herself, about a lesson that is there and about one that is not any more."""
    with portal.writing("athena") as session:
        lena = session.scalars(select(Person).where(Person.name == "Lena")).one()
        place = session.scalars(select(Enrolment).where(Enrolment.learner_id == lena.id, Enrolment.completed_at.is_(None))).first()
        lesson = session.scalars(select(Lesson).where(Lesson.course_id == place.course_id).order_by(Lesson.position)).first()
        session.add(Note(enrolment_id=place.id, lesson_id=lesson.id, heading=lesson.title, text="Words of Lena's own."))
        session.add(Note(enrolment_id=place.id, heading="A lesson that has gone", text="Other words of Lena's own."))


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
