"""The first day of a new nurse: from the invitation to the first answered questionnaire."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from qol_app.domain.roles import Role
from tests.e2e import desk
from tests.e2e.clinic import Clinic

pytestmark = pytest.mark.browser

NURSE, NAME = "li.na@hospital.example", "Li Na"
PATIENT = "wang@home.example"
OWN = "rivers run past quiet mills"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What people read on the way, in one language."""

    tag: str
    locale: str
    invited: str
    demanded: str
    nobody: str
    on_file: str
    on_its_way: str
    sent: str
    mail: str
    thanks: str
    answered: str
    arrivals: str


ENGLISH = Words(
    tag="en",
    locale="en",
    invited="Your account for Example study",
    demanded="Your role needs a second factor",
    nobody="Nobody waits today",
    on_file="On file",
    on_its_way="The e-mail is on its way.",
    sent="Sent",
    mail="Your questionnaire is ready",
    thanks="Your answers have arrived safely.",
    answered="Answered",
    arrivals="Answers that came in the last seven days",
)
CHINESE = Words(
    tag="zh-Hans",
    locale="zh-CN",
    invited="邀请您加入“示例研究”",
    demanded="您的角色",
    nobody="今天没有待填写的访视",
    on_file="已登记",
    on_its_way="邮件正在发送。",
    sent="已发送",
    mail="您的问卷已可填写",
    thanks="您的回答已安全送达。",
    answered="已填写",
    arrivals="最近七天收到的回答",
)


def invite(clinic: Clinic, words: Words) -> str:
    """The administrator invites the nurse; the link in her mail."""
    admin = clinic.signed_in("admin", Role.ADMIN, words.locale)
    clinic.go(admin, "/studies/example/users")
    admin.locator(".page-head .button--primary").click()
    admin.locator("#email").fill(NURSE)
    admin.locator("#name").fill(NAME)
    admin.locator("input[name=role][value=staff]").check()
    admin.locator("#site").select_option("SHA")
    admin.locator(f"input[name=language][value={words.tag}]").check()
    desk.press(admin)
    expect(admin.locator(".notice--success")).to_contain_text(NURSE)
    to, subject, text = clinic.mail()
    assert (to, subject) == (NURSE, words.invited)
    assert NAME in text
    return clinic.link_in(text)


def accept(page: Page, link: str, words: Words) -> None:
    """The nurse accepts, chooses her password, and may do nothing before she has an app."""
    page.goto(link)
    expect(page.locator("html")).to_have_attribute("lang", words.tag)
    desk.press(page)
    page.locator("#password").fill(OWN)
    page.locator("#again").fill(OWN)
    desk.press(page)
    page.wait_for_url("**/account/second-factor")
    expect(page.locator(".notice--info")).to_contain_text(words.demanded)


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=lambda words: words.tag)
def test_the_first_day_of_a_new_nurse(clinic: Clinic, words: Words) -> None:
    clinic.open_study()
    clinic.demand_codes_of_staff()
    nurse = clinic.somebody(words.locale)
    accept(nurse, invite(clinic, words), words)
    clinic.go(nurse, "/studies/example/participants")
    assert nurse.url.endswith("/account/second-factor")
    phone = desk.set_up_app(nurse)
    nurse.wait_for_url("**/studies/example/worklist")
    expect(nurse.locator("main")).to_contain_text(words.nobody)
    nurse.locator("form[action='/sign-out'] button").click()
    nurse.wait_for_url("**/sign-in")
    desk.sign_in(nurse, NURSE, OWN, phone)

    number = desk.enrol(clinic, nurse, email=PATIENT, language=words.tag)
    assert re.fullmatch(r"EX-SHA-001-\d\d", number)
    expect(nurse.locator(".people-facts")).to_contain_text(words.on_file)
    assert PATIENT not in nurse.content()
    desk.visit(nurse).locator("button[name=channel][value=email]").click()
    expect(nurse.locator(".notice--success")).to_contain_text(words.on_its_way)
    messages = nurse.locator("#messages-baseline")
    expect(messages).to_contain_text(words.sent)
    to, subject, text = clinic.mail()
    assert to == PATIENT
    assert subject.startswith(words.mail)
    assert number not in text

    patient = clinic.somebody(words.locale, width=390, height=844)
    desk.answer_all(patient, clinic.link_in(text))
    expect(patient.locator("main")).to_contain_text(words.thanks)

    board = desk.worklist(clinic, nurse)
    expect(desk.row(nurse, number)).to_have_count(0)
    expect(board).to_contain_text(words.arrivals)
    expect(board.locator(".arrivals")).to_contain_text(number)
    desk.record(clinic, nurse, number)
    expect(desk.visit(nurse).locator("summary")).to_contain_text(words.answered)
    expect(nurse.locator("#forms-baseline")).to_contain_text(words.answered)
    expect(nurse.locator("button[name=channel]")).to_have_count(0)
    assert clinic.count_sent() == (2, 0)
