# SPDX-License-Identifier: MIT
"""Scanners of mail open links, fetch them in advance, twice, with HEAD: nothing happens until a person presses a button."""

from __future__ import annotations

import pytest
from people import mails
from tokens import TOKENS

from upart.accounts.models import TokenPurpose

HANDED_OVER = {TokenPurpose.HAND_OFF, TokenPurpose.SECOND_STEP, TokenPurpose.JOIN}
"""Tokens that no mail carries: a form does."""

PROOF = "/privacy/receipt"
"""Where a proof lies: there is nothing to press there, so nothing that a scanner could do."""

OPENINGS = (
    {},
    {"method": "HEAD"},
    {"headers": {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}},
    {"headers": {"User-Agent": "Mozilla/5.0 (compatible; LinkScanner/1.0)", "Sec-Fetch-Site": "cross-site"}},
    {"method": "OPTIONS"},
)


@pytest.mark.parametrize("purpose", [purpose for purpose in TokenPurpose if purpose not in HANDED_OVER])
def test_a_scanner_opens_a_link_and_nothing_happens(portal, purpose):
    held = TOKENS[purpose](portal)
    before, sent = portal.contents(), len(mails(portal))
    for opening in OPENINGS * 2:
        answer = portal.visitor(held.at).open(f"{held.page}?token={held.token}", **{"method": "GET", **opening})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert portal.contents() == before
    assert len(mails(portal)) == sent

    assert held.use(portal).status_code < 400


@pytest.mark.parametrize("purpose", sorted(HANDED_OVER))
def test_what_no_mail_carries_has_no_page_to_open(portal, purpose):
    held = TOKENS[purpose](portal)
    assert portal.visitor(held.at).get(f"{held.path}?token={held.token}").status_code in (404, 405)
    assert held.use(portal).status_code < 400


def test_every_link_in_every_mail_is_of_a_kind_that_is_tried_here(portal):
    pages = {TOKENS[purpose](portal).page for purpose in TokenPurpose if purpose not in HANDED_OVER} | {PROOF}
    for message in mails(portal):
        text = message.get_body(("plain",)).get_content()
        for line in text.split():
            if "token=" in line:
                assert line.partition("localhost")[2].partition("?")[0] in pages, line
