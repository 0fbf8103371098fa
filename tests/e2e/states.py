"""Every state of the patient's own pages by name, and how to bring a browser there.

The accessibility test looks at each, and ``make screenshots`` draws each. A new page state is
added here, once; those of a shared tablet and of staff stand in the files beside this one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from playwright.sync_api import expect

from qol_app.domain.events import ParticipantEventKind
from qol_app.services import enrolment, links
from tests import builders
from tests.e2e.stage import Stage


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


def not_today(stage: Stage) -> None:
    stage.begin()
    stage.go("/survey/not-today")


def not_today_mistake(stage: Stage) -> None:
    not_today(stage)
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator(".field__error").first).to_be_visible()


def not_today_done(stage: Stage) -> None:
    not_today(stage)
    stage.page.locator("[name=delay]").first.check()
    stage.page.locator("[name=reason]").first.check()
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator("[name=delay]")).to_have_count(0)


def welcome_watched(stage: Stage) -> None:
    stage.open(stage.link(opens_in=-5, study="with-alerts"))


def typing(stage: Stage) -> None:
    stage.go("/s")


def typing_mistake(stage: Stage) -> None:
    stage.go("/s")
    stage.page.locator("[name=code]").fill("7KQ2")
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator(".field__error")).to_be_visible()


def help_called(stage: Stage) -> None:
    stage.open(stage.link(opens_in=9))
    stage.page.locator("main button").click()
    expect(stage.page.get_by_role("status").first).to_be_visible()


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
        not_today,
        not_today_mistake,
        not_today_done,
        welcome_watched,
        typing,
        typing_mistake,
        help_called,
        link_unknown,
        link_too_early,
        link_expired,
        link_revoked,
        link_used,
        link_ended,
    )
}
"""Each state's name with the function that reaches it."""
