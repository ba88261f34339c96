# SPDX-License-Identifier: MIT
"""Issue certificates and take them back; show them to everybody, or not. The only place where one changes its state."""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select, update

from upart.plugin import Person, Problem, Purpose, address_of, clock, context, emit, enqueue, send, session
from upart.plugin import gettext as _
from upart_courses.actions.restricting import unrestricted
from upart_courses.actions.writing import changed, lock
from upart_courses.models import Certificate, CertificateState, Course, Enrolment

BITS = 128
BATCH = 500

CATCH_UP = "courses.certify"
"""The task that gives a certificate to whoever has finished a course without getting one."""


def new_code() -> str:
    """The address of a certificate: 128 random bits in letters and digits that can be copied from paper (RFC 4648, base 32)."""
    return b32encode(secrets.token_bytes(BITS // 8)).decode().rstrip("=").lower()


def certify(course: Course, finished: Sequence[Enrolment]) -> None:
    """Give those who have just finished a course their certificates. Needs a write session that holds their places; safe to repeat.

    Whoever has one that was withdrawn gets it anew at the same address, as everything is called now, with the day on which they first finished;
    one that was taken back stays so.
    A course that issues none makes no new ones.
    """
    learners = [enrolment.learner_id for enrolment in finished]
    if not learners:
        return
    names = {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(learners)))}
    having = select(Certificate).where(Certificate.course_id == course.id, Certificate.learner_id.in_(learners))
    known = {row.learner_id: row for row in session.scalars(having.with_for_update())}
    for enrolment in finished:
        row = known.get(enrolment.learner_id)
        if row is None and not course.certifies:
            continue
        if row is None:
            row = Certificate(learner_id=enrolment.learner_id, course_id=course.id, code=new_code(), public=False, reason="", issued_at=enrolment.completed_at)
            session.add(row)
        elif row.state is not CertificateState.WITHDRAWN:
            continue
        row.state, row.ended_at = CertificateState.ISSUED, None
        row.name, row.course, row.academy = names[enrolment.learner_id], course.title, context.academy.name
        row.lessons, row.minutes = course.needed, course.minutes
        emit("courses.certified", row, course=course.id)


def set_issuing(course: Course, issues: bool) -> None:
    """Let whoever finishes a course get a certificate, or nobody new: those that were issued stay. Switched on, those who have none get theirs, too."""
    lock(course)
    if course.certifies is not issues:
        course.certifies = issues
        changed(course)
    if issues:
        enqueue(CATCH_UP, course=course.id)


def catch_up(course: str, after: str = "") -> None:
    """Task: certificates for those who finished a course that issued none then. A batch at a time; again it finds nothing."""
    row = session.scalars(select(Course).where(Course.id == UUID(course))).first()
    if row is None or not row.certifies:
        return
    without = _without(row.id).where(Enrolment.id > UUID(after)) if after else _without(row.id)
    some = session.scalars(without.order_by(Enrolment.id).limit(BATCH).with_for_update()).all()
    certify(row, unrestricted(some))
    if len(some) == BATCH:
        enqueue(CATCH_UP, course=row.id, after=some[-1].id)


def without_one(course: Course) -> int:
    """How many people have finished a course and have no certificate of it."""
    return session.scalar(select(func.count()).select_from(_without(course.id).subquery())) or 0


def _without(course: UUID) -> Select[Enrolment]:
    theirs = and_(Certificate.learner_id == Enrolment.learner_id, Certificate.course_id == Enrolment.course_id)
    return select(Enrolment).where(Enrolment.course_id == course, Enrolment.completed_at.is_not(None), ~exists(select(Certificate.id).where(theirs)))


def withdraw(enrolment: Enrolment) -> None:
    """What a certificate says is not so any more: its holder has not finished the course after all. Safe to repeat."""
    row = certificate_of(enrolment.learner_id, enrolment.course_id)
    if row is not None and row.state is CertificateState.ISSUED:
        row.state, row.ended_at = CertificateState.WITHDRAWN, clock.now()
        emit("courses.certificate_withdrawn", row, course=enrolment.course_id)


def revoke(certificate: Certificate, reason: str) -> None:
    """Take a certificate back, with a reason that its holder reads. Raises Problem 409 for one that does not hold."""
    _locked(certificate)
    if certificate.state is not CertificateState.ISSUED:
        raise Problem(409, _("This certificate does not hold any more."), remedy=_("Open it again to see why."), code="not_issued")
    certificate.state, certificate.reason, certificate.ended_at = CertificateState.REVOKED, reason, clock.now()
    emit("courses.certificate_revoked", certificate)
    _tell(certificate, "revoked")


def give_back(certificate: Certificate) -> None:
    """Let a certificate that was taken back hold again, as it was. Safe to repeat. Raises Problem 409 where its holder has not finished the course."""
    _locked(certificate)
    if certificate.state is not CertificateState.REVOKED:
        return
    done = select(Enrolment.completed_at).where(Enrolment.learner_id == certificate.learner_id, Enrolment.course_id == certificate.course_id)
    place = session.execute(done).first()
    if place is not None and place.completed_at is None:
        raise Problem(409, _("They have not finished the course now."), remedy=_("When they finish it, give it back."), code="not_finished")
    certificate.state, certificate.reason, certificate.ended_at = CertificateState.ISSUED, "", None
    emit("courses.certificate_returned", certificate)
    _tell(certificate, "returned")


def _tell(certificate: Certificate, what: str) -> None:
    """Write to its holder that something became of it; why stands on its page."""
    holder = session.scalars(select(Person).where(Person.id == certificate.learner_id)).first()
    if holder is not None:
        values = {"certificate": certificate, "link": address_of(f"/certificates/{certificate.code}")}
        send(holder, Purpose.LEARN, template=f"courses/mail/certificate-{what}.txt", values=values)


def set_public(certificate: Certificate, public: bool, findable: bool = False) -> None:
    """Let everybody who has its address see a certificate, and search engines list it if `findable`; or nobody but its holder and those who teach.

    Its holder decides.
    """
    _locked(certificate)
    if (certificate.public, certificate.findable) != (public, findable):
        certificate.public, certificate.findable = public, findable
        emit("courses.certificate_shown" if public else "courses.certificate_hidden", certificate)


def certificate_of(learner: UUID, course: UUID) -> Certificate | None:
    """Somebody's certificate of a course, whatever its state."""
    return session.scalars(select(Certificate).where(Certificate.learner_id == learner, Certificate.course_id == course)).first()


def outlive(course: Course) -> None:
    """Before a course is deleted: its certificates stay, they say all by themselves."""
    session.execute(update(Certificate).where(Certificate.course_id == course.id).values(course_id=None))


def _locked(certificate: Certificate) -> None:
    session.refresh(certificate, with_for_update=True)
