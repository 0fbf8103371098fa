"""Draw every state of the patient's, the tablet's and staff's pages into ``docs/screenshots``.

Kept in the repository are English on a light phone and Chinese on a dark tablet, each state once
in each; staff's pages on a light and a dark desktop. ``python -m tests.screenshots all`` draws
every language, theme and size; further words name single states.
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from qol_app.db import migrate
from qol_app.db.session import make_engine
from tests import builders
from tests.e2e import staff_states, states, tablet_states
from tests.e2e.conftest import CHROMIUM, QUIET
from tests.e2e.line import Line
from tests.e2e.stage import Stage

STATES = states.STATES | tablet_states.STATES | staff_states.STATES
FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
SIZES = {"phone": (360, 740), "tablet": (800, 1280), "desktop": (1280, 800)}
KEPT = [("en", "light", "phone"), ("zh-Hans", "dark", "tablet")]
KEPT_OF_STAFF = [("en", "light", "desktop"), ("zh-Hans", "dark", "desktop")]
ALL = list(product(("en", "zh-Hans"), ("light", "dark"), SIZES))


def main(words: Sequence[str]) -> None:
    """Draw the wanted states; a whole set takes the place of the one before."""
    names = [word for word in words if word != "all"] or list(STATES)
    if names == list(STATES):
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as (app, line), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for name in names:
            kept = KEPT_OF_STAFF if name in staff_states.STATES else KEPT
            for language, theme, size in ALL if "all" in words else kept:
                draw(browser, app, line, name, language=language, theme=theme, size=size)
        browser.close()
    drawn = list(FOLDER.glob("*.png"))
    weight = sum(path.stat().st_size for path in drawn) / 1e6
    sys.stdout.write(f"{len(drawn)} files, {weight:.1f} MB\n")


@contextmanager
def served() -> Iterator[tuple[Flask, Line]]:
    """The application on a fresh database, behind a line that can be cut."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/screenshots.sqlite"
        engine = make_engine(url)
        migrate.upgrade(engine)
        engine.dispose()
        app = builders.application(Path(folder), url, builders.Post())
        app.config.update(TESTING=False, WTF_CSRF_ENABLED=True)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        line = Line(server.port)
        try:
            yield app, line
        finally:
            line.close()
            server.shutdown()
            thread.join()
            server.server_close()
            app.extensions["sessions"].engine.dispose()


def draw(
    browser: Browser, app: Flask, line: Line, name: str, *, language: str, theme: str, size: str
) -> None:
    """Bring a new page to the state and keep what its screen shows."""
    line.mend()
    width, height = SIZES[size]
    context = browser.new_context(
        locale=language,
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    STATES[name](Stage(page, app, line, language))
    page.screenshot(path=FOLDER / f"{name}-{language}-{theme}-{size}.png")
    context.close()


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    main(sys.argv[1:])
