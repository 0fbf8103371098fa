"""A paper form from the keyboard to the score, corrected, and asked about by a monitor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from qol_app.db.models import User
from qol_app.domain.roles import Role
from tests import builders
from tests.e2e.steps import stored_answers

pytestmark = pytest.mark.browser

FORM = "forms/daily-life-check"


@pytest.fixture
def people(app: Flask) -> dict[str, User]:
    """Two nurses and a monitor of Shanghai, and a participant whose baseline is due."""
    now = datetime.now(UTC)
    with app.extensions["sessions"].write() as session:
        study = builders.study(session, now)
        made = {
            name: builders.user(session, now, role, of=study, at="SHA", name=name)
            for name, role in (
                ("first", Role.STAFF),
                ("second", Role.STAFF),
                ("monitor", Role.MONITOR),
            )
        }
        anchor = now.date() + timedelta(days=5)
        builders.participant(session, now, of=study, at="SHA", anchor=anchor)
        session.commit()
    return made


def page_of(browser: Browser, app: Flask, address: str, user: User) -> Page:
    """A browser in which this user is signed in, at the visit's keying page."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    signer = app.session_interface.get_signing_serializer(app)
    value = signer.dumps(builders.browser_of(app.extensions["sessions"], user))
    name = app.config["SESSION_COOKIE_NAME"]
    context.add_cookies([{"name": name, "value": value, "url": address}])
    return context.new_page()


def visit(page: Page, address: str) -> str:
    """The address of the baseline, found as a nurse finds it."""
    page.goto(f"{address}/studies/example/participants")
    page.locator("main tbody th a").first.click()
    expect(page.locator(".key-link").first).to_be_visible()
    return f"{page.url.split('?')[0]}/visits/baseline"


def key(page: Page, energy: str) -> None:
    """Key a form with the keyboard alone, from the date to the button."""
    page.locator("#answered_on").focus()
    page.keyboard.type(datetime.now(UTC).strftime("%m%d%Y"))
    page.locator("#item-ENERGY").focus()
    keys = [energy, "7", "6", ".", "5", "Enter", "4", "0"]
    for each in keys:
        page.keyboard.press(each)
    # Going out was answered with no, so how easy it was is passed over.
    expect(page.locator("#item-SUPPORT")).to_be_focused()
    for each in ("1", " ", "3", "Enter", "-"):
        page.keyboard.press(each)
    expect(page.locator("#item-DAY")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#item-MOOD")).to_be_focused()
    for each in ("8", "6", "0", "Enter"):
        page.keyboard.press(each)
    expect(page.get_by_role("button", name="Store this keying")).to_be_focused()
    page.keyboard.press("Enter")


def test_a_paper_form_is_keyed_twice_settled_scored_corrected_and_asked_about(
    app: Flask, address: str, browser: Browser, people: dict[str, User]
) -> None:
    first, second, monitor = (
        page_of(browser, app, address, people[name]) for name in ("first", "second", "monitor")
    )
    baseline = visit(first, address)
    first.locator(".key-link").first.click()
    first.wait_for_url("**/keying")
    key(first, "4")
    expect(first.locator("main")).to_contain_text("Waiting for the second keying")
    assert stored_answers(app) == {}

    second.goto(f"{baseline}/{FORM}/keying")
    expect(second.locator("#item-COMFORT")).to_have_value("")
    key(second, "5")
    expect(second.locator(".difference")).to_have_count(1)
    expect(second.locator(".difference")).to_contain_text("4 · A good deal")
    expect(second.locator(".difference")).to_contain_text("5 · Plenty")
    second.get_by_label("First keying").check()
    second.get_by_role("button", name="Store the form").click()
    expect(second.locator("main")).to_contain_text("This form is stored")
    assert stored_answers(app)["ENERGY"] == 4
    assert stored_answers(app)["SUPPORT"] == [1, 3]

    second.goto(f"{baseline}/answers")
    score = second.locator("#scores-daily-life-check tbody tr").first.locator("a")
    expect(score).to_have_text("75.0")

    second.get_by_role("link", name="Correct ENERGY").click()
    second.get_by_label("5 · Plenty").check()
    second.locator("#reason").fill("The cross is between 4 and 5; the patient says 5")
    second.get_by_role("button", name="Correct").click()
    expect(second.locator(".correction")).to_contain_text("A good deal → Plenty")
    expect(score).to_have_text("81.2")

    monitor.goto(f"{baseline}/answers")
    monitor.get_by_role("link", name="Ask about this form").click()
    monitor.locator("#item").select_option("ENERGY")
    monitor.locator("#text").fill("When did the patient say so?")
    monitor.get_by_role("button", name="Ask the site").click()
    first.goto(f"{address}/studies/example/queries")
    first.locator("main tbody a").first.click()
    first.locator("#text").fill("On the telephone, the same day.")
    first.get_by_role("button", name="Answer").click()
    monitor.reload()
    expect(monitor.locator(".query")).to_contain_text("On the telephone, the same day.")
    monitor.get_by_role("button", name="Close").click()
    expect(monitor.locator("main .status")).to_have_text("Closed by the monitor")
