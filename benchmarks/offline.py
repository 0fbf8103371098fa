"""Walk the survey many times over a line that breaks at random, against real gunicorn workers.

Every walk answers the Daily Life Check in Chromium while the line is cut, falls silent or mends,
and pages are reloaded. Afterwards the database must hold exactly what was chosen, nothing twice,
and the browser nothing at all. Run: ``python -m benchmarks.offline [WALKS] [DATABASE_URL]``.
"""

from __future__ import annotations

import itertools
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select

from qol_app.db import migrate
from qol_app.db.models import AnswerEvent, Response, Visit
from qol_app.db.session import Sessions, make_engine
from qol_app.services import participants, studies
from tests import builders
from tests.e2e.conftest import CHROMIUM, QUIET
from tests.e2e.device import Device, walk
from tests.e2e.line import Line

WORKERS = 2


def main(walks: int, database: str | None) -> int:
    """Run the walks; return 1 if any lost, doubled or left something behind."""
    with tempfile.TemporaryDirectory() as folder:
        url = database or f"sqlite:///{folder}/soak.sqlite"
        engine = make_engine(url)
        migrate.upgrade(engine)
        sessions = Sessions(engine)
        with gunicorn(Path(folder), url) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            found = Counter[str]()
            started = time.monotonic()
            for seed in range(walks):
                found.update([one_walk(sessions, browser, port, seed)])
                if (seed + 1) % 10 == 0:
                    print(f"{seed + 1} walks, {dict(found)}", flush=True)
            browser.close()
        took = time.monotonic() - started
        print(f"{walks} walks in {took:.0f} s on {engine.dialect.name}: {dict(found)}")
        engine.dispose()
    return int(found["all arrived once, nothing left"] != walks)


def one_walk(sessions: Sessions, browser: Browser, port: int, seed: int) -> str:
    """Walk once and say what came of it."""
    visit_id, token = invite(sessions, seed)
    line = Line(port)
    device = Device(browser, line)
    try:
        device.open(token)
        walk(device, random.Random(seed))
        left = any(device.left_behind().values())
    except Exception as error:  # a soak counts what goes wrong and goes on
        print(f"walk {seed}: {type(error).__name__}: {str(error)[:300]}")
        return "broke off"
    finally:
        device.close()
        line.close()
    with sessions.read() as session:
        response = session.scalars(select(Response).where(Response.visit_id == visit_id)).one()
        events = session.execute(
            select(AnswerEvent.item, AnswerEvent.value)
            .where(AnswerEvent.response_id == response.id)
            .order_by(AnswerEvent.item, AnswerEvent.seq)
        ).all()
    if response.submitted_at is None or dict(response.answers) != device.chosen:
        print(f"walk {seed}: chosen {device.chosen}, stored {response.answers}")
        return "lost"
    if any(one == other for one, other in itertools.pairwise(events)):
        return "doubled"
    return "left behind" if left else "all arrived once, nothing left"


def invite(sessions: Sessions, seed: int) -> tuple[int, str]:
    """Enrol a participant whose baseline is due today; return the visit's id and a token."""
    now = datetime.now(UTC)
    with sessions.write() as session:
        study = builders.study(session, now) if seed == 0 else studies.find(session, "example")
        anchor = now.date() + timedelta(days=5)
        person = builders.participant(session, now, of=study, at="SHA", anchor=anchor)
        visit: Visit = participants.visit(session, person, "baseline")
        token = builders.link(session, now, visit)
        session.commit()
        return visit.id, token


@contextmanager
def gunicorn(folder: Path, url: str) -> Iterator[int]:
    """Start the application with real workers; yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {
        **os.environ,
        "QOL_INSTANCE": str(folder),
        "QOL_DATABASE_URL": url,
        "QOL_QUEUE_URL": "memory://",
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "gunicorn", "--preload", "-k", "gthread", "--threads", "4"]
    command += ["-w", str(WORKERS), "-b", f"127.0.0.1:{port}", "--log-level", "error", "wsgi:app"]
    server = subprocess.Popen(command, env=environment)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    raise SystemExit(main(wanted, sys.argv[2] if len(sys.argv) > 2 else None))
