"""States of the pages where participants are enrolled, edited and followed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from playwright.sync_api import FilePayload, expect
from sqlalchemy.orm import Session

from qol_app.db.models import Visit
from qol_app.domain.events import ParticipantEventKind
from qol_app.services import (
    enrolment,
)
from tests import builders
from tests.e2e.staff_scenes import happened, study
from tests.e2e.stage import Stage


def course(session: Session, visit: Visit, now: datetime) -> None:
    """A treatment, a death by mistake, and answers."""
    person, day = visit.participant, now.date()
    happened_to = partial(
        enrolment.record_event, session, person, happened_on=day, actor=builders.COMMAND, now=now
    )
    happened_to(ParticipantEventKind.TREATMENT, note="TACE 2")
    died = happened_to(ParticipantEventKind.DIED)
    session.flush()
    enrolment.strike_event(
        session, person, died.id, reason="Another patient", actor=builders.COMMAND, now=now
    )
    builders.answered(session, now, person, "baseline", {"ENERGY": 4}, sent=False)
    builders.link(session, now, visit)


def participant_course(stage: Stage) -> None:
    number = happened(stage, course)
    stage.go(study("example", f"participants/{number}"))


def participant_edit(stage: Stage) -> None:
    number = happened(stage, course)
    stage.go(study("example", f"participants/{number}/edit"))


def participant_moves(stage: Stage) -> None:
    participant_edit(stage)
    later = datetime.now(UTC).date() + timedelta(days=30)
    stage.page.locator("#anchor_date").fill(later.isoformat())
    stage.page.locator("#reason").fill("Typed wrongly")
    stage.page.locator("main form .button--primary").click()
    expect(stage.page.locator("#moves")).to_be_visible()


def strike_event(stage: Stage) -> None:
    participant_course(stage)
    stage.page.locator(".course__strike").first.click()
    expect(stage.page.locator("#reason")).to_be_visible()


def contact_empty(stage: Stage) -> None:
    number = happened(stage)
    stage.go(study("example", f"participants/{number}/contact"))


def contact_mistake(stage: Stage) -> None:
    contact_empty(stage)
    stage.page.locator("#phone").fill("0551-63601234")
    stage.page.locator("main form .button--primary").click()
    expect(stage.page.locator("#phone-error")).to_be_visible()


def contact_filed(stage: Stage) -> None:
    contact_empty(stage)
    stage.page.locator("#phone").fill("138 0013 8000")
    stage.page.locator("#consented_on").fill(datetime.now(UTC).date().isoformat())
    stage.page.locator("main form .button--primary").click()
    expect(stage.page.locator(".record")).to_be_visible()
    stage.page.locator("a[href$='/contact']").click()
    expect(stage.page.locator(".people-filed")).to_be_visible()


def import_file(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "participants/import"))


def _chosen(stage: Stage, *rows: str) -> None:
    import_file(stage)
    head = "Site,Group,Anchor date,Language,Year of birth,Mobile phone,Consent to contact"
    content = "\n".join([head, *rows]).encode()
    file = FilePayload(name="people.csv", mimeType="text/csv", buffer=content)
    stage.page.locator("#file").set_input_files(file)
    stage.page.locator("main form .button--primary").click()


def import_mistakes(stage: Stage) -> None:
    _chosen(stage, "BER,A,2026-02-30,en,51,,", "PAR,C,2026-03-05,fr,1951,0551-63601234,")
    expect(stage.page.locator("#mistakes")).to_be_visible()


def import_preview(stage: Stage) -> None:
    day = datetime.now(UTC).date().isoformat()
    _chosen(stage, f"BER,A,{day},en,1951,139 5501 2345,{day}", f"柏林,B组,{day},中文,1944,,")
    expect(stage.page.locator("#to-enrol")).to_be_visible()


def calendar(stage: Stage) -> None:
    happened(stage, course)
    stage.go(study("example", "calendar"))


STATES: dict[str, Callable[[Stage], None]] = {
    f"staff-{state.__name__.replace('_', '-')}": state
    for state in (
        participant_course,
        participant_edit,
        participant_moves,
        strike_event,
        contact_empty,
        contact_mistake,
        contact_filed,
        import_file,
        import_mistakes,
        import_preview,
        calendar,
    )
}
"""Each state's name with the function that reaches it."""
