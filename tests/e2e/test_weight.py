"""What a patient's phone has to load, compressed, in kilobytes of 1000 bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from qol_app.services import participants
from tests import builders

pytestmark = pytest.mark.browser

FIRST_LOAD = 60_000
LATER_PAGE = 15_000
YEAR = 365 * 24 * 3600


def trial_link(app: Flask) -> str:
    """A link to the trial's whole baseline: QLQ-C30, LMC21 and EQ-5D-5L."""
    now = datetime.now(UTC)
    with app.extensions["sessions"].write() as session:
        study = builders.study(session, now, "nct06449937")
        anchor = now.date() + timedelta(days=5)
        person = builders.participant(
            session, now, of=study, at="S01", anchor=anchor, group="I", language="zh-Hans"
        )
        token = builders.link(session, now, participants.visit(session, person, "baseline"))
        session.commit()
    return token


def weigher(page: Page) -> Callable[[], float]:
    """A function that gives what was loaded since it was last asked, headers included."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    loaded: list[float] = []
    client.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))

    def weigh() -> float:
        total = sum(loaded)
        loaded.clear()
        return total

    return weigh


@pytest.fixture
def production(app: Flask) -> Flask:
    """The application as it keeps files in production."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    return app


def test_with_script_the_whole_trial_visit_is_light(
    production: Flask, address: str, browser: Browser
) -> None:
    page = browser.new_context().new_page()
    weigh = weigher(page)
    page.goto(f"{address}/s/{trial_link(production)}")
    page.locator("main .button--primary").click()
    expect(page.locator("#save-line")).to_have_text("您每填一题，答案都会立即保存。")
    page.wait_for_load_state("networkidle")
    first = weigh()
    assert 5_000 < first < FIRST_LOAD
    page.locator("input[type=radio]").first.check()
    page.locator(".actions__next").click()
    expect(page.locator("#save-line")).to_contain_text("保存到服务器")
    page.wait_for_load_state("networkidle")
    assert weigh() < LATER_PAGE


def test_without_script_it_is_too(production: Flask, address: str, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    weigh = weigher(page)
    page.goto(f"{address}/s/{trial_link(production)}")
    page.locator("main .button--primary").click()
    page.wait_for_url("**/survey/eortc-qlq-c30/p1")
    assert 5_000 < weigh() < FIRST_LOAD
    page.locator("input[type=radio]").first.check()
    page.locator(".actions__next").click()
    page.wait_for_url("**/survey/eortc-qlq-c30/p2")
    assert 500 < weigh() < LATER_PAGE
