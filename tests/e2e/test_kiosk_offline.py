"""A shared tablet without a line for longer than its session: nothing is lost, and it locks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, expect

from qol_app.domain.tablet_check import TabletState
from tests.e2e.steps import turn
from tests.e2e.ward import Ward, open_ward

pytestmark = pytest.mark.browser


@pytest.fixture
def ward(app: Flask, address: str, browser: Browser) -> Ward:
    return open_ward(app, address, browser)


def test_what_was_answered_without_a_line_arrives_once_after_the_session_and_it_locks(
    ward: Ward,
) -> None:
    """The tablet lay there without a line for longer than its session."""
    page, number = ward.page, ward.numbers[0]
    ward.begin_without_a_line(number)
    page.locator("#ENERGY-4").check()
    turn(page)
    page.locator("#COMFORT-7").check()
    expect(page.locator("#save-line")).to_contain_text("2 answers are only on this device")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        page.clock.fast_forward("20:00")
        expect(page.get_by_text("The tablet is locking")).to_be_visible()
        expect(page.locator("main")).to_be_hidden()
        ward.context.set_offline(False)
        ward.expect_locked()
        ward.expect_nothing_kept()
        assert ward.events() == [("ENERGY", 4), ("COMFORT", 7)]
        assert ward.endings() == ["idle"]
        ward.open("/survey")
        ward.expect_locked()
        assert ward.state() is TabletState.LOCKED


def test_a_locked_tablet_that_sends_what_waited_stays_locked(ward: Ward) -> None:
    """It was switched off without a line and comes back an hour later, at its own page."""
    page, number = ward.page, ward.numbers[0]
    ward.begin_without_a_line(number)
    page.locator("#ENERGY-4").check()
    expect(page.locator("#save-line")).to_contain_text("1 answer is only on this device")
    page.close()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        ward.context.set_offline(False)
        ward.page = ward.context.new_page()
        ward.page.clock.install(time=datetime.now(UTC))
        ward.open("/survey")
        ward.expect_locked()
        ward.expect_nothing_kept()
        assert ward.events() == [("ENERGY", 4)]
        assert ward.state() is TabletState.LOCKED
        ward.open("/survey")
        ward.expect_locked()


def test_a_patient_who_goes_on_without_a_line_for_longer_than_the_session_is_not_sent_away(
    ward: Ward,
) -> None:
    page, number = ward.page, ward.numbers[0]
    ward.begin_without_a_line(number)
    page.locator("#ENERGY-4").check()
    turn(page)
    for choice in (3, 4, 5, 6, 7):
        page.clock.fast_forward("04:00")
        page.locator(f"#COMFORT-{choice}").check()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        ward.context.set_offline(False)
        expect(page.locator("#save-line")).to_contain_text("Saved on the server")
        waited = [("ENERGY", 4), *[("COMFORT", choice) for choice in (3, 4, 5, 6, 7)]]
        assert ward.events() == waited
        turn(page)
        ward.answer_all()
        page.locator(".actions__next").click()
        page.wait_for_url("**/survey/thanks")
        page.get_by_role("button", name="Done, give the tablet back").click()
        ward.expect_locked()
        ward.expect_nothing_kept()
        assert ward.events()[:6] == waited
        assert {item for item, _value in ward.events()[6:]}.isdisjoint({"ENERGY", "COMFORT"})
        assert ward.endings() == ["finished"]
