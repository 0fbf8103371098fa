"""A shared tablet in a browser: from the nurse to the patient and back, and nothing is left."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Playwright, expect
from sqlalchemy import select

from qol_app.db.models import AnswerEvent
from tests.e2e.conftest import CHROMIUM, QUIET
from tests.e2e.steps import turn
from tests.e2e.ward import PIN, REMARK, Ward, open_ward

pytestmark = pytest.mark.browser


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Headless Chromium that keeps pages for its back button, as a tablet's does."""
    started = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=QUIET,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield started
    started.close()


@pytest.fixture
def ward(app: Flask, address: str, browser: Browser) -> Ward:
    return open_ward(app, address, browser)


def test_from_the_nurse_to_the_patient_and_back_nothing_is_left(ward: Ward) -> None:
    page, number = ward.page, ward.numbers[0]
    ward.sign_in()
    ward.register()
    ward.hand_over(number)
    staff_free = {cookie["name"] for cookie in ward.context.cookies()}
    assert staff_free <= {"qol", "qol-tablet"}
    assert number not in page.content()

    ward.check(number, year="1961")
    expect(page.locator("main")).to_contain_text("You can try 2 more times")
    ward.check(number)
    page.wait_for_url("**/survey/daily-life-check/**")
    ward.answer_all()
    page.locator(".actions__next").click()
    page.wait_for_url("**/survey/thanks")
    page.get_by_role("button", name="Done, give the tablet back").click()
    ward.expect_locked()
    assert ward.endings() == ["finished"]

    session_before = next(c for c in ward.context.cookies() if c["name"] == "qol")
    assert "survey" not in session_before["value"]
    ward.listen()
    seen = []
    for _ in range(25):
        page.go_back(wait_until="load")
        seen.append(page.url)
        shown = page.content()
        assert REMARK not in shown, page.url
        assert number not in shown, page.url
        assert "nurse@" not in shown, page.url
        if page.url == "about:blank":
            break
    pages = {re.sub(r"\?.*", "", url.replace(ward.address, "")) for url in seen}
    assert pages <= {"/tablet", "/sign-in", "about:blank"}

    paths = ("/studies/example/worklist", f"/studies/example/participants/{number}", "/home")
    for path in (*paths, "/survey", "/survey/review", "/survey/thanks", "/tablet"):
        ward.open(path)
        assert re.sub(r"\?.*", "", page.url) in {
            f"{ward.address}/{x}" for x in ("tablet", "sign-in")
        }
    assert ward.bodies
    for body in ward.bodies:
        assert REMARK not in body
        assert number not in body
    ward.expect_nothing_kept()
    cookies = {cookie["name"]: cookie["httpOnly"] for cookie in ward.context.cookies()}
    assert cookies == {"qol": True, "qol-tablet": True}


def test_the_second_patient_sees_nothing_of_the_first(ward: Ward) -> None:
    page, (first, second) = ward.page, ward.numbers
    ward.sign_in()
    ward.register()
    ward.hand_over(first)
    ward.check(first)
    ward.answer_all()
    page.get_by_role("button", name="Stop and give the tablet back").click()
    ward.expect_locked()

    page.locator("#pin").fill(PIN)
    page.get_by_role("button", name="Open the tablet").click()
    page.get_by_role("link", name="Sign in for another patient").click()
    page.wait_for_url("**/sign-in")
    ward.sign_in()
    ward.hand_over(second)
    ward.listen()
    ward.check(first)
    expect(page.locator("main")).to_contain_text("That did not match")
    assert page.locator("#year").input_value() == ""
    ward.check(second)
    for _ in range(12):
        page.wait_for_load_state("load")
        if "/survey/review" in page.url:
            break
        assert page.locator("main input:checked").count() == 0
        for text in page.locator("main textarea").all():
            assert text.input_value() == ""
        turn(page)
    assert page.url.endswith("/survey/review")
    for body in ward.bodies:
        assert REMARK not in body
        assert first not in body
    assert ward.endings() == ["taken_back", None]
    with ward.app.extensions["sessions"].read() as session:
        events = session.scalars(select(AnswerEvent)).all()
    assert {event.actor_kind for event in events} == {"link"}
    assert [event.value for event in events].count(REMARK) == 1


def test_a_tablet_that_nobody_touches_asks_and_then_locks(ward: Ward) -> None:
    page, number = ward.page, ward.numbers[0]
    ward.sign_in()
    ward.register()
    ward.hand_over(number)
    page.clock.install()
    ward.check(number)
    question = page.get_by_role("alertdialog", name="Are you still there?")
    page.clock.run_for(269_000)
    expect(question).to_be_hidden()
    page.clock.run_for(2_000)
    expect(question).to_be_visible()
    page.get_by_role("button", name="Yes, I go on").click()
    expect(question).to_be_hidden()
    page.clock.run_for(280_000)
    expect(question).to_be_visible()
    page.clock.run_for(25_000)
    ward.expect_locked()
    assert ward.endings() == ["idle"]


def test_after_sending_it_locks_by_itself(ward: Ward) -> None:
    page, number = ward.page, ward.numbers[0]
    ward.sign_in()
    ward.register()
    ward.hand_over(number)
    ward.check(number)
    ward.answer_all()
    page.clock.install()
    page.locator(".actions__next").click()
    page.wait_for_url("**/survey/thanks")
    page.clock.run_for(15_000)
    expect(page.get_by_role("button", name="Done, give the tablet back")).to_be_visible()
    page.clock.run_for(7_000)
    ward.expect_locked()
    assert ward.endings() == ["finished"]


def test_without_a_line_the_answers_are_covered_at_once_and_it_locks_when_the_line_is_back(
    ward: Ward,
) -> None:
    page, number = ward.page, ward.numbers[0]
    ward.sign_in()
    ward.register()
    ward.hand_over(number)
    ward.check(number)
    ward.context.set_offline(True)
    page.get_by_role("button", name="Stop and give the tablet back").click()
    expect(page.get_by_text("The tablet is locking")).to_be_visible()
    expect(page.locator("main")).to_be_hidden()
    assert ward.endings() == [None]
    ward.context.set_offline(False)
    ward.expect_locked()
    assert ward.endings() == ["taken_back"]


def test_the_whole_way_works_without_script(ward: Ward, browser: Browser) -> None:
    plain = browser.new_context(locale="en", java_script_enabled=False)
    scriptless = Ward(ward.app, ward.address, plain, plain.new_page(), ward.numbers)
    page, number = scriptless.page, ward.numbers[0]
    scriptless.sign_in()
    scriptless.register()
    scriptless.hand_over(number)
    scriptless.check(number)
    scriptless.answer_all()
    page.locator(".actions__next").click()
    page.get_by_role("button", name="Done, give the tablet back").click()
    scriptless.expect_locked()
    page.go_back()
    scriptless.expect_locked()
    assert ward.endings() == ["finished"]
