"""Walks every page of a patient in one language and prints what a reader would see, as JSON.

Run in a repository (``python -m tests.languages.walk TAG FOLDER``), which may be a copy with a
language more. A page's texts are its text nodes, titles, labels, alternatives and placeholders.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from qol_app.db import migrate
from qol_app.db.models import Visit
from qol_app.db.session import make_engine
from qol_app.domain import actor as actors
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.roles import Role
from qol_app.services import (
    enrolment,
    links,
    messages,
    participants,
    studies,
    tablets,
)
from qol_app.web.locale import LANGUAGES
from tests import builders
from tests.builders import COMMAND, VAULT, Post

SPOKEN = ("title", "aria-label", "alt", "placeholder", "data-unanswered", "data-stop")
SILENT = ("script", "style", "template")


class Reader(HTMLParser):
    """Collects what a page says. What has a language of its own is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_void = tag in ("input", "link", "meta", "br", "img", "hr")
        if self._foreign or tag in SILENT or (tag != "html" and "lang" in values):
            if not is_void:
                self._foreign.append(tag)
            return
        self.texts += [str(values[name]) for name in SPOKEN if values.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if self._foreign and self._foreign[-1] == tag:
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not self._foreign and data.strip():
            self.texts.append(" ".join(data.split()))


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
        self.seen[name] = _texts(page.get_data(as_text=True))

    def link(self, days: int, spoil: Any = None) -> str:
        """The token of a new participant's baseline, whose window opens in so many days."""
        now = datetime.now(UTC)
        with self.app.extensions["sessions"].write() as session:
            known = [each.code for each in studies.every(session)]
            study = studies.find(session, "example") if known else builders.study(session, now)
            anchor = now.date() + timedelta(days=14 + days)
            person = builders.participant(
                session, now, of=study, at="BER", anchor=anchor, language=self.language
            )
            visit = participants.visit(session, person, "baseline")
            token = builders.link(session, now, visit)
            if spoil:
                spoil(session, visit, now)
            session.commit()
        return token

    def walk(self) -> None:
        """Visit everything."""
        self._survey()
        for name, (days, spoil) in DEAD_ENDS.items():
            token = self.link(days, spoil)
            self.note(name, self.client().get(f"/s/{token}"))
            told = self.client().post(f"/s/{token}/help", follow_redirects=True)
            self.note(f"{name}, told", told)
        self._tablet()
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
        self.note("not today", client.get("/survey/not-today"))
        self.note("shell", client.get("/survey/shell"))
        pack = client.get("/survey/pack").get_json()
        self.seen["pack"] = [
            *_strings(pack["texts"]),
            *(text for page in pack["pages"] for text in _texts(page["html"])),
            *_texts(pack["end"]),
        ]
        self._mistakes(client)
        self.note("thanks", client.post("/survey/review", follow_redirects=True))

    def _mistakes(self, client: FlaskClient) -> None:
        """Pages that tell of a failure while the survey runs."""
        page = "/survey/daily-life-check/p1"
        self.note("no such page", client.get("/survey/daily-life-check/p99"))
        self.note("no such path", client.get("/survey/no/such/path/at/all"))
        self.note("not like this", client.delete(page))
        self.note("too much at once", client.post(page, data={"REMARK": "x" * 5_000_000}))
        self.note("not today, mistake", client.post("/survey/not-today", data={}))
        self.app.config["WTF_CSRF_ENABLED"] = True
        self.note("open too long", client.post(page, data={"go": "next"}))
        self.app.config["WTF_CSRF_ENABLED"] = False
        views, self.app.testing = self.app.view_functions, False
        whole = views["patient.show_page"]
        views["patient.show_page"] = lambda **_address: 1 // 0
        self.note("a fault of ours", client.get(page))
        views["patient.show_page"], self.app.testing = whole, True

    def _tablet(self) -> None:
        """A shared tablet from the hand-over to the lock, as the patient sees it."""
        client, now = self.client(), datetime.now(UTC)
        number = self._hand_over(client, now)
        self.note("tablet check", client.get("/tablet"))
        self.app.config["WTF_CSRF_ENABLED"] = True
        self.note("tablet check, open too long", client.post("/tablet/check"))
        self.app.config["WTF_CSRF_ENABLED"] = False
        self.note("tablet check, nothing typed", client.post("/tablet/check", data={}))
        wrong = {"digits": "000", "year": "1951"}
        client.post("/tablet/check", data=wrong)
        self.note("tablet check, no match", client.get("/tablet"))
        digits = "".join(filter(str.isdigit, number))[-3:]
        client.post("/tablet/check", data={"digits": digits, "year": "1960"})
        self.note("tablet, question", client.get("/survey", follow_redirects=True))
        self.note("tablet, thanks", client.post("/survey/review", follow_redirects=True))
        client.post("/tablet/lock")
        self.note("tablet, locked", client.get("/tablet"))

    def _hand_over(self, client: FlaskClient, now: datetime) -> str:
        """A nurse hands the browser over; returns the study number of who has it now."""
        with self.app.extensions["sessions"].write() as session:
            study = studies.find(session, "example")
            anchor = now.date() + timedelta(days=5)
            person = builders.participant(
                session, now, of=study, at="BER", anchor=anchor, language=self.language
            )
            nurse = builders.user(session, now, Role.STAFF, of=study, at="BER")
            by = actors.user(nurse.id)
            _tablet, token = tablets.register(
                session, study, person.site, name="7", pin_hash="-", actor=by, now=now
            )
            session.commit()
            builders.sign_in(client, nurse)
        client.set_cookie("qol-tablet", token)
        url = f"/studies/example/participants/{person.number}/hand-over"
        client.post(url, data={"visit": "baseline", "language": self.language})
        return str(person.number)

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
        self.seen["letter"] = _texts(letter.replace(" lang=", " data-lang="))

    def _elsewhere(self) -> None:
        client = self.client(self.language)  # nobody knows yet who reads
        self.note("unknown link", client.get("/s/nobody"))
        self.note("typing", client.get("/s"))
        self.note("mistyped", client.post("/s", data={"code": "ABC"}))
        self.note("tablet", client.get("/tablet"))

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


def _texts(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    return reader.texts


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)


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


DEAD_ENDS: dict[str, tuple[int, Any]] = {
    "too early": (9, None),
    "expired": (-60, None),
    "revoked": (-5, _revoke),
    "superseded": (-5, _replace),
    "used": (-5, _use),
    "ended": (-5, _end),
}


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
