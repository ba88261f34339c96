# SPDX-License-Identifier: MIT
"""Certificates for programs."""

from __future__ import annotations

from upart.plugin import Body, Include, NotHere, Resource, allow, context, may, signed_in
from upart_courses.actions import certifying
from upart_courses.api.access import Why, writable
from upart_courses.forms.courses import tidy
from upart_courses.models import Certificate


class RevokeIn(Body):
    """Why a certificate is taken back. Its holder reads it."""

    reason: Why


certificates = Resource(
    "certificates", Certificate, scope="courses:certificates", policy=signed_in, writes=may("courses.learn"),
    sentence="Certificates: one's own, and to teachers those of their courses. The page of one is at `/certificates/CODE`.",
    readable=(
        "id", "learner_id", "course_id", "code", "name", "course", "academy", "lessons", "minutes", "state", "public", "findable", "issued_at", "ended_at",
        "reason",
    ),
    filters=("id", "learner_id", "course_id"), sorts=("id",), includes={"in_course": Include("courses", by="course_id")},
    samples={"revoke": {"reason": "The work was somebody else's."}},
)  # fmt: skip


@certificates.verb("show")
def show(certificate: Certificate) -> Certificate:
    """Let everybody see one's own certificate who has its address."""
    return _decided(certificate, True, certificate.findable)


@certificates.verb("show-to-engines")
def show_to_engines(certificate: Certificate) -> Certificate:
    """Let everybody see one's own certificate who has its address, and search engines list it."""
    return _decided(certificate, True, True)


@certificates.verb("hide")
def hide(certificate: Certificate) -> Certificate:
    """Let nobody see one's own certificate but oneself and those who teach."""
    return _decided(certificate, False, False)


@certificates.verb("revoke", RevokeIn)
def revoke(certificate: Certificate, body: RevokeIn) -> Certificate:
    """Take a certificate back, for those who write its course. 409 `not_issued` for one that does not hold."""
    _writable(certificate)
    certifying.revoke(certificate, tidy(body.reason))
    return certificate


@certificates.verb("give-back")
def give_back(certificate: Certificate) -> Certificate:
    """Let a certificate that was taken back hold again. 409 `not_finished` when its holder has not finished the course now."""
    _writable(certificate)
    certifying.give_back(certificate)
    return certificate


def _decided(certificate: Certificate, public: bool, findable: bool) -> Certificate:
    if certificate.learner_id != context.person.id:
        raise NotHere
    certifying.set_public(certificate, public, findable)
    return certificate


def _writable(certificate: Certificate) -> None:
    """Pass if the acting person writes the course of a certificate whose holder is known."""
    if certificate.course_id is None or certificate.learner_id is None:
        raise NotHere
    allow("courses.teach", writable(certificate.course_id))


RESOURCES = (certificates,)
