"""States of staff's pages by name, and how to bring a browser there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from qol_app.domain.roles import Role
from tests import builders
from tests.e2e import account_states, paper_states, people_states
from tests.e2e.staff_scenes import WATCHED, alarm, call, happened, put_off, study
from tests.e2e.stage import Stage
from tests.e2e.tablet_states import handed_over


def sign_in(stage: Stage) -> None:
    stage.go("/sign-in")


def worklist(stage: Stage) -> None:
    happened(stage, alarm, call, put_off, of=WATCHED)
    stage.go(study(WATCHED, "worklist"))


def worklist_more(stage: Stage) -> None:
    """The sheet with what else can be done about a visit."""
    worklist(stage)
    stage.page.locator("[popovertarget]").first.click()
    expect(stage.page.locator(".row-more:popover-open")).to_be_visible()


def closed_visits(stage: Stage) -> None:
    closed(stage)
    stage.go(study("example", "closed-visits"))


def closed_visits_none(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "closed-visits"))


def why_missing(stage: Stage) -> None:
    number = happened(stage)
    stage.go(study("example", f"participants/{number}/visits/baseline/missing"))


def why_missing_mistake(stage: Stage) -> None:
    why_missing(stage)
    stage.page.locator("[name=reason][value=other]").check()
    stage.page.locator("main form .button--primary").click()
    expect(stage.page.locator(".field__error").first).to_be_visible()


def closed(stage: Stage) -> None:
    """The worklist with a visit that closed without answers."""
    with stage.app.extensions["sessions"].write() as session:
        stage.visit(session, opens_in=-60)
        session.commit()
    happened(stage)
    stage.go(study("example", "worklist"))


def completion(stage: Stage) -> None:
    closed(stage)
    stage.go(study("example", "completion"))


def participants(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "participants"))


def participants_none(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "participants?q=nobody"))


def participant(stage: Stage) -> None:
    number = happened(stage, put_off)
    stage.go(study("example", f"participants/{number}"))


def audit(stage: Stage) -> None:
    happened(stage, put_off)
    stage.sign_in_as(Role.MONITOR)
    stage.go(study("example", "audit"))


def texts(stage: Stage) -> None:
    happened(stage)
    stage.sign_in_as(Role.COORDINATOR)
    stage.go(study("example", "texts"))


def text(stage: Stage) -> None:
    texts(stage)
    stage.page.locator("main tbody a").first.click()
    expect(stage.page.locator("main textarea").first).to_be_visible()


def text_mistake(stage: Stage) -> None:
    text(stage)
    stage.page.locator("main textarea").first.fill("Hello {name}")
    stage.page.locator("main form .button--primary").first.click()
    expect(stage.page.locator(".field__error").first).to_be_visible()


def enrol(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "participants/new"))


def answers(stage: Stage) -> None:
    number = happened(
        stage,
        lambda session, visit, now: builders.answered(
            session, now, visit.participant, "baseline", {"ENERGY": 4, "COMFORT": 7}
        ),
    )
    stage.go(study("example", f"participants/{number}/visits/baseline/answers"))


def link(stage: Stage) -> None:
    participant(stage)
    stage.page.locator("form[action$='/link'] button").first.click()
    expect(stage.page.locator("main svg").first).to_be_visible()


def alerts(stage: Stage) -> None:
    happened(stage, alarm, of=WATCHED)
    stage.go(study(WATCHED, "alerts"))


def alert(stage: Stage) -> None:
    alerts(stage)
    stage.page.locator("main tbody a").first.click()
    expect(stage.page.locator("[name=note]")).to_be_visible()


def alert_acknowledged(stage: Stage) -> None:
    alert(stage)
    stage.page.locator("[name=note]").fill("Rang up; the doctor sees him this afternoon.")
    stage.page.locator("main form .button--primary").click()
    expect(stage.page.locator("[name=note]")).to_have_count(0)


def no_tablet(stage: Stage) -> None:
    stage.go("/tablet")


def hand_over(stage: Stage) -> None:
    handed_over(stage)
    number = happened(stage)
    stage.go(study("example", f"participants/{number}/hand-over"))


def tablets(stage: Stage) -> None:
    handed_over(stage)
    happened(stage)
    stage.go(study("example", "tablets"))


def tablet(stage: Stage) -> None:
    tablets(stage)
    stage.page.locator("main tbody a").first.click()
    expect(stage.page.locator("#pin")).to_be_visible()


STATES: dict[str, Callable[[Stage], None]] = (
    {
        f"staff-{state.__name__.replace('_', '-')}": state
        for state in (
            sign_in,
            worklist,
            worklist_more,
            closed,
            closed_visits,
            closed_visits_none,
            why_missing,
            why_missing_mistake,
            completion,
            participants,
            participants_none,
            participant,
            audit,
            texts,
            text,
            text_mistake,
            enrol,
            answers,
            link,
            alerts,
            alert,
            no_tablet,
            alert_acknowledged,
            hand_over,
            tablets,
            tablet,
        )
    }
    | account_states.STATES
    | people_states.STATES
    | paper_states.STATES
)
"""Each state's name with the function that reaches it."""
