"""Every state of the patient's pages by name, and how to bring a browser there.

The accessibility test looks at each, and ``make screenshots`` draws each. A new page state is
added here, once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from playwright.sync_api import Page, expect

from qol_app.domain.events import ParticipantEventKind
from qol_app.services import enrolment, links, participants, studies
from tests import builders
from tests.e2e.line import Line


@dataclass
class Stage:
    """A browser page, the application behind it, and the language of the patient."""

    page: Page
    app: Flask
    line: Line
    language: str

    def link(self, *, opens_in: int = 0, spoilt: Callable[..., None] | None = None) -> str:
        """The token of a new participant's baseline, whose window opens in so many days.

        Args:
            opens_in: Days until the window opens; negative where it opened before.
            spoilt: What happens to the visit once its link is made.
        """
        now = datetime.now(UTC)
        with self.app.extensions["sessions"].write() as session:
            known = [each.code for each in studies.every(session)]
            study = (
                studies.find(session, "example")
                if "example" in known
                else builders.study(session, now)
            )
            anchor = now.date() + timedelta(days=14 + opens_in)
            person = builders.participant(
                session, now, of=study, at="BER", anchor=anchor, language=self.language
            )
            visit = participants.visit(session, person, "baseline")
            token = builders.link(session, now, visit)
            if spoilt:
                spoilt(session, visit, now)
            session.commit()
        return token

    def open(self, token: str) -> None:
        """Open the link."""
        self.page.goto(f"{self.line.address}/s/{token}")

    def begin(self) -> None:
        """Start a new survey and wait until the page turns itself."""
        self.open(self.link(opens_in=-5))
        self.page.locator("main .button--primary").click()
        expect(self.page.locator("form[data-live]")).to_be_visible()

    def turn(self, times: int) -> None:
        """Go on so many pages without answering."""
        for _ in range(times):
            before = self.page.title()
            self.page.locator(".actions__next").click()
            expect(self.page).not_to_have_title(before)

    def page_number(self, number: int) -> None:
        """Begin, and go to this page of questions, counted from 1."""
        self.begin()
        self.turn(number - 1)


def welcome(stage: Stage) -> None:
    stage.open(stage.link(opens_in=-5))


def one_of(stage: Stage) -> None:
    stage.page_number(1)
    stage.page.locator("#ENERGY-4").check()


def scale(stage: Stage) -> None:
    stage.page_number(2)
    stage.page.locator("#COMFORT-7").check()


def number(stage: Stage) -> None:
    stage.page_number(3)
    stage.page.locator("#SLEEP_HOURS-input").fill("6.5")


def mistake(stage: Stage) -> None:
    stage.page_number(3)
    stage.page.locator("#SLEEP_HOURS-input").fill("99")
    stage.page.locator(".actions__next").click()
    expect(stage.page.locator(".field__error")).to_be_visible()


def opened_question(stage: Stage) -> None:
    stage.page_number(4)
    stage.page.locator("#OUTINGS-1").check()
    expect(stage.page.locator("[data-item=OUTING_EASE]")).to_be_visible()


def several_of(stage: Stage) -> None:
    stage.page_number(5)
    stage.page.locator("#SUPPORT-2").check()


def visual_analogue(stage: Stage) -> None:
    stage.page_number(6)
    stage.page.locator("#DAY-input").fill("65")


def text(stage: Stage) -> None:
    stage.page_number(7)
    stage.page.locator("#REMARK-input").fill("今天还好" * 12)


def declined(stage: Stage) -> None:
    stage.page_number(1)
    stage.page.locator("#none-ENERGY-declined").check()


def review_with_blanks(stage: Stage) -> None:
    stage.page_number(1)
    stage.page.locator("#ENERGY-4").check()
    stage.turn(7)
    stage.page.wait_for_url("**/survey/review")


def review_complete(stage: Stage) -> None:
    stage.begin()
    for item in ("#ENERGY-4", "#COMFORT-7", "#SLEEP_HOURS-input", "#OUTINGS-0", "#SUPPORT-2"):
        if item.endswith("input"):
            stage.page.locator(item).fill("7")
            stage.page.locator("#SLEEP_REST-3").check()
        else:
            stage.page.locator(item).check()
        if item == "#SUPPORT-2":
            stage.page.locator("#MOOD-6").check()
        stage.turn(1)
    stage.page.locator("#DAY-input").fill("65")
    stage.turn(1)
    stage.page.locator("#REMARK-input").fill("好")
    stage.turn(1)
    stage.page.wait_for_url("**/survey/review")


def thanks(stage: Stage) -> None:
    review_complete(stage)
    stage.page.locator(".actions__next").click()
    stage.page.wait_for_url("**/survey/thanks")


def waiting(stage: Stage) -> None:
    stage.page_number(2)
    stage.line.cut()
    stage.page.locator("#COMFORT-7").check()
    expect(stage.page.locator(".save-line--waiting")).to_be_visible()


def offline_end(stage: Stage) -> None:
    stage.begin()
    stage.line.cut()
    stage.page.locator("#ENERGY-4").check()
    stage.turn(7)
    expect(stage.page.locator("[data-blanks]")).to_be_visible(timeout=15_000)


def kept_on_the_device(stage: Stage) -> None:
    offline_end(stage)
    stage.page.locator(".actions__next").click()
    expect(stage.page.locator(".actions")).to_be_hidden()


def link_unknown(stage: Stage) -> None:
    stage.open("no-such-link")


def link_too_early(stage: Stage) -> None:
    stage.open(stage.link(opens_in=9))


def link_expired(stage: Stage) -> None:
    stage.open(stage.link(opens_in=-60))


def link_revoked(stage: Stage) -> None:
    stage.open(
        stage.link(
            opens_in=-5,
            spoilt=lambda session, visit, now: links.revoke(
                session, visit, actor=builders.COMMAND, now=now
            ),
        )
    )


def link_used(stage: Stage) -> None:
    stage.open(
        stage.link(
            opens_in=-5,
            spoilt=lambda session, visit, now: builders.answered(
                session, now, visit.participant, "baseline", {"ENERGY": 4}
            ),
        )
    )


def link_ended(stage: Stage) -> None:
    stage.open(
        stage.link(
            opens_in=-5,
            spoilt=lambda session, visit, now: enrolment.record_event(
                session,
                visit.participant,
                ParticipantEventKind.WITHDREW,
                happened_on=date(2026, 1, 1),
                actor=builders.COMMAND,
                now=now,
            ),
        )
    )


STATES: dict[str, Callable[[Stage], None]] = {
    state.__name__.replace("_", "-"): state
    for state in (
        welcome,
        one_of,
        declined,
        scale,
        number,
        mistake,
        opened_question,
        several_of,
        visual_analogue,
        text,
        review_with_blanks,
        review_complete,
        thanks,
        waiting,
        offline_end,
        kept_on_the_device,
        link_unknown,
        link_too_early,
        link_expired,
        link_revoked,
        link_used,
        link_ended,
    )
}
"""Each state's name with the function that reaches it."""
