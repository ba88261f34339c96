# SPDX-License-Identifier: MIT
"""The pages of the choices: of somebody who has signed in, of a guest by a mailed link; saying yes by mail; stopping messages."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for

from upart.accounts.actions.tokens import use_up
from upart.accounts.limits import MAILS, count_try
from upart.accounts.models import Person, TokenPurpose
from upart.accounts.views.doors import network, to, token_in
from upart.consent.actions import agree_by_mail, save, stop
from upart.consent.asking import ask_by_mail, mail_choices, meant_by, whose
from upart.consent.folding import Key, band_of, state_of
from upart.consent.forms import GuardianForm, MailedForm
from upart.consent.gate import MAIL
from upart.consent.guardians import ask_guardian, children_of, is_own, may_be_asked, pending_of
from upart.consent.models import Band
from upart.consent.purposes import OF_AGE, by_key, channels_of, meant, offered
from upart.consent.showing import is_on, page_of, value_of
from upart.context import context
from upart.db import unmasked
from upart.errors import Problem
from upart.hooks.routes import Blueprint, anyone_uncached, signed_in
from upart.mail.stopping import read_stop
from upart.privacy.taxonomy import MARKETING, Basis
from upart.theming.forms import show
from upart.theming.locales import gettext as _
from upart.theming.render import render

choices = Blueprint("choices", __name__)

TOKEN = 400
"""Characters of a token that are looked at."""

MAILED = "whoever opens the mailed link has shown that the mailbox is theirs"
SAVED = {
    "saved": "Your choices are saved. They count from now on.",
    "asked": "Saved. We have written to the parent or guardian whom you named.",
    "mailed": "Saved. For news and offers, open the link that we have just mailed you.",
}


@choices.get("/privacy/choices", policy=anyone_uncached, query=("saved",))
def mine() -> Response:
    """What somebody has agreed to, to be changed; for whoever is not signed in, the way to a link."""
    if context.person is None:
        return show("consent/visitor.html", MailedForm())
    said = SAVED.get(request.args.get("saved", ""), "")
    return render("consent/choices.html", page=page_of(context.person), saved=_(said) if said else "", token="")


@choices.post("/privacy/choices", policy=signed_in)
def change() -> Response:
    """Save what was ticked and what was not. News and offers by mail wait for a yes from the mailbox."""
    _count(str(context.person.id))
    asked = _for_guardian(context.person)
    address, missing = _guardian(context.person) if asked else ("", "")
    if wrong := _wrong(context.person) or missing:
        return _again(context.person, wrong, "")
    wanted = {key: on for key, on in _wanted().items() if not on or key not in asked | _waiting(context.person)}
    young = _band() in (Band.CHILD, Band.YOUNG)
    by_mail = {key for key, on in wanted.items() if on and key[1] == MAIL and _is_news(key[0]) and not _is_on(context.person, key)}
    save(context.person, {key: on for key, on in wanted.items() if key not in by_mail}, "page", band=_band())
    if asked:
        ask_guardian(context.person, asked, address)
        return to(url_for(".mine", saved="asked"))
    mailed = not young and ask_by_mail(context.person, [key for key, _channel in by_mail])
    return to(url_for(".mine", saved="mailed" if mailed else "saved"))


@choices.post("/privacy/choices/ask", policy=anyone_uncached)
def ask() -> Response:
    """Mail the link to the choices of an address; the answer is the same for every address."""
    form = MailedForm.posted()
    if not form.validate():
        return show("consent/visitor.html", form)
    count_try("choices", [form["email"].data, network()], limit=MAILS)
    mail_choices(form["email"].data)
    return to(url_for("sign.mail_sent"))


@choices.get("/privacy/choices/mailed", policy=anyone_uncached, query=("token", "saved"), shows=MAILED)
@unmasked(MAILED, keep=True)
def mailed() -> Response:
    """The choices of the address to which the link was mailed. Opening it changes nothing."""
    token = request.args.get("token", "")[:TOKEN]
    row = token_in(token, TokenPurpose.CHOICES)
    said = SAVED["saved"] if request.args.get("saved") else ""
    return render("consent/choices.html", page=page_of(whose(row)), saved=_(said) if said else "", token=token, answers=bool(children_of(row)))


@choices.post("/privacy/choices/mailed", policy=anyone_uncached, shows=MAILED)
@unmasked(MAILED, keep=True)
def change_by_link() -> Response:
    """Save the choices of that address: the link has come from the mailbox, so a yes counts at once."""
    token = request.form.get("token", "")[:TOKEN]
    row = token_in(token, TokenPurpose.CHOICES)
    _count(str.__str__(row.email or ""))
    person = whose(row)
    asked = _for_guardian(person)
    address, missing = _guardian(person) if asked else ("", "")
    if wrong := _wrong(person) or missing:
        return _again(person, wrong, token)
    wanted = {key: on for key, on in _wanted().items() if not on or key not in asked | _waiting(person)}
    save(person if person is not None else str.__str__(row.email or ""), wanted, "link", band=_band())
    if asked and person is not None:
        ask_guardian(person, asked, address)
    return to(url_for(".mailed", token=token, saved="y"))


@choices.get("/privacy/choices/confirm", policy=anyone_uncached, query=("token",))
@unmasked(MAILED, keep=True)
def look() -> Response:
    """The page of the link that says yes. Opening it changes nothing."""
    token = request.args.get("token", "")[:TOKEN]
    return render("consent/confirm.html", token=token, texts=[_(one.text) for one in meant_by(token_in(token, TokenPurpose.CONSENT))])


@choices.post("/privacy/choices/confirm", policy=anyone_uncached)
@unmasked(MAILED, keep=True)
def confirm() -> Response:
    """The mailbox says yes."""
    row = token_in(request.form.get("token", "")[:TOKEN], TokenPurpose.CONSENT)
    person, asked = whose(row), meant_by(row)
    use_up(row)
    if person is None or not asked:
        raise Problem(410, _("What this link was about has changed."), remedy=_("Open the page of your choices again."))
    agree_by_mail(person, [one.key for one in asked])
    return render("consent/confirmed.html", texts=[_(one.text) for one in asked])


@choices.get("/privacy/unsubscribe", policy=anyone_uncached, query=("token",))
def look_to_stop() -> Response:
    """The page behind "Stop these messages". Opening it changes nothing."""
    token = request.args.get("token", "")[:TOKEN]
    _person, purpose = _stopped(token)
    return render("consent/unsubscribe.html", token=token, texts=[_(one.text) for one in meant(purpose, MAIL)])


@choices.post("/privacy/unsubscribe", policy=anyone_uncached, guards_itself=True)
def stop_messages() -> Response:
    """No more of these messages, from now on; by the button of the page, or by one POST of a mail program (RFC 8058)."""
    person, purpose = _stopped((request.form.get("token") or request.args.get("token", ""))[:TOKEN])
    stop(person, purpose)
    return render("consent/stopped.html", texts=[_(one.text) for one in meant(purpose, MAIL)])


def _stopped(token: str) -> tuple[UUID, str]:
    found = read_stop(token)
    if found is None:
        raise Problem(410, _("This link stops nothing."), remedy=_("Open the newest message, or the page of your choices."))
    return found


def _rows() -> dict[str, Key]:
    return {value_of((one.key, channel)): (one.key, channel) for one in offered() for channel in channels_of(one)}


def _wanted() -> dict[Key, bool]:
    """What was on the page that was sent, and whether it was ticked. What was not on it stays as it is. Raises Problem 422 for what is not offered."""
    known, ticked = _rows(), set(request.form.getlist("give"))
    shown = [one.rpartition("|")[0] for one in request.form.getlist("shown")]
    if unknown := (ticked | set(shown)) - known.keys():
        raise Problem(422, _("This cannot be chosen here: %(what)s", what=min(unknown)[:80]), remedy=_("Open the page of your choices again."))
    return {known[value]: value in ticked for value in shown}


def _wrong(person: Person | None) -> str:
    """Why what was sent cannot be saved, in words; empty when it can."""
    wanted = _wanted()
    for shown in request.form.getlist("shown"):
        value, _bar, version = shown.rpartition("|")
        known = by_key(value.partition("|")[0])
        if known is None or version != str(known.version):
            return _("A text has changed since you opened this page. Read it again, and choose.")
    new = [one for key, on in wanted.items() if on and not _is_on(person, key) and (one := by_key(key[0])) is not None]
    band = _band() or (band_of(person) if person is not None else None)
    if band is None and any(one.basis is Basis.CONSENT or one.purpose in OF_AGE for one in new):
        return _("Say first how old you are: some of this is not for everybody.")
    if band is not Band.ADULT and _band() is None and any(one.purpose in OF_AGE for one in new):
        return _("Some of this is only for people who are 18 or older.")
    return ""


def _band() -> Band | None:
    """The answer to the question for the age, if one was given. Raises Problem 422 for one that is none."""
    said = request.form.get("age", "")
    try:
        return Band(said) if said else None
    except ValueError:
        raise Problem(422, _("This is no answer to the question how old you are."), remedy=_("Open the page of your choices again.")) from None


def _for_guardian(person: Person | None) -> set[Key]:
    """What was ticked by a child, and needs the yes of a guardian who has not been asked for it yet, or of another one whom it names now."""
    if (_band() or (band_of(person) if person is not None else None)) is not Band.CHILD:
        return set()
    return {key for key, on in _wanted().items() if on and may_be_asked(key[0]) and not _is_on(person, key)} - (set() if _named() else _waiting(person))


def _waiting(person: Person | None) -> set[Key]:
    return pending_of(person) if person is not None and band_of(person) is Band.CHILD else set()


def _count(by: str) -> None:
    """Count a mail to a guardian before anything else is done, so that it stays counted. Raises Problem 429 when it was too often."""
    if named := _named().lower():
        count_try("guardian", [by, named, network()], limit=MAILS)


def _named() -> str:
    return request.form.get("guardian", "")[:TOKEN].strip()


def _guardian(person: Person | None) -> tuple[str, str]:
    """The address of the guardian that was named; else why it is none, in words."""
    if person is None or person.account_id is None:
        return "", _("Somebody has to agree to this for you. Sign up here first, then name a parent or guardian.")
    form = GuardianForm.posted()
    if not form.validate():
        return "", _("Somebody has to agree to this for you: give the e-mail address of a parent or guardian.")
    address = form["guardian"].data
    if is_own(person, address):
        return "", _("This is your own address. Give that of a parent or guardian.")
    return address, ""


def _again(person: Person | None, wrong: str, token: str) -> Response:
    ticked = frozenset(request.form.getlist("give"))
    return render("consent/choices.html", 422, page=page_of(person, ticked, _band()), saved="", token=token, wrong=wrong, age=_band(), guardian=_named())


def _is_on(person: Person | None, key: Key) -> bool:
    one = by_key(key[0])
    return one is not None and is_on(one, state_of(person).get(key) if person is not None else None)


def _is_news(key: str) -> bool:
    one = by_key(key)
    return one is not None and one.purpose in MARKETING
