"""The patient's path in a browser: without script, on a phone, and in Chinese only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from qol_app.services import participants, studies
from tests import builders
from tests.e2e.steps import turn

pytestmark = pytest.mark.browser

OWN_NAME_OF_A_LANGUAGE = "English"


def due_link(app: Flask, language: str, *, number: int = 1) -> str:
    """The token of a link that is due today, of the study's first participant or a further one."""
    now = datetime.now(UTC)
    with app.extensions["sessions"].write() as session:
        study = builders.study(session, now) if number == 1 else studies.find(session, "example")
        person = builders.participant(
            session,
            now,
            of=study,
            at="SHA",
            anchor=now.date() + timedelta(days=5),
            language=language,
        )
        token = builders.link(session, now, participants.visit(session, person, "baseline"))
        session.commit()
    return token


def walk(page: Page, address: str, token: str, look: Callable[[Page], None]) -> None:
    """Go from the link to the thank-you, answering what can be tapped; look at every page."""
    page.goto(f"{address}/s/{token}")
    look(page)
    page.locator("main .button--primary").click()
    for _ in range(12):
        page.wait_for_load_state("load")
        look(page)
        if "/survey/review" in page.url:
            break
        for box in page.locator("main fieldset").all():
            box.locator("input").first.check()
        turn(page)
    page.locator(".actions__next").click()
    page.wait_for_url("**/survey/thanks")
    look(page)


def test_everything_works_without_script(app: Flask, address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    seen: list[str] = []
    walk(context.new_page(), address, due_link(app, "en"), lambda page: seen.append(page.url))
    assert seen[-1].endswith("/survey/thanks")
    assert len([url for url in seen if "/survey/daily-life-check/" in url]) == 8


def test_no_page_is_wider_than_a_small_phone(app: Flask, address: str, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()

    def fits(page: Page) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url

    walk(page, address, due_link(app, "zh-Hans"), fits)


def test_the_chinese_path_holds_no_english_word(app: Flask, address: str, browser: Browser) -> None:
    page = browser.new_context(locale="zh-CN").new_page()

    def is_chinese(page: Page) -> None:
        text = page.locator("body").inner_text().replace(OWN_NAME_OF_A_LANGUAGE, "")
        assert re.findall(r"[A-Za-z]{2,}", text) == [], page.url
        assert page.locator("html").get_attribute("lang") == "zh-Hans"

    token = due_link(app, "zh-Hans")
    walk(page, address, token, is_chinese)
    page.goto(f"{address}/s/{token}")
    is_chinese(page)
    page.goto(f"{address}/s/wrong")
    is_chinese(page)
