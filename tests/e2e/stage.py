"""A browser before the application: who is there, and how it gets to a page.

The accessibility test and ``make screenshots`` bring a stage to each state of the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import Study, User, Visit
from qol_app.domain.roles import EVERYWHERE, Role
from qol_app.services import participants, studies
from tests import builders
from tests.e2e.line import Line


@dataclass
class Stage:
    """A browser page, the application behind it, and the language of who reads."""

    page: Page
    app: Flask
    line: Line
    language: str

    def study(self, session: Session, name: str = "example") -> Study:
        """A study of the repository, loaded when it is first asked for."""
        known = [each.code for each in studies.every(session)]
        if name in known:
            return studies.find(session, name)
        return builders.study(session, datetime.now(UTC), name)

    def visit(self, session: Session, *, opens_in: int = -5, study: str = "example") -> Visit:
        """The baseline of a new participant, whose window opens in so many days."""
        now = datetime.now(UTC)
        anchor = now.date() + timedelta(days=14 + opens_in)
        person = builders.participant(
            session,
            now,
            of=self.study(session, study),
            at="BER",
            anchor=anchor,
            language=self.language,
        )
        return participants.visit(session, person, "baseline")

    def link(
        self,
        *,
        opens_in: int = 0,
        study: str = "example",
        spoilt: Callable[..., None] | None = None,
    ) -> str:
        """The token of a new participant's baseline, whose window opens in so many days.

        Args:
            opens_in: Days until the window opens; negative where it opened before.
            study: Which study.
            spoilt: What happens to the visit once its link is made.
        """
        now = datetime.now(UTC)
        with self.app.extensions["sessions"].write() as session:
            visit = self.visit(session, opens_in=opens_in, study=study)
            token = builders.link(session, now, visit)
            if spoilt:
                spoilt(session, visit, now)
            session.commit()
        return token

    def nurse(self, session: Session, study: str = "example") -> User:
        """The nurse of Berlin in a study."""
        return self.user(session, Role.STAFF, study)

    def user(self, session: Session, role: Role, study: str = "example") -> User:
        """A user with a role in Berlin."""
        name = "nurse" if role is Role.STAFF else role.value
        address = f"{name}-{study}@example.org"
        found = session.scalars(select(User).where(User.email == address)).first()
        return found or builders.user(
            session,
            datetime.now(UTC),
            role,
            of=self.study(session, study),
            at=None if role in EVERYWHERE else "BER",
            name=f"{name}-{study}",
        )

    def sign_in(self, study: str = "example") -> None:
        """Give the browser the session of the nurse of Berlin."""
        self.sign_in_as(Role.STAFF, study)

    def sign_in_as(self, role: Role, study: str = "example") -> None:
        """Give the browser the session of a user with a role in Berlin."""
        with self.app.extensions["sessions"].write() as session:
            user = self.user(session, role, study)
            session.commit()
        self.enter(user)

    def enter(self, user: User, *, minutes_ago: int = 0) -> None:
        """Give the browser the session of a user who gave the password so many minutes ago."""
        values = builders.browser_of(self.app.extensions["sessions"], user)
        values["fs_paa"] -= minutes_ago * 60
        signer = self.app.session_interface.get_signing_serializer(self.app)
        name = self.app.config["SESSION_COOKIE_NAME"]
        self.cookie(name, signer.dumps(values))

    def cookie(self, name: str, value: str) -> None:
        """Put a cookie of the application into the browser."""
        self.page.context.add_cookies([{"name": name, "value": value, "url": self.line.address}])

    def go(self, path: str) -> None:
        """Open a page by its path."""
        self.page.goto(self.line.address + path)

    def open(self, token: str) -> None:
        """Open the link."""
        self.go(f"/s/{token}")

    def begin(self) -> None:
        """Start a new survey and wait until the page turns itself."""
        self.open(self.link(opens_in=-5))
        self.page.locator("main .button--primary").click()
        expect(self.page.locator("form[data-live]")).to_be_visible()

    def turn(self, times: int) -> None:
        """Go on so many pages without answering."""
        for _ in range(times):
            before = self.page.title()
            self.page.locator(".actions__next").click()
            expect(self.page).not_to_have_title(before)

    def page_number(self, number: int) -> None:
        """Begin, and go to this page of questions, counted from 1."""
        self.begin()
        self.turn(number - 1)
