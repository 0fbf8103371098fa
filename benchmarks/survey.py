"""Patients at the server: page and answer times, and complete 30-page sessions a minute.

Starts gunicorn as deployed (2 workers) on a fresh SQLite database with durable writes, and walks
whole sessions with 1 and with 8 clients. Clients and server share the machine.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.browser import Browser

ROOT = Path(__file__).resolve().parent.parent
STUDY = Path(__file__).parent / "study.toml"
SESSIONS = {1: 8, 8: 8}
"""Sessions that each client walks, by number of clients."""

Times = dict[str, list[float]]


def prepare(clients: int) -> list[str]:
    """Fill a fresh database and return one token per session to walk."""
    from sqlalchemy import select

    from qol_app import settings
    from qol_app.db import migrate
    from qol_app.db.models import Site
    from qol_app.db.session import Sessions, make_engine
    from qol_app.db.vault import Vault
    from qol_app.domain import actor
    from qol_app.domain.study import Purpose
    from qol_app.domain.study_file import read
    from qol_app.services import enrolment, links, participants, studies

    configuration = settings.from_environment()
    sessions = Sessions(make_engine(configuration.database_url))
    migrate.upgrade(sessions.engine)
    me, now, tokens = actor.command("benchmark"), datetime.now(UTC), []
    with sessions.write() as session:
        study = studies.load(session, read(STUDY), purpose=Purpose.REHEARSAL, actor=me, now=now)
        site = session.scalars(select(Site)).one()
        new = enrolment.NewParticipant(
            group="A", anchor_date=(now + timedelta(days=5)).date(), language="en"
        )
        for _ in range(clients * SESSIONS[clients]):
            vault = Vault(configuration.contact_keys)
            person = enrolment.enrol(session, study, site, new, vault=vault, actor=me, now=now)
            visit = participants.visit(session, person, "baseline")
            tokens.append(links.issue(session, visit, channel="screen", actor=me, now=now)[1])
        session.commit()
    return tokens


def walk(port: int, tokens: list[str]) -> Times:
    """Complete one session per token and return the seconds of each kind of request."""
    times: Times = defaultdict(list)
    for token in tokens:
        browser = Browser("127.0.0.1", port)
        browser.get(f"/s/{token}", "page")
        browser.submit("start")
        while answers := browser.first_answers():
            browser.submit("answer", go="next", **answers)
        browser.submit("send")
        for kind, seconds in browser.times.items():
            times[kind] += seconds
    return times


def measure(clients: int) -> None:
    """Run one server and print one row per kind of request, and the sessions a minute."""
    with tempfile.TemporaryDirectory() as instance:
        port = _free_port()
        os.environ |= {"QOL_INSTANCE": instance, "PORT": str(port)}
        tokens = prepare(clients)
        shares = [tokens[start::clients] for start in range(clients)]
        server = _start_server(port)
        try:
            with multiprocessing.get_context("spawn").Pool(clients) as pool:
                pool.starmap(walk, [(port, [])] * clients)
                started = time.perf_counter()
                results = pool.starmap(walk, [(port, share) for share in shares], chunksize=1)
                elapsed = time.perf_counter() - started
        finally:
            server.terminate()
            server.wait()
    _print_rows(clients, results, len(tokens) / elapsed * 60)


def _start_server(port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app"]
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in").close()
        except OSError:
            time.sleep(0.1)
        else:
            return server
    raise RuntimeError("the server did not start")


def _print_rows(clients: int, results: list[Times], per_minute: float) -> None:
    for kind in ("page", "answer"):
        seconds = sorted(second for times in results for second in times[kind])
        p95 = seconds[int(len(seconds) * 0.95)]
        print(
            f"| {kind}, {clients} client(s) | {1000 * statistics.median(seconds):.1f} ms median "
            f"| {1000 * p95:.1f} ms p95 | n = {len(seconds)} |"
        )
    print(f"| 30-page sessions, {clients} client(s) | {per_minute:.0f} a minute | | |")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    for number in SESSIONS:
        measure(number)
