"""A ward with a shared tablet, its nurse, and two patients, in a real browser."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask_security import hash_password
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect
from sqlalchemy import select

from qol_app.db.models import AnswerEvent, Handover, Tablet
from qol_app.domain.roles import Role
from qol_app.domain.tablet_check import TabletState
from qol_app.services import handovers
from tests import builders
from tests.builders import PASSWORD
from tests.e2e.steps import turn

PIN = "274913"
REMARK = "zebra-crossing"
"""What the first patient writes; no page may show it once the tablet is locked."""

KEPT = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map((each) => each.name),
  caches: await caches.keys(), cookie: document.cookie,
})"""
NOTHING = {"local": [], "session": [], "databases": [], "caches": [], "cookie": ""}


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


def open_ward(app: Flask, address: str, browser: Browser) -> Ward:
    """The ward on a new day: nobody is signed in, and the device is no tablet yet."""
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
