# SPDX-License-Identifier: MIT
"""The routes that take a secret, found by their code, and how each of them is tried."""

from __future__ import annotations

from inspect import unwrap
from types import CodeType

from calling import asked, registered
from people import NEW, mails, sign_in, token_in
from tokens import TOKENS, Held
from wtforms import PasswordField

from upart.academies import custody
from upart.accounts.models import TokenPurpose
from upart.theming.forms import Form

SECRETS = {"password", "current", "code", "token", "pin", "secret", "otp"}
"""Names of fields that hold something to be guessed."""

WORK = {"fits", "hash_password", "count_try", "accept_code", "switch_second_step_on", "token_in", "wanted", "look_up"}
"""What a view calls when it compares a secret."""


def code_of(function) -> list[CodeType]:
    """The code of a view and of the functions of its module that it calls."""
    found, waiting = [], [unwrap(function)]
    while waiting:
        one = waiting.pop()
        if hasattr(one, "__code__") and one.__code__ not in found:
            found.append(one.__code__)
            waiting += [one.__globals__[n] for n in one.__code__.co_names if getattr(one.__globals__.get(n), "__module__", "") == function.__module__]
    return found


def takes_secrets(function) -> bool:
    function = unwrap(function)
    names = {name for code in code_of(function) for name in code.co_names}
    constants = {value for code in code_of(function) for value in code.co_consts if isinstance(value, str)}
    forms = [function.__globals__[name] for name in names if isinstance(function.__globals__.get(name), type)]
    fields = [field for form in forms if issubclass(form, Form) for field in form()]
    return bool(names & WORK or constants & SECRETS or any(isinstance(field, PasswordField) or field.name in SECRETS for field in fields))


def credential_routes(portal) -> set[str]:
    return {rule.endpoint for rule in portal.app.url_map.iter_rules() if "POST" in rule.methods and takes_secrets(portal.app.view_functions[rule.endpoint])}


WRONG = "not this password"


def held(token: Held, **data):
    return token.path, {"token": token.token, **data}


def as_lena(path, prepare=lambda portal, lena: None, **data):
    def way(portal):
        lena = sign_in(portal, "lena")
        prepare(portal, lena)
        return path, data, lena

    return way


def in_custody(portal) -> str:
    """Orion, which nobody owns any more."""
    with portal.everywhere() as session:
        custody.take(session, portal.academy("orion").id)
    return "orion"


WAYS = {  # endpoint: how it is tried, as path and form; with the browser, if it has signed in
    "sign.enter_password": lambda portal: ("/sign-in", {"email": "lena@example.org", "password": WRONG}),
    "sign.enter_code": lambda portal: held(TOKENS[TokenPurpose.SECOND_STEP](portal), code="123456"),
    "sign.confirm_sign_up": lambda portal: held(TOKENS[TokenPurpose.SIGN_UP](portal), password=WRONG),
    "sign.accept_invitation": lambda portal: held(invited(portal, "odin"), password=WRONG),
    "sign.set_new_password": lambda portal: held(TOKENS[TokenPurpose.RESET](portal), password=NEW),
    "sign.ask_to_sign_up": lambda portal: ("/sign-up", {"name": "Mara", "email": "mara@example.org", "password": NEW}),
    "sign.ask_to_reset": lambda portal: ("/reset-password", {"email": "lena@example.org"}),
    "sign.hand_off": lambda portal: ("/sign-in/hand-off", {"token": WRONG}),
    "sign.take_hand_off": lambda portal: ("/sign-in/hand-off/go", {"token": WRONG}),
    "sign.join": lambda portal: ("/join", {"token": WRONG}),
    "sign.enter_again": as_lena("/sign-in/again", password=WRONG),
    "copies.download": as_lena("/privacy/archive", token=WRONG),
    "copies.ask": as_lena("/privacy/mine/archive"),
    "links.mail_link": lambda portal: ("/privacy/ask", {"email": "lena@example.org", "kind": "access"}),
    "links.confirm_link": lambda portal: ("/privacy/requests/confirm", {"token": WRONG}),
    "choices.change": as_lena("/privacy/choices", shown="newsletter|email|1", age="adult"),
    "choices.ask": lambda portal: ("/privacy/choices/ask", {"email": "lena@example.org"}),
    "choices.confirm": lambda portal: ("/privacy/choices/confirm", {"token": WRONG}),
    "choices.change_by_link": lambda portal: ("/privacy/choices/mailed", {"token": WRONG}),
    "guarding.answer": lambda portal: ("/privacy/choices/guardian", {"token": WRONG}),
    "choices.stop_messages": lambda portal: ("/privacy/unsubscribe", {"token": WRONG}),
    "consenting.proof": lambda portal: ("/privacy/choices/proof", {"token": WRONG}),
    "links.act": lambda portal: ("/privacy/requests/follow", {"token": WRONG, "act": "cancel"}),
    "links.download": lambda portal: ("/privacy/requests/copy", {"token": WRONG}),
    "bringing.send": as_lena("/privacy/mine/import"),
    "account.take_email": lambda portal: ("/account/email/confirm", {"token": WRONG}),
    "account.change_password": as_lena("/account/password", current=WRONG, password=NEW),
    "account.change_email": as_lena("/account/email", email="lena@new.example"),
    "account.begin_two_step": as_lena("/account/two-step"),
    "account.switch_two_step_on": as_lena("/account/two-step/on", lambda portal, lena: lena.post("/account/two-step"), code="123456"),
    "keeping.invite": lambda portal: ("/manage/custody/", {"academy": in_custody(portal), "name": "N", "email": "n@example.org"}, sign_in(portal, "pia")),
    "tokens.make": as_lena("/account/tokens", name="My calendar", scopes="core:me:read", days="90"),
    "oauth.answer": lambda portal: ("/oauth/authorize", {**asked(registered(portal)), "act": "allow"}, sign_in(portal, "lena")),
    "oauth.token": lambda portal: ("/oauth/token", {"grant_type": "refresh_token", "refresh_token": WRONG}),
    "oauth.end": lambda portal: ("/oauth/revoke", {"token": WRONG}),
    "people.send_invitation": lambda portal: ("/manage/people/invite", {"name": "N", "email": "n@example.org", "roles": "learner"}, sign_in(portal, "ada")),
}


COMPARED = {"sign.enter_password", "sign.enter_code", "sign.confirm_sign_up", "sign.accept_invitation", "sign.set_new_password", "sign.ask_to_sign_up"}
COMPARED |= {"sign.enter_again", "account.change_password", "account.switch_two_step_on"}
"""Those that hash a password or compute a code; the others look a token of 256 bits up, or need a fresh session."""


def invited(portal, name: str) -> Held:
    sign_in(portal, "ada").post("/manage/people/invite", data={"name": name.title(), "email": f"{name}@example.org", "roles": "teacher"})
    return Held(token_in(mails(portal, name)[-1]), "/invitation")
