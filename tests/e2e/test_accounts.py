"""From the invitation to a shut account, in a browser."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pytest
from flask import Flask
from passlib.totp import TOTP  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from qol_app.domain.roles import Role
from qol_app.jobs import make_queue
from tests import builders
from tests.builders import Post
from tests.e2e.line import Line
from tests.e2e.stage import Stage

pytestmark = pytest.mark.browser

GUEST = "li.na@hospital.example"
OWN = "rivers run past quiet mills"


def press(page: Page) -> None:
    page.locator("main .button--primary").click()


def invited(browser: Browser, app: Flask, line: Line, post: Post) -> str:
    """An administrator invites; the way in the mail."""
    page = browser.new_context(locale="en").new_page()
    stage = Stage(page, app, line, "en")
    now = datetime.now(UTC)
    with app.extensions["sessions"].write() as session:
        admin = builders.user(session, now, Role.ADMIN, of=stage.study(session), name="admin")
        session.commit()
    stage.enter(admin)
    stage.go("/studies/example/users")
    press_invite = page.locator(".page-head .button--primary")
    press_invite.click()
    page.locator("#email").fill(GUEST)
    page.locator("#name").fill("Li Na")
    page.get_by_label("Research nurse").check()
    page.locator("#site").select_option("SHA")
    press(page)
    expect(page.locator(".notice--success")).to_contain_text(GUEST)
    assert [mail.to for mail in post.mails] == [GUEST]
    return re.findall(r"http://survey\.example(/\S+)", post.mails[0].body)[0]


def accept(page: Page, address: str, way: str) -> None:
    page.goto(address + way)
    press(page)
    assert page.url == f"{address}/invitation"
    page.locator("#password").fill(OWN)
    page.locator("#again").fill(OWN)
    press(page)
    page.wait_for_url("**/studies/example/worklist")


def set_up_app(page: Page, address: str) -> tuple[TOTP, list[str]]:
    page.goto(f"{address}/account/second-factor")
    press(page)
    expect(page.locator(".qr svg")).to_be_visible()
    page.locator(".typed-key summary").click()
    app = TOTP(key=page.locator(".typed-key__key").inner_text())
    page.locator("#code").fill(app.generate().token)
    press(page)
    codes = page.locator(".recovery-codes li").all_inner_texts()
    assert len(codes) == 8
    press(page)
    page.wait_for_url("**/studies/example/worklist")
    return app, codes


def sign_out(page: Page) -> None:
    page.locator("form[action='/sign-out'] button").click()
    page.wait_for_url("**/sign-in")


def give_password(page: Page, password: str = OWN) -> None:
    page.locator("#email").fill(GUEST)
    page.locator("#password").fill(password)
    press(page)


def give_code(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    press(page)


def next_code(app: TOTP) -> str:
    """The code after the one that was used: taken a little early, as a fast phone shows it."""
    return str(app.generate(int(time.time()) + 30).token)


def test_invited_accepted_second_factor_recovery_code_shut(
    browser: Browser, app: Flask, address: str
) -> None:
    post = Post()
    app.extensions["queue"] = make_queue(
        app.extensions["settings"], app.extensions["sessions"], sender=post
    )
    line = Line(int(address.rpartition(":")[2]))
    way = invited(browser, app, line, post)
    page = browser.new_context(locale="en").new_page()
    page.set_default_timeout(8000)
    accept(page, address, way)
    phone, codes = set_up_app(page, address)
    sign_out(page)
    give_password(page)
    give_code(page, next_code(phone))
    page.wait_for_url("**/studies/example/worklist")
    sign_out(page)
    give_password(page)
    give_code(page, codes[0])
    page.wait_for_url("**/studies/example/worklist")
    sign_out(page)
    for _ in range(5):
        give_password(page, "not the password")
        expect(page.locator(".notice--danger")).to_be_visible()
    give_password(page)
    expect(page.locator(".notice--danger")).to_be_visible()
    assert page.url == f"{address}/sign-in"
    page.goto(f"{address}/studies/example/worklist")
    assert "/sign-in" in page.url
    line.close()
