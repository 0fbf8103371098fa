"""A shared tablet in a browser: from the nurse to the patient and back, and nothing is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask_security import hash_password
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Response, expect
from sqlalchemy import select

from qol_app.db.models import AnswerEvent, Handover, Tablet
from qol_app.domain.roles import Role
from qol_app.domain.tablet_check import TabletState
from qol_app.services import handovers
from tests import builders
from tests.builders import PASSWORD
from tests.e2e.conftest import CHROMIUM, QUIET
from tests.e2e.steps import turn

pytestmark = pytest.mark.browser

PIN = "274913"
REMARK = "zebra-crossing"
"""What the first patient writes; no page may show it once the tablet is locked."""

KEPT = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map((each) => each.name),
  caches: await caches.keys(), cookie: document.cookie,
})"""
NOTHING = {"local": [], "session": [], "databases": [], "caches": [], "cookie": ""}


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


@dataclass
class Ward:
    """The tablet's browser, and the two patients of the day."""

    app: Flask
    address: str
    context: BrowserContext
    page: Page
    numbers: list[str]
    bodies: list[str] = field(default_factory=list)
    """Every page that the browser was given since ``listen``."""

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self) -> None:
        self.open("/sign-in")
        self.page.locator("#email").fill("nurse@example.org")
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_url("**/worklist")

    def register(self) -> None:
        self.page.get_by_role("link", name="Tablets").click()
        self.page.locator("#name").fill("Ward 3")
        self.page.locator("#pin").fill(PIN)
        self.page.locator("#again").fill(PIN)
        self.page.get_by_role("button", name="Register this tablet").click()
        expect(self.page.locator("main")).to_contain_text("This device is the tablet Ward 3.")

    def hand_over(self, number: str) -> None:
        self.open(f"/studies/example/participants/{number}")
        self.page.get_by_role("link", name="Hand over the tablet").click()
        self.page.get_by_role("button", name="Hand over").click()
        self.page.wait_for_url("**/tablet")

    def check(self, number: str, year: str = "1960") -> None:
        self.page.locator("#year").fill(year)
        self.page.locator("#digits").fill(re.sub(r"\D", "", number)[-3:])
        self.page.get_by_role("button", name="Go on").click()
        self.page.wait_for_load_state("load")

    def answer_all(self) -> None:
        """Answer what can be tapped, write a remark, and stop at the review."""
        for _ in range(12):
            self.page.wait_for_load_state("load")
            if "/survey/review" in self.page.url:
                return
            for box in self.page.locator("main fieldset").all():
                box.locator("input").first.check()
            for text in self.page.locator("main textarea").all():
                text.fill(REMARK)
            turn(self.page)

    def expect_locked(self) -> None:
        self.page.wait_for_url("**/tablet")
        expect(self.page.locator("#pin")).to_be_visible()

    def listen(self) -> None:
        """Keep every page that the browser is given from now on."""

        def keep(response: Response | None) -> None:
            if response is None or 300 <= response.status < 400:
                return
            if "text/html" in response.headers.get("content-type", ""):
                self.bodies.append(response.text())

        self.page.on("requestfinished", lambda request: keep(request.response()))

    def begin_without_a_line(self, number: str) -> None:
        """Hand over, pass the check, and cut the line as soon as the device could go on."""
        self.sign_in()
        self.register()
        self.hand_over(number)
        self.page.clock.install()
        self.check(number)
        expect(self.page.locator("form[data-live]")).to_be_visible()
        self.context.set_offline(True)

    def expect_nothing_kept(self) -> None:
        """The lock page looks for waiting answers, sends them, then erases its store."""
        for _ in range(100):
            if self.page.evaluate(KEPT) == NOTHING:
                break
            self.page.wait_for_timeout(100)
        assert self.page.evaluate(KEPT) == NOTHING

    def events(self) -> list[tuple[str, object]]:
        """Every answer that the server has, blanks aside, in the order in which they came."""
        with self.app.extensions["sessions"].read() as session:
            found = session.scalars(select(AnswerEvent).order_by(AnswerEvent.id))
            return [(event.item, event.value) for event in found if event.value is not None]

    def state(self) -> TabletState:
        with self.app.extensions["sessions"].read() as session:
            tablets = session.scalars(select(Tablet)).all()
            found = handovers.states(session, tablets, now=datetime.now(UTC))
            return found[tablets[0].id][0]

    def endings(self) -> list[str | None]:
        with self.app.extensions["sessions"].read() as session:
            return list(session.scalars(select(Handover.ended_as).order_by(Handover.id)))


@pytest.fixture
def ward(app: Flask, address: str, browser: Browser) -> Ward:
    now = datetime.now(UTC)
    with app.app_context(), app.extensions["sessions"].write() as session:
        study = builders.study(session, now)
        anchor = now.date() + timedelta(days=5)
        numbers = [
            builders.participant(session, now, of=study, at="SHA", anchor=anchor).number
            for _ in range(2)
        ]
        builders.user(
            session,
            now,
            Role.STAFF,
            of=study,
            at="SHA",
            name="nurse",
            password_hash=hash_password(PASSWORD),
        )
        session.commit()
    context = browser.new_context(locale="en", viewport={"width": 800, "height": 1280})
    return Ward(app, address, context, context.new_page(), numbers)


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


def test_what_was_answered_without_a_line_arrives_once_after_the_session_and_it_locks(
    ward: Ward,
) -> None:
    """The tablet lay there without a line for longer than its session."""
    page, number = ward.page, ward.numbers[0]
    ward.begin_without_a_line(number)
    page.locator("#ENERGY-4").check()
    turn(page)
    page.locator("#COMFORT-7").check()
    expect(page.locator("#save-line")).to_contain_text("2 answers are only on this device")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        page.clock.fast_forward("20:00")
        expect(page.get_by_text("The tablet is locking")).to_be_visible()
        expect(page.locator("main")).to_be_hidden()
        ward.context.set_offline(False)
        ward.expect_locked()
        ward.expect_nothing_kept()
        assert ward.events() == [("ENERGY", 4), ("COMFORT", 7)]
        assert ward.endings() == ["idle"]
        ward.open("/survey")
        ward.expect_locked()
        assert ward.state() is TabletState.LOCKED


def test_a_locked_tablet_that_sends_what_waited_stays_locked(ward: Ward) -> None:
    """It was switched off without a line and comes back an hour later, at its own page."""
    page, number = ward.page, ward.numbers[0]
    ward.begin_without_a_line(number)
    page.locator("#ENERGY-4").check()
    expect(page.locator("#save-line")).to_contain_text("1 answer is only on this device")
    page.close()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        ward.context.set_offline(False)
        ward.page = ward.context.new_page()
        ward.page.clock.install(time=datetime.now(UTC))
        ward.open("/survey")
        ward.expect_locked()
        ward.expect_nothing_kept()
        assert ward.events() == [("ENERGY", 4)]
        assert ward.state() is TabletState.LOCKED
        ward.open("/survey")
        ward.expect_locked()


def test_a_patient_who_goes_on_without_a_line_for_longer_than_the_session_is_not_sent_away(
    ward: Ward,
) -> None:
    page, number = ward.page, ward.numbers[0]
    ward.begin_without_a_line(number)
    page.locator("#ENERGY-4").check()
    turn(page)
    for choice in (3, 4, 5, 6, 7):
        page.clock.fast_forward("04:00")
        page.locator(f"#COMFORT-{choice}").check()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        ward.context.set_offline(False)
        expect(page.locator("#save-line")).to_contain_text("Saved on the server")
        waited = [("ENERGY", 4), *[("COMFORT", choice) for choice in (3, 4, 5, 6, 7)]]
        assert ward.events() == waited
        turn(page)
        ward.answer_all()
        page.locator(".actions__next").click()
        page.wait_for_url("**/survey/thanks")
        page.get_by_role("button", name="Done, give the tablet back").click()
        ward.expect_locked()
        ward.expect_nothing_kept()
        assert ward.events()[:6] == waited
        assert {item for item, _value in ward.events()[6:]}.isdisjoint({"ENERGY", "COMFORT"})
        assert ward.endings() == ["finished"]


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
