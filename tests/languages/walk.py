"""Walks every page of a patient in one language and prints what a reader would see, as JSON.

Run in a repository (``python -m tests.languages.walk TAG FOLDER``), which may be a copy with a
language more. The browser asks for another language wherever anything tells who the patient is.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from qol_app.db import migrate
from qol_app.db.models import Visit
from qol_app.db.session import make_engine
from qol_app.domain import codes
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.roles import Role
from qol_app.services import enrolment, links, messages, participants, studies
from qol_app.web.locale import LANGUAGES
from tests import builders
from tests.builders import COMMAND, VAULT, Post
from tests.languages import tablet
from tests.languages.failing import failures
from tests.languages.reading import strings, texts

CODE = re.compile(r"letter__code\">([^<]+)<")
WRONG_CODE = codes.complete("234567892")


class Walker:
    """A patient who visits every page, and what each said."""

    def __init__(self, app: Flask, language: str) -> None:
        self.app, self.language = app, language
        self.seen: dict[str, list[str]] = {}

    def client(self, speaks: str | None = None) -> FlaskClient:
        """A browser that asks for another language than the patient's, or for the one given."""
        client = self.app.test_client()
        others = (tag for tag in LANGUAGES if tag != self.language)
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = speaks or next(others)
        return client

    def note(self, name: str, page: TestResponse) -> None:
        """Keep what a page says."""
        self.seen[name] = texts(page.get_data(as_text=True))

    def fail(self, place: str, client: FlaskClient, page: str, form: str) -> None:
        """Keep what is said of every failure at a place."""
        for name, answer in failures(client, page, form):
            self.note(f"{place}, {name}", answer)

    def link(self, days: int) -> str:
        """The token of a new participant's baseline, whose window opens in so many days."""
        now = datetime.now(UTC)
        with self.app.extensions["sessions"].write() as session:
            known = [each.code for each in studies.every(session)]
            study = studies.find(session, "example") if known else builders.study(session, now)
            anchor = now.date() + timedelta(days=14 + days)
            person = builders.participant(
                session, now, of=study, at="BER", anchor=anchor, language=self.language
            )
            token = builders.link(session, now, participants.visit(session, person, "baseline"))
            session.commit()
        return token

    def spoil(self, token: str, how: Spoiling | None) -> None:
        """Have a link lead nowhere any more."""
        if how is None:
            return
        with self.app.extensions["sessions"].write() as session:
            how(session, builders.link_of(session, token).visit, datetime.now(UTC))
            session.commit()

    def walk(self) -> None:
        """Visit everything."""
        self._survey()
        self._not_today()
        for name, (days, spoiling) in DEAD_ENDS.items():
            self._dead_end(name, days, spoiling)
        for name in SPOILT_ON_THE_WAY:
            self._spoilt_on_the_way(name, DEAD_ENDS[name][1])
        tablet.visit(self)
        self._letter()
        self._elsewhere()
        self._mails()

    def _survey(self) -> None:
        client, token = self.client(), self.link(-5)
        self.note("welcome", client.get(f"/s/{token}"))
        self.note("not today, first", client.get(f"/s/{token}/not-today"))
        page = client.post(f"/s/{token}", follow_redirects=True)
        while "/review" not in page.request.path:
            self.note(page.request.path, page)
            bad = {"SLEEP_HOURS": "99"} if "p3" in page.request.path else {}
            if bad:
                self.note("mistake", client.post(page.request.path, data=bad))
            yes = {"OUTINGS": "1"} if "p4" in page.request.path else {}
            page = client.post(page.request.path, data={**yes, "go": "next"}, follow_redirects=True)
        self.note("review", page)
        self.note("shell", client.get("/survey/shell"))
        pack = client.get("/survey/pack").get_json()
        self.seen["pack"] = [
            *strings(pack["texts"]),
            *(text for page in pack["pages"] for text in texts(page["html"])),
            *texts(pack["end"]),
        ]
        self.fail("survey", client, "/survey/daily-life-check/p1", "/survey/daily-life-check/p1")
        self.note("no such question", client.get("/survey/daily-life-check/p99"))
        self.note("no such address", client.get("/no/such/address"))
        self.note("thanks", client.post("/survey/review", follow_redirects=True))

    def _not_today(self) -> None:
        """Putting the visit off, before starting and on the way, also where it cannot be."""
        client, token = self.client(), self.link(-5)
        first, later = f"/s/{token}/not-today", "/survey/not-today"
        self.fail("link", client, f"/s/{token}", first)
        self.note("not today, first", client.get(first))
        self.note("not today, first, mistake", client.post(first, data={}))
        client.post(f"/s/{token}")
        self.note("not today", client.get(later))
        self.note("not today, mistake", client.post(later, data={"delay": "never"}))
        choice = {"delay": "tomorrow", "reason": "too_ill"}
        self.note("put off", client.post(later, data=choice, follow_redirects=True))
        self.note("put off, another day", client.get(f"{later}?change=1"))
        self.note("not today, last day", self.client().get(f"/s/{self.link(-14)}/not-today"))

    def _dead_end(self, name: str, days: int, spoiling: Spoiling | None) -> None:
        token = self.link(days)
        self.spoil(token, spoiling)
        self.note(name, self.client().get(f"/s/{token}"))
        self.note(f"{name}, not today", self.client().post(f"/s/{token}/not-today"))
        told = self.client().post(f"/s/{token}/help", follow_redirects=True)
        self.note(f"{name}, told", told)

    def _spoilt_on_the_way(self, name: str, spoiling: Spoiling | None) -> None:
        client, token = self.client(), self.link(-5)
        client.post(f"/s/{token}")
        self.spoil(token, spoiling)
        for page in ("daily-life-check/p1", "review", "not-today"):
            self.note(f"{name} on the way, {page}", client.get(f"/survey/{page}"))
        self.note(f"{name} on the way, told", client.post("/survey/help", follow_redirects=True))

    def _letter(self) -> None:
        """The letter that staff of another language print for the patient."""
        client = self.client()
        with self.app.extensions["sessions"].write() as session:
            now, study = datetime.now(UTC), studies.find(session, "example")
            anchor = now.date() + timedelta(days=5)
            person = builders.participant(
                session, now, of=study, at="SHA", anchor=anchor, language=self.language
            )
            nurse = builders.user(session, now, Role.STAFF, of=study, at="SHA")
            session.commit()
            builders.sign_in(client, nurse)
        url = f"/studies/example/participants/{person.number}/visits/baseline/link"
        page = client.post(url).get_data(as_text=True)
        letter = page[page.index("<article") : page.index("</article>")]
        self.seen["letter"] = texts(letter.replace(" lang=", " data-lang="))
        self._typed(CODE.findall(letter)[0])

    def _typed(self, code: str) -> None:
        """What opens with the code of a letter."""
        client = self.client()
        client.post("/s", data={"code": code})
        self.note("typed", client.get("/s/typed"))
        self.fail("typed", client, "/s/typed", "/s/typed/not-today")

    def _elsewhere(self) -> None:
        client = self.client(self.language)  # nobody knows yet who reads
        self.note("unknown link", client.get("/s/nobody"))
        self.note("typing", client.get("/s"))
        self.note("mistyped", client.post("/s", data={"code": "ABC"}))
        for _try in range(11):
            self.note("too many codes", client.post("/s", data={"code": WRONG_CODE}))
        self.note("no survey here", client.get("/survey"))
        self.note("tablet", client.get("/tablet"))
        self.fail("typing", client, "/s", "/s")

    def _mails(self) -> None:
        now = datetime.now(UTC)
        with self.app.extensions["sessions"].write() as session:
            study = studies.find(session, "example")
            person = builders.participant(
                session, now, of=study, at="BER", anchor=now.date() + timedelta(days=5),
                language=self.language, email="patient@example.org",
            )  # fmt: skip
            visit = participants.visit(session, person, "baseline")
            for kind in (messages.LINK, messages.AGAIN):
                message = messages.plan(session, visit, actor=COMMAND, now=now, kind=kind)
                claimed = messages.claim(
                    session, message.id, vault=VAULT, base_url="", actor=COMMAND, now=now
                )
                assert claimed is not None
                self.seen[f"mail {kind}"] = [claimed.email.subject, claimed.email.body]
            session.commit()


Spoiling = Callable[[Session, Visit, datetime], None]


def _revoke(session: Session, visit: Visit, now: datetime) -> None:
    links.revoke(session, visit, actor=COMMAND, now=now)


def _replace(session: Session, visit: Visit, now: datetime) -> None:
    _revoke(session, visit, now)
    builders.link(session, now, visit)


def _use(session: Session, visit: Visit, now: datetime) -> None:
    builders.answered(session, now, visit.participant, "baseline", {"ENERGY": 4})


def _end(session: Session, visit: Visit, now: datetime) -> None:
    enrolment.record_event(
        session, visit.participant, ParticipantEventKind.WITHDREW,
        happened_on=now.date(), actor=COMMAND, now=now,
    )  # fmt: skip


DEAD_ENDS: dict[str, tuple[int, Spoiling | None]] = {
    "too early": (9, None),
    "expired": (-60, None),
    "revoked": (-5, _revoke),
    "superseded": (-5, _replace),
    "used": (-5, _use),
    "ended": (-5, _end),
}
SPOILT_ON_THE_WAY = ("revoked", "superseded", "used", "ended")


def main(language: str, folder: Path) -> None:
    """Walk and print."""
    logging.disable(logging.CRITICAL)
    url = f"sqlite:///{folder / 'walk.sqlite'}"
    migrate.upgrade(make_engine(url))
    app = builders.application(folder, url, Post())
    walker = Walker(app, language)
    walker.walk()
    json.dump(walker.seen, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
