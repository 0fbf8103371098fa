"""The nurse's lists with 10,000 participants x 9 visits on SQLite: milliseconds on the server.

Medians of requests in this process, through the whole application, signed in as a coordinator who
sees all sites.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from benchmarks.large_study import FILE, ME, PEOPLE, store
from qol_app import settings
from qol_app.db import migrate
from qol_app.db.models import Study
from qol_app.domain.roles import Role
from qol_app.domain.study_file import read
from qol_app.factory import create_app
from qol_app.services import accounts, sign_ins

TIMES = 25
STEPS = 730
"""Days over which the participants were enrolled."""
PAGES = {
    "worklist": "worklist",
    "worklist, one site": "worklist?site=S01",
    "worklist, one instrument": "worklist?instrument=eortc-qlq-c30",
    "worklist, page 3 by study number": "worklist?sort=number&page=3",
    "participants": "participants",
    "calendar": "calendar",
}


def fill(app: Flask, now: datetime) -> FlaskClient:
    """Store the study and return a browser in which its coordinator has signed in."""

    def anchor(n: int) -> date:
        return now.date() - timedelta(days=n % STEPS)

    sessions = app.extensions["sessions"]
    migrate.upgrade(sessions.engine)
    study_id = store(sessions, read(FILE), now, anchor, with_course=True)
    with sessions.write() as session:
        user = accounts.create_user(
            session,
            email="c@example.org",
            name="Coordinator",
            password_hash="*",  # noqa: S106  # opens nothing
            language="en",
            actor=ME,
            now=now,
        )
        study = session.get_one(Study, study_id)
        accounts.grant(session, user, Role.COORDINATOR, study=study, site=None, actor=ME, now=now)
        key = sign_ins.start(session, user, device="benchmark", now=now)
        session.commit()
        known = user.fs_uniquifier
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(_user_id=known, _fresh=True, sign_in=key, fs_paa=now.timestamp())
    return client


def measure(client: FlaskClient, code: str) -> None:
    """Print the median of each page."""
    for name, page in PAGES.items():
        taken = []
        for _ in range(TIMES + 1):
            started = time.perf_counter()
            answer = client.get(f"/studies/{code}/{page}")
            taken.append((time.perf_counter() - started) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{page}: {answer.status_code}")
        median, most = statistics.median(taken[1:]), max(taken[1:])
        print(f"| {name} | {median:.0f} ms | {most:.0f} ms | {len(answer.data) // 1024} kB |")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"QOL_INSTANCE": folder, "QOL_DATABASE_URL": f"sqlite:///{folder}/b.sqlite"}
        made = create_app(settings.from_environment())
        gc.freeze()  # as wsgi.py does
        at = datetime.now(UTC)
        print(f"| page, {PEOPLE:,} participants | median | longest | size |\n|---|---|---|---|")
        measure(fill(made, at), "nct06449937")
