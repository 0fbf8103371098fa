"""Steps that several tests in the browser begin with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import Participant, Response, Study
from qol_app.services import participants
from questionnaires.model import Value
from tests import builders

MakeStudy = Callable[[Session, datetime], Study]
DAILY = "daily-life-check"


def link_of_today(app: Flask, make: MakeStudy = builders.study, language: str = "en") -> str:
    """The token of a link to a baseline that is due today."""
    now = datetime.now(UTC)
    anchor = now.date() + timedelta(days=5)
    with app.extensions["sessions"].write() as session:
        person = builders.participant(
            session, now, of=make(session, now), at="SHA", anchor=anchor, language=language
        )
        token = builders.link(session, now, participants.visit(session, person, "baseline"))
        session.commit()
    return token


def started(
    browser: Browser, address: str, token: str, *, width: int, height: int, **settings: Any
) -> Page:
    """A page at the first question, in a browser window of this size."""
    context = browser.new_context(viewport={"width": width, "height": height}, **settings)
    context.set_default_timeout(8000)
    page = context.new_page()
    page.goto(f"{address}/s/{token}")
    page.locator("main .button--primary").click()
    page.wait_for_url("**/survey/*/p1")
    return page


def turn(page: Page) -> None:
    """Go on, and wait for what comes.

    Without script a page comes again where an answer opened a question on it: its title stays.
    """
    before = page.title()
    page.locator(".actions__next").click()
    with suppress(AssertionError):
        expect(page).not_to_have_title(before, timeout=5000)


def question(page: Page, address: str, number: int, instrument: str = DAILY) -> None:
    """Go to a page of questions."""
    page.goto(f"{address}/survey/{instrument}/p{number}")


def stored_answers(app: Flask) -> dict[str, Value]:
    """The answers of the form that was answered last."""
    with app.extensions["sessions"].read() as session:
        query = (
            select(Response).where(Response.started_at.is_not(None)).order_by(Response.id.desc())
        )
        found = session.scalars(query).first()
        return dict(found.answers) if found else {}


def stored_display(app: Flask) -> tuple[str | None, str | None]:
    """Text size and contrast of the only participant."""
    with app.extensions["sessions"].read() as session:
        person = session.scalars(select(Participant)).one()
        return person.text_size, person.contrast
