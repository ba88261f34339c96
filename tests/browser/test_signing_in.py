# SPDX-License-Identifier: MIT
"""Signing in as people do it: by keyboard alone, with cookies blocked, with typing errors, after the session has ended."""

from __future__ import annotations

import json
import re

import pytest
from people import PASSWORD, type_password


@pytest.fixture
def without_cookies(play, chromium, home, tmp_path):
    """A window of a browser whose owner blocks all cookies."""
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))
    context = play.chromium.launch_persistent_context(tmp_path, base_url=home("lena"), **chromium)
    yield context.pages[0]
    context.close()


def focused(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim().split(/\\s+/).join(' ')")


def test_with_cookies_blocked_lena_is_told_so_and_what_to_do(without_cookies):
    type_password(without_cookies, "lena")
    notice = without_cookies.get_by_role("alert")

    assert "Your browser blocks cookies for this site." in notice.inner_text()
    assert "Allow cookies for athena.localhost and try again." in notice.inner_text()
    notice.get_by_text("How to allow it").click()
    assert "Firefox" in notice.inner_text()
    without_cookies.get_by_role("link", name="Go on without signing in").click()
    assert without_cookies.get_by_role("heading", level=1).is_visible()


def test_errors_are_summed_up_get_the_focus_and_lead_to_their_fields(opened):
    mara = opened("vic")
    mara.goto("/sign-up")
    mara.get_by_label("E-mail").fill("not an address")
    mara.get_by_role("button", name="Create the account").click()
    assert focused(mara) == "errors"
    assert mara.title() == "Error: Create an account · Athena"
    assert mara.locator("#errors a").all_inner_texts() == ["Your name", "E-mail", "Password"]

    mara.locator("#errors").get_by_role("link", name="E-mail").click()
    assert focused(mara) == "f-email"
    field = mara.get_by_label("E-mail")
    assert (field.input_value(), field.get_attribute("aria-invalid")) == ("not an address", "true")
    assert "@" in mara.locator(f"#{field.get_attribute('aria-describedby').split()[-1]}").inner_text()


def test_an_expired_session_keeps_the_text_and_sends_it_after_the_password(opened):
    theo = opened("theo")
    theo.goto("/account/profile")
    theo.get_by_label("Name").fill("Theo with a new name")
    theo.context.clear_cookies()
    theo.get_by_role("button", name="Save").click()
    assert "Your session has ended" in theo.get_by_role("heading", level=1).inner_text()
    assert theo.get_by_text("Theo with a new name").is_visible()

    type_password(theo, "theo", "not the password")
    assert theo.get_by_text("Theo with a new name").is_visible()
    type_password(theo, "theo")
    theo.wait_for_url("**/account/?saved=profile")
    assert theo.get_by_role("heading", level=1).inner_text() == "Theo with a new name"
    theo.goto("/account/profile")
    theo.get_by_label("Name").fill("Theo")
    theo.get_by_role("button", name="Save").click()


def test_a_password_can_be_shown_and_hidden_again(opened):
    lena = opened("vic")
    lena.goto("/sign-in")
    field, button = lena.get_by_label("Password", exact=True), lena.get_by_role("button", name="Show")
    field.fill(PASSWORD)
    kinds = [field.get_attribute("type")]
    for _ in range(2):
        button.click()
        kinds.append(field.get_attribute("type"))

    assert kinds == ["password", "text", "password"]
    assert field.input_value() == PASSWORD


def test_lena_signs_in_and_out_without_a_mouse_and_always_sees_where_she_is(opened):
    lena = opened("vic", width=1280)
    lena.goto("/sign-in")

    def tab_to(name: str) -> None:
        for _ in range(20):
            lena.keyboard.press("Tab")
            box = "(e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 })(document.activeElement)"
            assert lena.evaluate(box), focused(lena)
            if focused(lena) == name:
                return
        raise AssertionError(f"{name} is not reached")

    tab_to("Skip to content")
    tab_to("f-email")
    lena.keyboard.type("lena@example.org")
    tab_to("f-password")
    lena.keyboard.type(PASSWORD)
    lena.keyboard.press("Enter")
    lena.wait_for_url("**/account/")
    tab_to("Le Lena")
    lena.keyboard.press("Enter")
    tab_to("Sign out")
    lena.keyboard.press("Enter")
    lena.wait_for_url(re.compile(r":\d+/$"))
    assert lena.context.cookies() == []


@pytest.mark.parametrize("name", ["lena", "ada"])
@pytest.mark.parametrize("width", [360, 1280])
def test_signing_out_is_never_far(opened, name, width):
    somebody = opened(name, width=width)
    somebody.goto("/manage/" if name == "ada" else "/account/devices")
    if not somebody.get_by_role("button", name="Sign out", exact=True).last.is_visible() or name == "lena":
        somebody.locator(".topbar :is(summary, button):visible").first.click()
    assert somebody.locator(":is(.topbar, .side) form[action='/sign-out'] button:visible").count() == 1
