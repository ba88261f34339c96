# SPDX-License-Identifier: MIT
"""Programs that call the API for somebody of the cast."""

from __future__ import annotations

import io
import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from people import sign_in

READ_ME = "core:me:read"
ORIGIN, BACK = "https://www.example.org", "https://www.example.org/back?from=athena"
VERIFIER = "a-verifier-that-nobody-guesses-in-a-hundred-years"


def made(portal, name: str = "lena", scopes: str = READ_ME, browser=None) -> str:
    """A token that this person has just made."""
    page = (browser or sign_in(portal, name)).post("/account/tokens", data={"name": "My calendar", "scopes": scopes, "days": "90"})
    assert page.status_code == 200, page.text
    return re.search(r'<code class="break">(upart_[0-9A-Za-z]+)</code>', page.text)[1]


def bearer(token: str, **more: str) -> dict:
    """Headers with which a program says who it is."""
    return {"Authorization": f"Bearer {token}", **more}


def sent(browser, name: str, content: bytes, **more: str):
    """The answer to a file that was sent into the library."""
    return browser.post("/api/v1/files", data={"file": (io.BytesIO(content), name)}, headers={"Sec-Fetch-Site": "same-origin", **more})


def me(portal, token: str, at: str = "athena", **more: str):
    """Who the portal says this token is."""
    return portal.visitor(at).get("/api/v1/me", headers=bearer(token, **more))


def registered(portal, *, scopes: str = READ_ME, redirects: str = BACK, owner: str = "ada") -> str:
    """The public key of a front end that Ada has registered."""
    ada = sign_in(portal, owner)
    sent = {"name": "Athena's garden", "origins": ORIGIN, "redirects": redirects, "scopes": scopes}
    page = ada.get(ada.post("/manage/api/new", data=sent).headers["Location"])
    return re.search(r"upart_pub_[0-9A-Za-z]+", page.text)[0]


def challenge(verifier: str = VERIFIER) -> str:
    """What a front end sends first (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def asked(key: str, **more: str) -> dict:
    """What a front end asks for at /oauth/authorize."""
    return {
        "response_type": "code", "client_id": key, "redirect_uri": BACK, "scope": READ_ME, "state": "kept by the front end",
        "code_challenge": challenge(), "code_challenge_method": "S256", **more,
    }  # fmt: skip


def told(answer) -> dict:
    """What stands in the address to which somebody is sent back."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def code_for(portal, key: str, name: str = "lena", browser=None) -> str:
    """The code with which this person is sent back after saying yes."""
    return told((browser or sign_in(portal, name)).post("/oauth/authorize", data={**asked(key), "act": "allow"}))["code"]


def exchanged(portal, key: str, code: str, at: str = "athena", **more: str):
    """The answer to a front end that shows a code."""
    sent = {"grant_type": "authorization_code", "client_id": key, "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER, **more}
    return portal.visitor(at).post("/oauth/token", data=sent, headers={"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"})


def refreshed(portal, key: str, token: str):
    """The answer to a front end that shows a refresh token."""
    sent = {"grant_type": "refresh_token", "client_id": key, "refresh_token": token}
    return portal.visitor("athena").post("/oauth/token", data=sent, headers={"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"})


def signed_in_there(portal, key: str, name: str = "lena") -> dict:
    """The tokens of a front end at which this person has signed in."""
    answer = exchanged(portal, key, code_for(portal, key, name))
    assert answer.status_code == 200, answer.text
    return answer.json
