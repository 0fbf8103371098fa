"""Typing a code, putting off, and asking for help, in a browser without script."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser

from qol_app.domain import codes
from qol_app.services import links, participants
from tests import builders

pytestmark = pytest.mark.browser


def test_code_not_today_and_help_work_without_script_on_a_small_phone(
    app: Flask, address: str, browser: Browser
) -> None:
    now = datetime.now(UTC)
    with app.extensions["sessions"].write() as session:
        study = builders.study(session, now)
        anchor = now.date() + timedelta(days=9)
        person = builders.participant(session, now, of=study, at="SHA", anchor=anchor)
        issued = links.issue_on_paper(
            session,
            participants.visit(session, person, "baseline"),
            code_key=app.extensions["settings"].code_key,
            channel="screen",
            actor=builders.COMMAND,
            now=now,
        )
        early = builders.link(session, now, participants.visit(session, person, "m3"))
        session.commit()
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="en-GB"
    )
    page = context.new_page()
    page.goto(f"{address}/s")
    page.get_by_label("Type the code of your letter").fill(codes.shown(issued.code).lower())
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"{address}/s/typed")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("link", name="Not today").click()
    page.get_by_label("In 3 days").check()
    page.get_by_label("I feel too ill today").check()
    page.get_by_role("button", name="Ask me again then").click()
    page.get_by_role("heading", name="That is all right").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(f"{address}/s/{early}")
    page.get_by_role("button", name="Tell the clinic").click()
    assert "The clinic has been told." in page.get_by_role("status").inner_text()
    assert page.locator("main").get_by_role("button").count() == 0
