"""What people do at a clinic's desk, page by page."""

from __future__ import annotations

import time
from datetime import date

from passlib.totp import TOTP  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, expect

from tests.e2e.clinic import Clinic
from tests.e2e.steps import turn

PARTICIPANT = "**/studies/example/participants/EX-SHA-*"


def press(page: Page) -> None:
    """Press the page's one button."""
    page.locator("main .button--primary").first.click()


def set_up_app(page: Page) -> TOTP:
    """Set the authenticator app up on the page that asks for it; return the app."""
    press(page)
    expect(page.locator(".qr svg")).to_be_visible()
    page.locator(".typed-key summary").click()
    phone = TOTP(key=page.locator(".typed-key__key").inner_text())
    page.locator("#code").fill(phone.generate().token)
    press(page)
    expect(page.locator(".recovery-codes li")).to_have_count(8)
    press(page)
    return phone


def sign_in(page: Page, email: str, password: str, phone: TOTP) -> None:
    """Sign in with a password and the code after the one that was used last."""
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    press(page)
    page.locator("#code").fill(str(phone.generate(int(time.time()) + 30).token))
    press(page)
    page.wait_for_url("**/studies/example/worklist")


def enrol(
    clinic: Clinic, page: Page, *, email: str = "", phone: str = "", language: str = "en"
) -> str:
    """Enrol somebody whose baseline is open today; return the study number."""
    clinic.go(page, "/studies/example/participants/new")
    page.locator("input[name=group][value=A]").check()
    page.locator("#anchor_date").fill(clinic.today.isoformat())
    page.locator("#language").select_option(language)
    page.locator("#birth_year").fill("1951")
    page.locator("#email").fill(email)
    page.locator("#phone").fill(phone)
    if email or phone:
        page.locator("#consented_on").fill(clinic.today.isoformat())
    press(page)
    page.wait_for_url(PARTICIPANT)
    return page.locator("h1.number").inner_text()


def worklist(clinic: Clinic, page: Page) -> Locator:
    """The worklist's page, as it is now."""
    clinic.go(page, "/studies/example/worklist")
    return page.locator("main")


def row(page: Page, number: str) -> Locator:
    """The rows of one participant among those that wait on the worklist."""
    return page.locator("#worklist tr", has_text=number)


def record(clinic: Clinic, page: Page, number: str) -> Locator:
    """The participant's page, as it is now."""
    clinic.go(page, f"/studies/example/participants/{number}")
    return page.locator("main")


def visit(page: Page, code: str = "baseline") -> Locator:
    """The block of one visit on a participant's page, opened."""
    block = page.locator(f"#visit-{code}")
    if block.get_attribute("open") is None:
        block.locator("summary.visit__head").click()
    return block


def record_event(page: Page, kind: str, on: date, note: str = "") -> None:
    """Record an event on the participant's page."""
    side = page.locator(".events")
    side.locator("details.disclosure summary").click()
    side.locator("#kind").select_option(kind)
    side.locator("#happened_on").fill(on.isoformat())
    side.locator("#note").fill(note)
    side.locator("form button[type=submit]").click()
    expect(page.locator(".notice--success")).to_be_visible()


def answer_all(page: Page, address: str) -> None:
    """Open a survey link and answer to the end, a patient's thumb on the first of everything."""
    page.goto(address)
    page.locator("main .button--primary").click()
    page.wait_for_url("**/survey/daily-life-check/p1")
    for _ in range(12):
        page.wait_for_load_state("load")
        if "/survey/review" in page.url:
            break
        for box in page.locator("main fieldset").all():
            box.locator("input").first.check()
        turn(page)
    page.wait_for_url("**/survey/review")
    page.locator(".actions__next").click()
    page.wait_for_url("**/survey/thanks")
