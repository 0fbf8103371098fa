"""Every state of a shared tablet's pages by name, and how to bring a browser there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask_security import hash_password
from playwright.sync_api import expect

from qol_app.domain import actor as actors
from qol_app.services import handovers, tablets
from tests.e2e.stage import Stage

PIN = "274913"


def handed_over(stage: Stage) -> str:
    """Make the browser a tablet that is handed to a patient; return what the check asks for."""
    now = datetime.now(UTC)
    with stage.app.app_context(), stage.app.extensions["sessions"].write() as session:
        visit = stage.visit(session)
        person = visit.participant
        nurse = actors.user(stage.nurse(session).id)
        tablet, token = tablets.register(
            session,
            person.study,
            person.site,
            name=f"Ward {person.number}",
            pin_hash=hash_password(PIN),
            actor=nurse,
            now=now,
        )
        handovers.hand_over(session, tablet.id, visit, actor=nurse, now=now)
        digits = "".join(filter(str.isdigit, person.number))[-3:]
        session.commit()
    stage.cookie("qol-tablet", token)
    stage.go("/tablet")
    return digits


def check(stage: Stage) -> None:
    handed_over(stage)


def fail(stage: Stage, times: int) -> None:
    handed_over(stage)
    for _ in range(times):
        stage.page.locator("#year").fill("1951")
        stage.page.locator("#digits").fill("000")
        stage.page.locator("main .button--primary").click()
        expect(stage.page.locator("#year:placeholder-shown, #year[value=''], #pin")).to_be_visible()


def mismatch(stage: Stage) -> None:
    fail(stage, 1)


def frozen(stage: Stage) -> None:
    fail(stage, 3)


def question(stage: Stage) -> None:
    digits = handed_over(stage)
    stage.page.locator("#year").fill("1960")
    stage.page.locator("#digits").fill(digits)
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator("form[data-live]")).to_be_visible()


def done(stage: Stage) -> None:
    question(stage)
    stage.page.locator("#ENERGY-4").check()
    stage.turn(7)
    stage.page.wait_for_url("**/survey/review")
    stage.page.locator(".actions__next").click()
    expect(stage.page.locator(".tablet-done")).to_be_visible()


def locked(stage: Stage) -> None:
    question(stage)
    stage.page.locator(".tablet-stop button").click()
    expect(stage.page.locator("#pin")).to_be_visible()


def wrong_pin(stage: Stage) -> None:
    locked(stage)
    type_pin(stage, "111111")
    stage.page.wait_for_url("**/tablet?pin=wrong")


def unlocked(stage: Stage) -> None:
    locked(stage)
    type_pin(stage, PIN)
    expect(stage.page.locator("#pin")).to_have_count(0)


def type_pin(stage: Stage, pin: str) -> None:
    stage.page.locator("#pin").fill(pin)
    stage.page.locator(".tablet-nurse .button").first.click()


STATES: dict[str, Callable[[Stage], None]] = {
    f"tablet-{state.__name__.replace('_', '-')}": state
    for state in (
        check,
        mismatch,
        frozen,
        question,
        done,
        locked,
        wrong_pin,
        unlocked,
    )
}
"""Each state's name with the function that reaches it."""
