"""A phone on a slow line: how long until the first question can be answered.

Chromium with an emulated slow 3G (400 ms there and back, 400 kbit/s) opens the trial's baseline,
whose files may be kept as in production: once with nothing kept, once with the files kept.
Run: ``python -m benchmarks.slow_line``.
"""

from __future__ import annotations

import logging
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from playwright.sync_api import BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from qol_app.db import migrate
from qol_app.db.session import Sessions, make_engine
from qol_app.services import participants
from qol_app.web.assets import YEAR
from tests import builders
from tests.e2e.conftest import CHROMIUM, QUIET

ROUNDS = 9
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
USABLE = "#q1-1"


def main() -> None:
    """Print the median and the range of both loads."""
    first: list[float] = []
    kept: list[float] = []
    with served() as (app, port), sync_playwright() as playwright:
        tokens = invite(app.extensions["sessions"], 2 * ROUNDS)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for _ in range(ROUNDS):
            context = browser.new_context(viewport={"width": 360, "height": 740})
            first.append(seconds(context, port, tokens.pop()))
            kept.append(seconds(context, port, tokens.pop()))
            context.close()
        browser.close()
    report("first question usable, nothing kept", first)
    report("first question usable, files kept", kept)


@contextmanager
def served() -> Iterator[tuple[Flask, int]]:
    """The application on a fresh database, in a thread; the line is slower than any server."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/slow.sqlite"
        engine = make_engine(url)
        migrate.upgrade(engine)
        engine.dispose()
        app = builders.application(Path(folder), url, builders.Post())
        app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield app, server.port
        finally:
            server.shutdown()
            thread.join()
            app.extensions["sessions"].engine.dispose()


def invite(sessions: Sessions, number: int) -> list[str]:
    """Enrol so many participants of the trial and give the tokens of their baselines."""
    now = datetime.now(UTC)
    with sessions.write() as session:
        study = builders.study(session, now, "nct06449937")
        anchor = now.date() + timedelta(days=5)
        tokens = []
        for _ in range(number):
            person = builders.participant(
                session, now, of=study, at="S01", anchor=anchor, group="I", language="zh-Hans"
            )
            visit = participants.visit(session, person, "baseline")
            tokens.append(builders.link(session, now, visit))
        session.commit()
    return tokens


def seconds(context: BrowserContext, port: int, token: str) -> float:
    """From the tap on Start until an answer to the first question can be chosen."""
    page = context.new_page()
    slow(page)
    page.goto(f"http://127.0.0.1:{port}/s/{token}")
    start = page.locator("main .button--primary")
    started = time.perf_counter()
    start.click(no_wait_after=True)
    page.locator(USABLE).check()
    taken = time.perf_counter() - started
    page.wait_for_load_state("networkidle")
    page.close()
    return taken


def slow(page: Page) -> None:
    """Put the page on the slow line."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", SLOW_3G)


def report(what: str, taken: list[float]) -> None:
    """Print one row of docs/benchmarks.md."""
    print(
        f"| {what} | {statistics.median(taken):.2f} s median "
        f"| {min(taken):.2f} to {max(taken):.2f} s | n = {len(taken)} |"
    )


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    main()
