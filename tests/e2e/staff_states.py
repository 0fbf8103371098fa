"""States of staff's pages by name, and how to bring a browser there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect
from sqlalchemy.orm import Session

from qol_app.db.models import Visit
from qol_app.domain import actor as actors
from qol_app.domain.keying import Keyed, Source
from qol_app.domain.postponing import Delay, Reason
from qol_app.domain.roles import Role
from qol_app.domain.said import Said
from qol_app.services import (
    corrections,
    help_requests,
    keying,
    links,
    opened,
    patient_answers,
    postponements,
    queries,
)
from qol_app.services.responses import Answer
from tests import builders
from tests.e2e.stage import Stage
from tests.e2e.tablet_states import handed_over

WATCHED = "with-alerts"


def study(code: str, page: str) -> str:
    return f"/studies/{code}/{page}"


def alarm(session: Session, visit: Visit, now: datetime) -> None:
    """The patient answers item 9 of the PHQ-9 with 2."""
    token = builders.link(session, now, visit)
    found = opened.by_token(session, token)
    response = next(
        each for each in found.visit.responses if each.form_version.instrument_id == "phq-9"
    )
    patient_answers.save(
        session,
        found.visit,
        response,
        [Answer(event_id=f"{visit.id}-q9", item="q9", value=2, answered_at=now)],
        wording=opened.wording(session, response, "en"),
        actor=actors.link(found.link_id),
        now=now,
    )


def call(session: Session, visit: Visit, now: datetime) -> None:
    """The patient opens a link that was revoked and tells the clinic."""
    token = builders.link(session, now, visit)
    links.revoke(session, visit, actor=builders.COMMAND, now=now)
    session.flush()
    assert help_requests.ask(session, opened.by_token(session, token), now=now)


def put_off(session: Session, visit: Visit, now: datetime) -> None:
    """The patient feels too ill today."""
    postponements.postpone(
        session, visit, Delay.IN_3_DAYS, Reason.TOO_ILL, actor=builders.COMMAND, now=now
    )


def happened(stage: Stage, *what: Callable[..., None], of: str = "example") -> str:
    """Let this happen, each to a new participant; sign in, and return the last one's number."""
    now = datetime.now(UTC)
    with stage.app.extensions["sessions"].write() as session:
        for each in what or (lambda *_: None,):
            visit = stage.visit(session, study=of)
            each(session, visit, now)
            number = visit.participant.number
        session.commit()
    stage.sign_in(of)
    return number


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


def sign_in(stage: Stage) -> None:
    stage.go("/sign-in")


def worklist(stage: Stage) -> None:
    happened(stage, alarm, call, put_off, of=WATCHED)
    stage.go(study(WATCHED, "worklist"))


def participants(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "participants"))


def participants_none(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "participants?q=nobody"))


def participant(stage: Stage) -> None:
    number = happened(stage, put_off)
    stage.go(study("example", f"participants/{number}"))


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


STATES: dict[str, Callable[[Stage], None]] = {
    f"staff-{state.__name__.replace('_', '-')}": state
    for state in (
        sign_in,
        worklist,
        participants,
        participants_none,
        participant,
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
