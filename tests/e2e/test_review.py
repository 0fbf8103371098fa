"""The page before sending: who helped is remembered, and a line that goes down there is no end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from qol_app.db.models import Response
from tests.e2e.device import PAGES, Device
from tests.e2e.line import Line
from tests.e2e.steps import link_of_today, started
from tests.e2e.test_patient import due_link

pytestmark = pytest.mark.browser


@pytest.fixture
def line(address: str) -> Iterator[Line]:
    """The line between the browser and the server."""
    made = Line(int(address.rpartition(":")[2]))
    yield made
    made.close()


def helpers_sent(app: Flask) -> list[str | None]:
    with app.extensions["sessions"].read() as session:
        query = select(Response.helper).where(Response.submitted_at.is_not(None))
        return list(session.scalars(query))


def choose(page: Page, helper: str) -> None:
    page.locator(f"#helper-{helper}").check()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_who_helped_is_remembered_while_an_answer_is_changed(
    app: Flask, address: str, browser: Browser, script: bool
) -> None:
    page = started(
        browser, address, link_of_today(app), width=800, height=1280, java_script_enabled=script
    )
    page.goto(f"{address}/survey/review")
    choose(page, "wrote_down")
    page.get_by_role("button", name="Fill in").nth(1).click()
    page.wait_for_url("**/survey/daily-life-check/p2?review=1*")
    page.locator("#COMFORT-7").check()
    page.locator(".actions__next").click()
    page.wait_for_url("**/survey/review")
    expect(page.locator("#helper-wrote_down")).to_be_checked()
    page.locator("#helper-wrote_down").press("Enter")
    page.wait_for_url("**/survey/thanks")
    assert helpers_sent(app) == ["wrote_down"]


def at_the_review(device: Device) -> None:
    device.page.locator("#ENERGY-4").check()
    for _ in range(PAGES):
        device.go_on()
    device.page.wait_for_url("**/survey/review")


def test_a_line_that_goes_down_on_the_last_page_still_lets_it_be_sent(
    app: Flask, line: Line, browser: Browser
) -> None:
    device = Device(browser, line)
    device.open(due_link(app, "en"))
    at_the_review(device)
    line.cut()
    device.page.locator(".actions__next").click()
    expect(device.page.locator("h1")).to_have_text("Look through your answers")
    choose(device.page, "alone")
    device.go_back()
    device.go_on()
    expect(device.page.locator("#helper-alone")).to_be_checked()
    device.page.locator(".actions__next").click()
    expect(device.page.locator("h1")).to_have_text("Your answers are on this device")
    line.mend()
    device.page.wait_for_url("**/survey/thanks", timeout=60_000)
    assert helpers_sent(app) == ["alone"]
    device.close()
