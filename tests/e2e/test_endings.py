"""A death, and a withdrawal from the questionnaires: who is written to, and what still counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from tests.e2e import desk
from tests.e2e.clinic import Clinic

pytestmark = pytest.mark.browser

PATIENT = "wang@home.example"


def plan(clinic: Clinic, nurse: Page, number: str) -> None:
    """The system plans the invitation to an open visit; the nurse sees that it waits."""
    clinic.app.extensions["queue"].tasks.plan_reminders()
    desk.record(clinic, nurse, number)
    messages = desk.visit(nurse).locator("#messages-baseline")
    expect(messages).to_contain_text("Invitation")
    expect(messages).to_contain_text("Waiting to be sent")
    desk.worklist(clinic, nurse)
    expect(desk.row(nurse, number)).to_contain_text("Baseline")


def completion(clinic: Clinic, nurse: Page, visit: str) -> list[str]:
    """What the completion page says of one visit, cell by cell."""
    clinic.go(nurse, "/studies/example/completion")
    found = nurse.locator("#completion tbody tr", has=nurse.get_by_role("rowheader", name=visit))
    expect(found).to_have_count(1)
    return [text.strip() for text in found.locator("td").all_inner_texts()]


def nothing_goes_out(clinic: Clinic, nurse: Page, number: str, why: str) -> None:
    """The page says so at once; the sweep sends nothing, and no more is planned."""
    before = clinic.count_sent()
    desk.record(clinic, nurse, number)
    messages = desk.visit(nurse).locator("#messages-baseline")
    expect(messages).to_contain_text("Will not be sent")
    expect(messages).to_contain_text(why)
    clinic.send_what_waits()
    clinic.app.extensions["queue"].tasks.plan_reminders()
    clinic.send_what_waits()
    assert clinic.count_sent() == before
    desk.record(clinic, nurse, number)
    desk.visit(nurse)
    expect(messages.locator("tbody tr")).to_have_count(1)
    expect(messages).to_contain_text("Cancelled")
    expect(messages).to_contain_text(why)
    expect(nurse.locator("button[name=channel]")).to_have_count(0)


def test_nobody_writes_to_who_has_died_and_the_death_has_its_own_band(clinic: Clinic) -> None:
    clinic.open_study(with_reminders=True)
    nurse = clinic.signed_in("nurse")
    number = desk.enrol(clinic, nurse, email=PATIENT, phone="138 0013 8000")
    plan(clinic, nurse, number)

    desk.record(clinic, nurse, number)
    desk.record_event(nurse, "died", clinic.today)
    expect(nurse.locator(".notice--success")).to_contain_text("The event is recorded.")
    for code in ("baseline", "w4", "m3"):
        expect(nurse.locator(f"#visit-{code} summary")).to_contain_text("Died")
    nothing_goes_out(clinic, nurse, number, "died")
    assert clinic.count_sent() == (0, 0)

    board = desk.worklist(clinic, nurse)
    expect(board).to_contain_text("Nobody waits today")
    expect(board).not_to_contain_text(number)
    cells = completion(clinic, nurse, "Baseline")
    assert cells[1:] == ["–", "0/1 (0%)", "–", "Died 1"]
    expect(nurse.locator("#completion .completion__band--died")).to_have_count(3)
    expect(nurse.locator(".completion__legend")).to_contain_text("Died")


def test_who_stops_the_questionnaires_stays_in_the_study_and_what_was_sent_counts(
    clinic: Clinic,
) -> None:
    clinic.open_study(with_reminders=True)
    nurse = clinic.signed_in("nurse")
    first = desk.enrol(clinic, nurse, email=PATIENT)
    desk.visit(nurse).locator("button[name=channel][value=email]").click()
    link = clinic.link_in(clinic.mail()[2])
    patient = clinic.somebody(width=390, height=844)
    desk.answer_all(patient, link)
    second = desk.enrol(clinic, nurse, email="zhao@home.example")
    plan(clinic, nurse, second)

    for number in (first, second):
        desk.record(clinic, nurse, number)
        desk.record_event(nurse, "pro_stopped", clinic.today, "Says the questions tire her")
    nothing_goes_out(clinic, nurse, second, "stopped the questionnaires")
    assert clinic.count_sent() == (1, 0)
    expect(nurse.locator("#visit-baseline summary")).to_contain_text("Questionnaires stopped")

    desk.record(clinic, nurse, first)
    expect(nurse.locator("#visit-baseline summary")).to_contain_text("Answered")
    expect(nurse.locator("#visit-w4 summary")).to_contain_text("Questionnaires stopped")
    expect(nurse.locator(".events")).to_contain_text("Says the questions tire her")
    desk.visit(nurse).get_by_role("link", name="See the answers").click()
    expect(nurse.locator("#scores-daily-life-check tbody tr").first).not_to_contain_text("Missing")

    patient.goto(link)
    expect(patient.locator("main")).to_contain_text("Nothing more is asked of you.")

    board = desk.worklist(clinic, nurse)
    expect(board).to_contain_text("Nobody waits today")
    expect(board.locator(".arrivals")).to_contain_text(first)
    clinic.go(nurse, "/studies/example/participants")
    for number in (first, second):
        expect(nurse.locator("main tbody tr", has_text=number)).to_be_visible()
    # Once the window of the baseline has closed:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        nurse = clinic.signed_in("colleague")
        baseline = completion(clinic, nurse, "Baseline")
        assert baseline[1:] == ["1/1 (100%)", "1/2 (50%)", "–", "Questionnaires stopped 1"]
        assert completion(clinic, nurse, "Week 4")[4] == "Questionnaires stopped 2"
