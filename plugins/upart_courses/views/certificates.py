# SPDX-License-Identifier: MIT
"""The page of a certificate, for its holder, for those who teach, and for everybody if its holder says so; and what they do with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import or_, select
from werkzeug import Response

from upart.plugin import Area, Blueprint, NotHere, address_of, anyone_uncached, context, get_or_404, may, paged, permitted, render, session, show
from upart_courses.actions import certifying
from upart_courses.forms.said import RevokeForm, VisibilityForm
from upart_courses.models import Certificate, CertificateState, Course
from upart_courses.views.listed import STATES
from upart_courses.views.teach import TEACH, course_of

certificate_pages = Blueprint("certificates", __name__)
issued_pages = Blueprint("teach_certificates", __name__, area=Area.TEACH)

LEARN = may("courses.learn")
PAGE = 50
OTHERS = ("everybody", "engines")


@certificate_pages.get("/certificates/<code>", policy=anyone_uncached)
def page(code: str) -> Response:
    """A certificate. One that its holder does not show answers like an absent one; one that is withdrawn names nobody."""
    row = _seen(code)
    return _page(row, VisibilityForm(to="engines" if row.findable else "everybody" if row.public else "nobody"))


def _page(row: Certificate, form: VisibilityForm) -> Response:
    mine, holds = context.person is not None and row.learner_id == context.person.id, row.state is CertificateState.ISSUED
    listed, address = holds and row.public and row.findable, address_of(url_for(".page", code=row.code))
    values = {"certificate": row, "mine": mine, "staff": _writes(row), "listed": listed, "address": address}
    answer = show("courses/certificate.html", form, None if holds or form.errors else 410, **values)
    if not listed:
        answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _seen(code: str) -> Certificate:
    """The certificate at an address, if whoever acts may see it. Raises NotHere."""
    asked = select(Certificate).where(Certificate.code == code)
    if context.person is None:
        asked = asked.where(Certificate.public.is_(True))
    elif not permitted("courses.manage"):
        own = select(Course.id).where(Course.author_id == context.person.id)
        among = (Certificate.public.is_(True), Certificate.learner_id == context.person.id)
        asked = asked.where(or_(*among, Certificate.course_id.in_(own)) if permitted("courses.teach") else or_(*among))
    row = session.scalars(asked).first()
    if row is None:
        raise NotHere
    return row


def _writes(row: Certificate) -> bool:
    """Does whoever acts write the course of this certificate?"""
    if row.course_id is None or not permitted("courses.teach"):
        return False
    return permitted("courses.manage") or get_or_404(Course, row.course_id).author_id == context.person.id


@certificate_pages.post("/certificates/<code>/visibility", policy=LEARN)
def visibility(code: str) -> Response:
    """Show one's own certificate to nobody, to everybody who has its address, or to search engines too."""
    row = get_or_404(Certificate, code=code, learner_id=context.person.id)
    form = VisibilityForm.posted()
    if not form.validate():
        return _page(row, form)
    certifying.set_public(row, form.to.data in OTHERS, form.to.data == "engines")
    return redirect(url_for(".page", code=code), 303)


@issued_pages.get("/<uuid:id>/certificates", policy=TEACH, query=("after",))
def issued(id: UUID) -> Response:
    """The certificates of a course, the newest first."""
    course = course_of(id)
    found = select(Certificate).where(Certificate.course_id == id, Certificate.learner_id.is_not(None), Certificate.issued_at.is_not(None))
    page = paged(found, Certificate.issued_at, Certificate.id, after=request.args.get("after"), size=PAGE, newest_first=True)
    return render("courses/teach/certificates.html", course=course, states=STATES, certificates=page.rows, after=page.after, owed=_owed(course))


def _owed(course: Course) -> int:
    """How many certificates are missing of a course that issues them."""
    return certifying.without_one(course) if course.certifies else 0


@issued_pages.post("/<uuid:id>/certificates/issuing", policy=TEACH)
def set_issuing(id: UUID) -> Response:
    """Let the course issue certificates, or none."""
    certifying.set_issuing(course_of(id), request.form.get("to") == "issue")
    return redirect(url_for(".issued", id=id), 303)


@issued_pages.get("/<uuid:id>/certificates/<uuid:certificate>", policy=TEACH)
def one(id: UUID, certificate: UUID) -> Response:
    """One certificate: what it says, and taking it back."""
    return _one(course_of(id), _of(id, certificate), RevokeForm())


def _one(course: Course, row: Certificate, form: RevokeForm) -> Response:
    return show("courses/teach/certificate.html", form, course=course, states=STATES, certificate=row)


@issued_pages.post("/<uuid:id>/certificates/<uuid:certificate>/revoke", policy=TEACH)
def revoke(id: UUID, certificate: UUID) -> Response:
    """Take it back, with a reason that its holder reads."""
    course, row, form = course_of(id), _of(id, certificate), RevokeForm.posted()
    if not form.validate():
        return _one(course, row, form)
    certifying.revoke(row, form.reason.data or "")
    return redirect(url_for(".one", id=id, certificate=certificate), 303)


@issued_pages.post("/<uuid:id>/certificates/<uuid:certificate>/give-back", policy=TEACH)
def give_back(id: UUID, certificate: UUID) -> Response:
    """Let it hold again."""
    course_of(id)
    certifying.give_back(_of(id, certificate))
    return redirect(url_for(".one", id=id, certificate=certificate), 303)


def _of(id: UUID, certificate: UUID) -> Certificate:
    """A certificate of a course whose holder is known; one that names nobody any more is nobody's to decide about."""
    row: Any = get_or_404(Certificate, certificate, course_id=id)
    if row.learner_id is None:
        raise NotHere
    made: Certificate = row
    return made
