"""Two workers at once and a kill in the middle: nobody gets a message twice, none is forgotten."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from qol_app.db.models import Message, Participant
from qol_app.db.session import Sessions
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import parse
from qol_app.services import studies
from tests import builders
from tests.builders import COMMAND, KEYS, STUDIES
from tests.messaging.servers import HOST, Inbox, serving

ROOT = Path(__file__).parents[2]
PEOPLE = 40
DAY_AND_NIGHT = '\n[reminders]\nafter_days = [3]\nfrom_time = "00:00"\nuntil_time = "23:59"\n'


class SlowInbox(Inbox):
    """Takes its time with each mail, so that a worker can be stopped in the middle of one."""

    async def handle_DATA(  # noqa: N802  # the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(0.05)
        return await super().handle_DATA(server, session, envelope)


def enrol(sessions: Sessions) -> None:
    now = datetime.now(UTC)
    text = (STUDIES / "example.toml").read_text(encoding="utf-8") + DAY_AND_NIGHT
    with sessions.write() as session:
        protocol = parse(text, "x")
        study = studies.load(session, protocol, purpose=Purpose.REHEARSAL, actor=COMMAND, now=now)
        for number in range(PEOPLE):
            builders.participant(
                session,
                now,
                of=study,
                at="SHA",
                anchor=(now + timedelta(days=6)).date(),
                email=f"p{number}@example.org",
            )
        session.commit()


def worker(database: str, port: int, folder: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "QOL_INSTANCE": str(folder),
        "QOL_DATABASE_URL": database,
        "QOL_QUEUE_URL": "memory://",
        "QOL_CONTACT_KEYS": KEYS,
        "QOL_MAIL": "smtp",
        "QOL_MAIL_FROM": "study@hospital.example",
        "QOL_SMTP_HOST": HOST,
        "QOL_SMTP_PORT": str(port),
        "QOL_SMTP_SECURITY": "none",
    }
    command = [sys.executable, "-m", "tests.jobs.sending_worker"]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def wait_for(inbox: Inbox, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(inbox.mails) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(inbox.mails) >= count


def test_each_participant_gets_one_mail_whatever_happens_to_the_workers(
    database: str, sessions: Sessions, tmp_path: Path
) -> None:
    enrol(sessions)
    inbox = SlowInbox()
    with serving(inbox) as port:
        one, two = (worker(database, port, tmp_path / name) for name in ("one", "two"))
        wait_for(inbox, 8)
        one.send_signal(signal.SIGKILL)
        assert one.wait() == -signal.SIGKILL
        assert two.wait(timeout=120) == 0
        assert worker(database, port, tmp_path / "three").wait(timeout=60) == 0
    got = Counter(inbox.recipients)
    with sessions.read() as session:
        rows = session.execute(
            select(Message.status, Participant.id).join(
                Participant, Participant.id == Message.participant_id
            )
        ).all()
    of = {person: status for status, person in rows}
    assert len(rows) == len(of) == PEOPLE
    assert set(got.values()) == {1}
    left = [person for person, status in of.items() if status != "sent"]
    assert [of[person] for person in left] in ([], ["sending"])
    assert PEOPLE - len(left) <= len(got) <= PEOPLE
