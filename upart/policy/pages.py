# SPDX-License-Identifier: MIT
"""The privacy policy for everybody, with all its versions; and for staff: what would be published, what is unnamed, what is different."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from upart.academies.actions import alone, change_settings
from upart.academies.choosing import setting_rows
from upart.academies.models import AcademySetting
from upart.academies.settings import OWN_WORDS
from upart.accounts.views.doors import to
from upart.context import context
from upart.db import session
from upart.errors import NotHere, Problem
from upart.hooks.routes import Blueprint, anyone, may
from upart.manage.history import history_of, version_by_id
from upart.policy import own, publishing, saying, shown, versions
from upart.policy.comparing import changes
from upart.policy.document import Document
from upart.policy.facts import CONTROLLER
from upart.policy.forms import PolicyForm, PublishForm
from upart.policy.models import PolicyVersion
from upart.policy.papers import FORMATS, Paper
from upart.policy.publishing import NotPublished
from upart.policy.shown import PUBLISH
from upart.theming.forms import refuse, show
from upart.theming.locales import ENGLISH, languages, speaking
from upart.theming.markdown import markdown
from upart.theming.render import render

privacy, policies = Blueprint("privacy", __name__), Blueprint("policies", __name__)

LANGUAGE = ("language",)

FIELDS = (*CONTROLLER, *(f"policy_{place}" for place in OWN_WORDS))
"""Settings that staff fill in on the page of their words."""


@privacy.get("/privacy", policy=anyone, query=LANGUAGE)
def register() -> Response:
    """The policy in force; what is different since it was published stands above it. Before the first: what is so now, marked as that."""
    found = versions.standing(context.academy, kept=True)
    document = _document(found.version, found.facts)
    with speaking(document.language):
        told = saying.entries(found.changes, found.version.facts, found.facts) if found.version is not None else []
        banner = shown.banner(found, told)
        head = shown.head(found.version, None)
    return _page(document, head, banner=banner, download=url_for(".download", language=document.language, format="md"))


@privacy.get("/privacy/download", policy=anyone, query=("language", "format"))
def download() -> Response:
    """The policy in force as a file."""
    found = versions.standing(context.academy, kept=True)
    version = found.version
    document = _document(version, found.facts)
    facts = version.facts if version is not None else found.facts
    return _file(Paper(context.academy, version.number if version is not None else None, document, facts, found.missing if version is None else ()))


@privacy.get("/privacy/versions/", policy=anyone)
def everything() -> Response:
    """All versions that were published, the newest first."""
    return render("policy/versions.html", lines=shown.version_lines(versions.everything()))


@privacy.get("/privacy/versions/<int:number>", policy=anyone, query=LANGUAGE)
def version(number: int) -> Response:
    """One version as it was published, with what was new in it."""
    row = _version(number)
    before, document = versions.numbered(number - 1), versions.document_of(row, _language())
    newest = versions.newest_number()
    with speaking(document.language):
        told = saying.entries(changes(before.facts, row.facts), before.facts, row.facts) if before is not None else []
        head, news = shown.head(row, newest), shown.news(told, number)
    return _page(document, head, news=news, download=url_for(".version_file", number=number, language=document.language, format="md"))


@privacy.get("/privacy/versions/<int:number>/download", policy=anyone, query=("language", "format"))
def version_file(number: int) -> Response:
    """One version as a file."""
    row = _version(number)
    return _file(Paper(context.academy, number, versions.document_of(row, _language()), row.facts))


def _version(number: int) -> PolicyVersion:
    row = versions.numbered(number)
    if row is None:
        raise NotHere
    return row


def _language() -> str:
    """The language that is asked for, else the academy's; English where there is no catalogue."""
    wanted = request.args.get("language") or str(context.academy.settings.get("language", ""))
    return wanted if wanted in languages() else ENGLISH


def _document(version: PolicyVersion | None, facts: Any) -> Document:
    return versions.document_of(version, _language()) if version is not None else versions.draft(context.academy, facts, _language())


def _page(document: Document, head: Any, **values: Any) -> Response:
    others = [(code, shown.LANGUAGES.get(code, code)) for code in languages() if code != document.language]
    return render("policy/policy.html", document=document, head=head, others=others, markdown=markdown, **values)


def _file(paper: Paper) -> Response:
    chosen = request.args.get("format", "md")
    if chosen not in FORMATS:
        raise NotHere
    media, write = FORMATS[chosen]
    name = f"{context.academy.slug}-privacy{f'-{paper.version}' if paper.version else ''}-{paper.document.language}.{chosen}"
    return Response(write(paper), content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@policies.get("/manage/privacy/policy", policy=may(PUBLISH))
def current() -> Response:
    """What is different from the published policy, what of it is material, and what is unnamed."""
    return _current(PublishForm())


@policies.post("/manage/privacy/policy", policy=may(PUBLISH))
def publish() -> Response:
    """Publish what was looked at."""
    form = PublishForm.posted()
    status = 422
    if form.validate():
        try:
            row = publishing.publish(form.digest.data or "")
            return to(url_for("privacy.version", number=row.number))
        except NotPublished as error:
            refuse(form, "digest", f"{error.message} {error.remedy}")
        except Problem as problem:
            status = problem.status
            refuse(form, "digest", f"{problem.message} {problem.remedy}")
    return _current(form, status)


def _current(form: PublishForm, status: int = 200) -> Response:
    found = versions.standing(context.academy)
    told = saying.entries(found.changes, found.version.facts, found.facts) if found.version is not None else []
    return render("policy/current.html", status, form=form, found=found, desk_lines=shown.lines_of(told, found), counts=shown.counts(found))


@policies.get("/manage/privacy/policy/draft", policy=may(PUBLISH), query=LANGUAGE)
def draft() -> Response:
    """The whole of what would be published."""
    found = versions.standing(context.academy)
    document = versions.draft(context.academy, found.facts, _language())
    others = [(code, shown.LANGUAGES.get(code, code)) for code in languages() if code != document.language]
    return render("policy/draft.html", found=found, document=document, others=others, markdown=markdown)


@policies.get("/manage/privacy/policy/words", policy=may(PUBLISH), query=("version",))
def words() -> Response:
    """Who is responsible, and paragraphs of the academy's own; with `version` what was there before stands in a field, to be saved again."""
    form = PolicyForm.opened(own.stored(FIELDS))
    if version := request.args.get("version", ""):
        row, body = version_by_id(AcademySetting, version)
        if row.key not in FIELDS:
            raise NotHere
        form[row.key].data = body["value"]
    return show("policy/words.html", form, version=version)


@policies.get("/manage/privacy/policy/words/history", policy=may(PUBLISH))
def words_history() -> Response:
    """What was changed of them, by whom."""
    form = PolicyForm()
    rows = {str(form[key].label.text): row for key, row in setting_rows(FIELDS).items()}
    changes = history_of(rows, lambda _row, body: str(body["value"]))
    return render("policy/words-history.html", changes=changes, back=lambda id: url_for(".words", version=id))


@policies.post("/manage/privacy/policy/words", policy=may(PUBLISH))
def change_words() -> Response:
    """Keep what was filled in; it is published with the next version. What was not sent stays."""
    form = PolicyForm.posted()
    if not form.validate():
        return show("policy/words.html", form)
    alone(session(), context.academy.id)
    if form.overtaken(own.stored(FIELDS)):
        return show("policy/words.html", form)
    change_settings({name: form[name].data or "" for name in FIELDS if form[name].raw_data}, goes_on=form.by_itself)
    return form.saved(url_for(".current"))
