"""Planning 10,000 reminders on SQLite: seconds for a whole pass, and for the next, empty one.

All 10,000 participants have a visit that opens today.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta

from benchmarks.large_study import FILE, ME, store
from qol_app.db import migrate
from qol_app.db.models import Study
from qol_app.db.session import Sessions, make_engine
from qol_app.domain.schedule import window
from qol_app.domain.study import Reminders
from qol_app.domain.study_file import read
from qol_app.services import recipients, reminders

ROUND_THE_CLOCK = Reminders(after_days=(3, 7), last_call=3, from_time="00:00", until_time="23:59")


def fill(sessions: Sessions, now: datetime) -> int:
    """Store the study with its participants, of whom each has one visit that opens today."""
    protocol = read(FILE).model_copy(update={"reminders": ROUND_THE_CLOCK})
    month_3 = protocol.visit("m3")
    anchor = now.date() - timedelta(days=90 - month_3.before)
    while window(month_3, anchor).opens != now.date():
        anchor += timedelta(days=1 if window(month_3, anchor).opens < now.date() else -1)
    return store(sessions, protocol, now, lambda _n: anchor)


def measure(sessions: Sessions, study_id: int, now: datetime) -> None:
    """Plan, and plan again; print how long each took."""
    for what in ("planning", "planning again"):
        started, worked = time.perf_counter(), time.process_time()
        with sessions.write() as session:
            study = session.get_one(Study, study_id)
            count = reminders.plan(session, study, ways=recipients.EMAIL_ONLY, actor=ME, now=now)
            session.commit()
        elapsed, worked = time.perf_counter() - started, time.process_time() - worked
        print(f"| {what}, {count} messages | {elapsed:.2f} s | {worked:.2f} s of processor |")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = Sessions(make_engine(f"sqlite:///{folder}/bench.sqlite"))
        migrate.upgrade(made.engine)
        at = datetime.now(UTC)
        measure(made, fill(made, at), at)
