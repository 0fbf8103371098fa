"""States of the pages for paper forms, corrections and queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import expect
from sqlalchemy.orm import Session

from qol_app.db.models import Visit
from qol_app.domain import actor as actors
from qol_app.domain.keying import Keyed, Source
from qol_app.domain.roles import Role
from qol_app.domain.said import Said
from qol_app.services import (
    corrections,
    keying,
    queries,
)
from tests import builders
from tests.e2e.staff_scenes import happened, study
from tests.e2e.stage import Stage


def keyed_by(session: Session, visit: Visit, now: datetime, name: str, energy: int) -> None:
    """A nurse keys the visit's first form from paper."""
    study = visit.participant.study
    nurse = builders.user(
        session, now, Role.STAFF, of=study, at="BER", name=f"{name}-{visit.participant.number}"
    )
    response = visit.responses[0]
    keying.key(
        session,
        response,
        Keyed(
            source=Source.PAPER,
            answered_on=now.date() - timedelta(days=1),
            language="en",
            helper=None,
            said={"ENERGY": Said(value=energy), "MOOD": Said(value=7)},
        ),
        seen=response.last_seq,
        user_id=nurse.id,
        actor=actors.user(nurse.id),
        now=now,
    )


def keyed_once(session: Session, visit: Visit, now: datetime) -> None:
    keyed_by(session, visit, now, "ada", 4)


def keyed_twice(session: Session, visit: Visit, now: datetime) -> None:
    keyed_by(session, visit, now, "ada", 4)
    keyed_by(session, visit, now, "bo", 5)


def corrected(session: Session, visit: Visit, now: datetime) -> None:
    """The patient's form was sent, an item corrected, and a monitor asked about it."""
    builders.answered(session, now, visit.participant, "baseline", {"ENERGY": 4, "COMFORT": 7})
    asker = builders.user(
        session,
        now,
        Role.MONITOR,
        of=visit.participant.study,
        at="BER",
        name=f"mo-{visit.participant.number}",
    )
    response, actor = visit.responses[0], actors.user(asker.id)
    corrections.correct(
        session, response, "ENERGY", Said(value=2), reason="Misread", actor=actor, now=now
    )
    queries.ask(
        session,
        response,
        "ENERGY",
        "Is the paper signed?",
        user_id=asker.id,
        actor=actor,
        now=now,
    )


def form_page(stage: Stage, of: Callable[..., None] | None, page: str) -> None:
    number = happened(stage, *([of] if of else []))
    form = f"participants/{number}/visits/baseline/forms/daily-life-check"
    stage.go(study("example", f"{form}/{page}"))


def key_form(stage: Stage) -> None:
    form_page(stage, None, "keying")


def key_form_second(stage: Stage) -> None:
    form_page(stage, keyed_once, "keying")


def key_form_mistake(stage: Stage) -> None:
    key_form(stage)
    stage.page.locator("#answered_on").fill("2020-01-01")
    stage.page.locator("#item-ENERGY").fill("9")
    stage.page.locator("#keying .button--primary").click()
    expect(stage.page.locator(".error-summary")).to_be_visible()


def key_form_differences(stage: Stage) -> None:
    form_page(stage, keyed_twice, "keying/differences")


def correction(stage: Stage) -> None:
    form_page(stage, corrected, "items/ENERGY/correction")


def answers_corrected(stage: Stage) -> None:
    number = happened(stage, corrected)
    stage.go(study("example", f"participants/{number}/visits/baseline/answers"))


def queries_open(stage: Stage) -> None:
    happened(stage, corrected)
    stage.go(study("example", "queries"))


def query(stage: Stage) -> None:
    queries_open(stage)
    stage.page.locator("main tbody a").first.click()
    expect(stage.page.locator("#text")).to_be_visible()


STATES: dict[str, Callable[[Stage], None]] = {
    f"staff-{state.__name__.replace('_', '-')}": state
    for state in (
        key_form,
        key_form_second,
        key_form_mistake,
        key_form_differences,
        correction,
        answers_corrected,
        queries_open,
        query,
    )
}
"""Each state's name with the function that reaches it."""
