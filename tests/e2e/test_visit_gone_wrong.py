"""A visit at which everything goes wrong, and is answered and corrected all the same."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import desk
from tests.e2e.clinic import Clinic
from tests.e2e.steps import stored_answers

pytestmark = pytest.mark.browser

PATIENT, PHONE = "wang@nowhere.example", "13800138000"
BASELINE = "visits/baseline"


def send(page: Page, channel: str) -> None:
    """Send the baseline's link by a channel, on the participant's page."""
    desk.visit(page).locator(f"button[name=channel][value={channel}]").click()


def key(page: Page, on: datetime, energy: str) -> None:
    """Key the paper form: the day, every answer, none to the remark."""
    page.locator("#answered_on").fill(on.strftime("%Y-%m-%d"))
    given = {
        "ENERGY": energy, "COMFORT": "7", "SLEEP_HOURS": "6.5", "SLEEP_REST": "4",
        "OUTINGS": "0", "SUPPORT": "1 3", "MOOD": "8", "DAY": "60",
    }  # fmt: skip
    for item, code in given.items():
        page.locator(f"#item-{item}").fill(code)
    page.get_by_role("button", name="Store this keying").click()


def the_mail_comes_back(clinic: Clinic, nurse: Page, number: str) -> None:
    clinic.inbox.recipient_answer = "550 no such user"
    desk.record(clinic, nurse, number)
    send(nurse, "email")
    expect(nurse.locator("#messages-baseline")).to_contain_text("Came back")
    expect(nurse.locator("#messages-baseline")).to_contain_text("the address was refused")
    assert clinic.count_sent() == (0, 0)
    board = desk.worklist(clinic, nurse)
    expect(board).to_contain_text("1 message did not arrive")
    expect(board.locator(".attention__row")).to_contain_text(number)
    expect(board.locator(".attention__row")).to_contain_text("the address was refused")


def a_text_message_goes_instead(clinic: Clinic, nurse: Page, number: str) -> str:
    nurse.locator(".attention__row a").click()
    nurse.wait_for_url(desk.PARTICIPANT)
    send(nurse, "sms")
    expect(nurse.locator(".notice--success")).to_contain_text("The text message is on its way.")
    rows = nurse.locator("#messages-baseline tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Text message")).to_contain_text("Sent")
    assert clinic.count_sent() == (0, 1)
    heard = clinic.text_message()
    assert (heard["to"], heard["kind"], heard["language"]) == (f"+86{PHONE}", "link", "en")
    assert number not in heard["text"]
    board = desk.worklist(clinic, nurse)
    expect(board).not_to_contain_text("did not arrive")
    expect(desk.row(nurse, number)).to_contain_text("Baseline")
    return clinic.link_in(heard["text"])


def the_letter_is_printed(clinic: Clinic, nurse: Page, number: str) -> str:
    desk.record(clinic, nurse, number)
    desk.visit(nurse).get_by_role("button", name="Show QR code").click()
    letter = nurse.locator("article.letter")
    expect(letter.locator("svg")).to_be_visible()
    expect(letter).to_contain_text(number)
    expect(letter).to_contain_text("Your questionnaire is ready")
    expect(letter).not_to_contain_text(PATIENT)
    nurse.emulate_media(media="print")
    expect(letter).to_be_visible()
    expect(nurse.get_by_role("button", name="Print the letter")).to_be_hidden()
    nurse.emulate_media(media="screen")
    return letter.locator(".letter__code").inner_text()


def the_paper_is_keyed_twice(clinic: Clinic, number: str, first: Page, second: Page) -> None:
    on = datetime.combine(clinic.today, datetime.min.time())
    desk.record(clinic, first, number)
    desk.visit(first).locator(".key-link").click()
    key(first, on, "2")
    expect(first.locator("main")).to_contain_text("Waiting for the second keying")
    assert stored_answers(clinic.app) == {}
    desk.record(clinic, second, number)
    desk.visit(second).locator(".key-link").click()
    expect(second.locator("#item-ENERGY")).to_have_value("")
    key(second, on, "3")
    expect(second.locator(".difference")).to_have_count(1)
    expect(second.locator(".difference")).to_contain_text("2 · ")
    expect(second.locator(".difference")).to_contain_text("3 · ")
    second.get_by_label("First keying").check()
    second.get_by_role("button", name="Store the form").click()
    expect(second.locator("main")).to_contain_text("This form is stored")
    assert stored_answers(clinic.app)["ENERGY"] == 2


def an_answer_is_corrected(clinic: Clinic, nurse: Page, number: str) -> None:
    desk.record(clinic, nurse, number)
    desk.visit(nurse).get_by_role("link", name="See the answers").click()
    expect(nurse.locator("main")).to_contain_text("Keyed from a paper form.")
    score = nurse.locator("#scores-daily-life-check tbody tr").first.locator("a")
    expect(score).to_have_text("62.5")
    nurse.get_by_role("link", name="Correct ENERGY").click()
    nurse.locator("input[type=radio][value='4']").check()
    nurse.get_by_role("button", name="Correct").click()
    expect(nurse.locator("#reason-error")).to_be_visible()
    nurse.locator("#reason").fill("The patient showed us the right box on the telephone")
    nurse.get_by_role("button", name="Correct").click()
    told = nurse.locator(".correction")
    expect(told.locator("del")).to_be_visible()
    expect(told).to_contain_text("The patient showed us the right box on the telephone")
    expect(told).to_contain_text("second")
    expect(score).to_have_text("75.0")
    score.click()
    expect(nurse.locator("main")).to_contain_text("62.5")


def test_a_mail_that_comes_back_ends_in_a_corrected_paper_form(clinic: Clinic) -> None:
    clinic.open_study()
    first, second = clinic.signed_in("first"), clinic.signed_in("second")
    number = desk.enrol(clinic, first, email=PATIENT, phone="138 0013 8000")
    the_mail_comes_back(clinic, first, number)
    link = a_text_message_goes_instead(clinic, first, number)
    code = the_letter_is_printed(clinic, first, number)
    the_paper_is_keyed_twice(clinic, number, first, second)

    board = desk.worklist(clinic, second)
    expect(desk.row(second, number)).to_have_count(0)
    expect(board.locator(".arrivals")).to_contain_text(number)
    an_answer_is_corrected(clinic, second, number)
    history = desk.record(clinic, second, number).locator(".history")
    for text in ("Message came back", "Paper form keyed", "Answer corrected"):
        expect(history).to_contain_text(text)

    patient = clinic.somebody(width=390, height=844)
    patient.goto(link)
    expect(patient.locator("main")).to_contain_text("Your answers are with us")
    expect(patient.locator("main")).to_contain_text("The clinic entered them for you.")
    clinic.go(patient, "/s")
    patient.locator("#code").fill(code)
    desk.press(patient)
    expect(patient.locator("main")).to_contain_text("Your answers are with us")
