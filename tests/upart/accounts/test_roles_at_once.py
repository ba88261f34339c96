# SPDX-License-Identifier: MIT
"""Two owners decide about roles: the second is told, and nothing of the first is lost."""

from __future__ import annotations

import re

from people import sign_in
from sqlalchemy import select

from upart.academies.models import Role


def test_what_a_role_may_do_is_not_overwritten_unseen(portal):
    ada, page = sign_in(portal, "ada"), "/manage/roles"
    shown = ada.get(page).text.partition('id="r-teacher"')[2].partition("</form>")[0]
    mark, ticked = re.search(r'name="was-permission" value="(\w+)"', shown)[1], re.findall(r'value="([a-z_.]+)" checked', shown)
    assert ada.post(f"{page}/teacher", data={"permission": ticked[:1], "was-permission": mark}).status_code == 303
    refused = ada.post(f"{page}/teacher", data={"permission": ticked[1:], "was-permission": mark})
    assert (refused.status_code, "Somebody saved this while you were writing." in refused.text) == (409, True)
    with portal.reading("athena") as session:
        assert session.scalars(select(Role.permissions).where(Role.name == "teacher")).one() == ticked[:1]

    again = re.findall(r'name="was-permission" value="(\w+)"', refused.text.partition('id="r-teacher"')[2])[0]
    assert ada.post(f"{page}/teacher", data={"permission": ticked[1:], "was-permission": again, "take-permission": "mine"}).status_code == 303
