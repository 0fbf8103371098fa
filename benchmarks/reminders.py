"""Planning 10,000 reminders on SQLite: seconds for a whole pass, and for the next, empty one.

Participants with a nine-visit protocol are copied row by row, as enrolling them one after the
other is not what is measured; the plan reads and writes them as it would any others.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from qol_app.db import migrate
from qol_app.db.models import Contact, Participant, Response, Site, Study, Visit
from qol_app.db.session import Sessions, make_engine
from qol_app.domain import actor as actors
from qol_app.domain.schedule import window
from qol_app.domain.study import Protocol, Purpose, Reminders
from qol_app.domain.study_file import read
from qol_app.services import recipients, reminders, studies

PEOPLE = 10_000
ME = actors.command("benchmark")
FILE = Path(__file__).parents[1] / "studies" / "nct06449937.toml"
ROUND_THE_CLOCK = Reminders(after_days=(3, 7), last_call=3, from_time="00:00", until_time="23:59")


def fill(sessions: Sessions, now: datetime) -> int:
    """Store the study with its participants, of whom each has one visit that opens today."""
    protocol = read(FILE).model_copy(update={"reminders": ROUND_THE_CLOCK})
    with sessions.write() as session:
        study = studies.load(session, protocol, purpose=Purpose.REHEARSAL, actor=ME, now=now)
        site = session.scalars(select(Site).order_by(Site.id)).first()
        session.commit()
        connection = session.connection()
        for model, rows in _rows(protocol, study, site, now):
            connection.execute(insert(model), rows)
        session.commit()
        return study.id


def _rows(protocol: Protocol, study: Study, site: Site | None, now: datetime):  # type: ignore[no-untyped-def]
    assert site is not None  # noqa: S101  # the study has sites
    month_3 = protocol.visit("m3")
    anchor = now.date() - timedelta(days=90 - month_3.before)
    while window(month_3, anchor).opens != now.date():
        anchor += timedelta(days=1 if window(month_3, anchor).opens < now.date() else -1)
    people = [
        {
            "id": n,
            "study_id": study.id,
            "site_id": site.id,
            "number": f"LM-S01-{n:05}",
            "group_code": "I",
            "anchor_date": anchor,
            "language": "zh-Hans",
            "enrolled_at": now - timedelta(days=90),
        }
        for n in range(1, PEOPLE + 1)
    ]
    contacts = [
        {
            "participant_id": n,
            "key_id": "k1",
            "sealed": b"x" * 80,
            "has_email": True,
            "changed_at": now,
        }
        for n in range(1, PEOPLE + 1)
    ]
    visits, forms = [], []
    for n in range(1, PEOPLE + 1):
        for number, planned in enumerate(protocol.schedule.visits):
            dates = window(planned, anchor)
            visit_id = (n - 1) * 9 + number + 1
            visits.append(
                {
                    "id": visit_id,
                    "participant_id": n,
                    "protocol_id": study.protocol_id,
                    "code": planned.code,
                    "number": number,
                    "opens_on": dates.opens,
                    "target_on": dates.target,
                    "on_time_until": dates.closes_on_time,
                    "closes_on": dates.closes,
                }
            )
            forms += [
                {
                    "visit_id": visit_id,
                    "instrument_id": instrument,
                    "form_version_id": place + 1,
                    "position": place,
                    "answers": {},
                    "no_answers": {},
                }
                for place, instrument in enumerate(planned.instruments)
            ]
    return (Participant, people), (Contact, contacts), (Visit, visits), (Response, forms)


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
