"""The main job in a browser: an answer goes from the link to staff, chart and file."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_security import hash_password
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from qol_app.db.models import Study
from qol_app.domain.roles import Role
from qol_app.services import participants
from tests import builders
from tests.builders import PASSWORD
from tests.conftest import database as database
from tests.e2e.steps import turn

pytestmark = pytest.mark.browser


def prepare(app: Flask) -> tuple[str, str]:
    """Five people who gave yesterday a 50, one who has not answered, a nurse and an analyst."""
    now = datetime.now(UTC)
    anchor = now.date() + timedelta(days=5)
    with app.app_context(), app.extensions["sessions"].write() as session:
        study = builders.study(session, now)
        sent = []
        for _ in range(5):
            person = builders.participant(session, now, of=study, at="SHA", anchor=anchor)
            visit = builders.answered(session, now, person, "baseline", {"DAY": 50})
            sent.append(visit.responses[0].id)
        last = builders.participant(
            session, now, of=study, at="SHA", anchor=anchor, language="zh-Hans"
        )
        token = builders.link(session, now, participants.visit(session, last, "baseline"))
        _users(session, now, study)
        session.commit()
        number = last.number
    for response_id in sent:
        app.extensions["queue"].score_response(response_id)
    return token, number


def _users(session: Session, now: datetime, study: Study) -> None:
    hashed = hash_password(PASSWORD)
    builders.user(session, now, Role.STAFF, of=study, at="SHA", name="nurse", password_hash=hashed)
    builders.user(session, now, Role.ANALYST, of=study, name="analyst", password_hash=hashed)


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/sign-in")
    page.locator("input[name=email]").fill(f"{name}@example.org")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit], main input[type=submit]").first.click()
    page.wait_for_url("**/studies/example/**")


def answer(page: Page, address: str, token: str) -> None:
    page.goto(f"{address}/s/{token}")
    page.locator("main .button--primary").click()
    for _ in range(5):
        turn(page)
    page.locator("input[name=DAY]").fill("80")
    turn(page)
    turn(page)
    page.wait_for_url("**/survey/review")
    page.locator(".actions__next").click()
    page.wait_for_url("**/survey/thanks")


def baseline_row(page: Page, address: str) -> list[str]:
    page.goto(f"{address}/studies/example/trajectories?measure=daily-life-check:DAY")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=30_000)
    row = page.locator("table tbody tr").first
    return [text.strip() for text in row.locator("th, td").all_inner_texts()]


def test_an_answer_goes_from_the_link_to_the_chart_and_the_file(
    app: Flask, address: str, browser: Browser, tmp_path: Path
) -> None:
    token, number = prepare(app)
    messages: list[str] = []
    outside: list[str] = []

    analyst = browser.new_context(locale="en").new_page()
    analyst.on("console", lambda message: messages.append(message.text))
    analyst.on(
        "request", lambda r: None if r.url.startswith((address, "data:")) else outside.append(r.url)
    )
    sign_in(analyst, address, "analyst")
    before = baseline_row(analyst, address)
    assert before[:3] == ["Baseline", "5", "50.0"]

    patient = browser.new_context(locale="zh-CN", viewport={"width": 800, "height": 1280})
    answer(patient.new_page(), address, token)

    nurse = browser.new_context(locale="en").new_page()
    sign_in(nurse, address, "nurse")
    nurse.goto(f"{address}/studies/example/participants/{number}/visits/baseline/answers")
    expect(nurse.locator("main")).to_contain_text("80")

    after = baseline_row(analyst, address)
    assert after[:3] == ["Baseline", "6", "55.0"]

    analyst.goto(f"{address}/studies/example/downloads")
    with analyst.expect_download() as download:
        analyst.locator("main form button").first.click()
    target = tmp_path / "data.zip"
    download.value.save_as(target)
    with zipfile.ZipFile(target) as archive:
        text = archive.read("items_daily-life-check.csv").decode("utf-8-sig")
    rows = {(row["participant"], row["visit"]): row for row in csv.DictReader(io.StringIO(text))}
    assert rows[number, "baseline"]["DAY"] == "80"
    assert messages == []
    assert outside == []
