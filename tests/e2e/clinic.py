"""A clinic at work: the application with a real mail server, a gateway, and people at browsers."""

from __future__ import annotations

import json
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from qol_app.db.models import Study
from qol_app.domain.roles import Role
from qol_app.domain.schedule import today_at
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import parse
from qol_app.factory import create_app
from qol_app.services import messages, studies
from qol_app.settings import from_environment
from tests import builders
from tests.messaging import gateway as gateways
from tests.messaging import servers
from tests.messaging.gateway import Gateway
from tests.messaging.servers import Inbox

HOST = "127.0.0.1"
REMINDERS = """
[reminders]
invitation = true
from_time = "00:00"
until_time = "23:59"
"""
"""A plan that writes at any hour, so that a walk does not depend on when it is taken."""


@dataclass
class Clinic:
    """The site in Shanghai: what its people use, and what leaves the house."""

    app: Flask
    address: str
    browser: Browser
    inbox: Inbox
    gateway: Gateway

    @property
    def today(self) -> date:
        """The date at the site."""
        return today_at(ZoneInfo("Asia/Shanghai"), datetime.now(UTC))

    def open_study(self, *, with_reminders: bool = False) -> None:
        """Load the example study, with or without messages that nobody asks for."""
        text = (builders.STUDIES / "example.toml").read_text(encoding="utf-8")
        protocol = parse(text + REMINDERS * with_reminders, "example.toml")
        with self.app.extensions["sessions"].write() as session:
            studies.load(
                session,
                protocol,
                purpose=Purpose.REHEARSAL,
                actor=builders.COMMAND,
                now=datetime.now(UTC),
            )
            session.commit()

    def demand_codes_of_staff(self) -> None:
        """Have every research nurse sign in with a code of an authenticator app."""
        known = self.app.extensions["settings"]
        self.app.extensions["settings"] = replace(known, totp_roles=frozenset({Role.STAFF}))

    def somebody(self, locale: str = "en", *, width: int = 1280, height: int = 900) -> Page:
        """A new person's browser, without any cookie."""
        context = self.browser.new_context(
            locale=locale, viewport={"width": width, "height": height}
        )
        context.set_default_timeout(10_000)
        return context.new_page()

    def signed_in(self, name: str, role: Role = Role.STAFF, locale: str = "en") -> Page:
        """The browser of somebody of the site who has signed in, on the worklist."""
        sessions, now = self.app.extensions["sessions"], datetime.now(UTC)
        at = "SHA" if role in (Role.STAFF, Role.MONITOR) else None
        with sessions.write() as session:
            study: Study = studies.find(session, "example")
            user = builders.user(session, now, role, of=study, at=at, name=name)
            session.commit()
        page = self.somebody(locale)
        signer = self.app.session_interface.get_signing_serializer(self.app)
        value = signer.dumps(builders.browser_of(sessions, user))
        cookie = self.app.config["SESSION_COOKIE_NAME"]
        page.context.add_cookies([{"name": cookie, "value": value, "url": self.address}])
        self.go(page, "/studies/example/worklist")
        return page

    def go(self, page: Page, path: str) -> None:
        """Open a page by its path."""
        page.goto(self.address + path)

    def send_what_waits(self) -> None:
        """Do what the sweep does a minute after planning: have every waiting message sent."""
        queue = self.app.extensions["queue"]
        with self.app.extensions["sessions"].read() as session:
            waiting = messages.unsent(session, before=datetime.now(UTC))
        for message_id in waiting:
            queue.send_message(message_id)

    def mail(self, number: int = -1) -> tuple[str, str, str]:
        """Recipient, subject and text of a mail that the server took; by default the last."""
        found = self.inbox.mails[number]
        return str(found["To"]), str(found["Subject"]), str(found.get_content())

    def text_message(self) -> dict[str, str]:
        """What the gateway heard last."""
        heard: dict[str, str] = json.loads(self.gateway.heard[-1].body)
        return heard

    def link_in(self, text: str) -> str:
        """The one address of ours that a message holds."""
        (found,) = re.findall(rf"{re.escape(self.address)}/\S+", text)
        return str(found)

    def count_sent(self) -> tuple[int, int]:
        """How many mails and how many text messages have left the house."""
        return len(self.inbox.mails), len(self.gateway.heard)


@contextmanager
def at_work(template: Path, folder: Path, browser: Browser) -> Iterator[Clinic]:
    """Run a clinic on an empty database."""
    inbox, gateway = Inbox(), Gateway([(200, {"id": "g-1"})])
    shutil.copy(template, folder / "clinic.sqlite")
    port = _free_port()
    with servers.serving(inbox) as smtp, gateways.serving(gateway) as sms:
        app = create_app(
            from_environment(
                {
                    "QOL_INSTANCE": str(folder),
                    "QOL_DATABASE_URL": f"sqlite:///{folder / 'clinic.sqlite'}",
                    "QOL_QUEUE_URL": "memory://",
                    "QOL_CONTACT_KEYS": builders.KEYS,
                    "QOL_BASE_URL": f"http://{HOST}:{port}",
                    "QOL_MAIL": "smtp",
                    "QOL_MAIL_FROM": "study@clinic.example",
                    "QOL_SMTP_HOST": servers.HOST,
                    "QOL_SMTP_PORT": str(smtp),
                    "QOL_SMTP_SECURITY": "none",
                    "QOL_SMS": "webhook",
                    "QOL_SMS_URL": f"{sms}/send",
                    "QOL_SMS_SECRET": "between us",
                }
            )
        )
        with _served(app, port):
            yield Clinic(app, f"http://{HOST}:{port}", browser, inbox, gateway)
        app.extensions["sessions"].engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def _served(app: Flask, port: int) -> Iterator[None]:
    server = make_server(HOST, port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
