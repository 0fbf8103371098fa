"""Draws every state of the patient's pages into docs/screenshots: ``python -m tests.screenshots``.

Kept are a light phone in English and a dark tablet in Chinese. ``--all FOLDER`` draws every
combination of language, theme and size into a folder of its own.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from qol_app.db import migrate
from qol_app.db.session import make_engine
from tests import builders
from tests.builders import Post
from tests.e2e.conftest import CHROMIUM, QUIET
from tests.e2e.line import Line
from tests.e2e.states import STATES, Stage

KEPT = Path(__file__).parents[1] / "docs" / "screenshots"
SIZES = {"phone": (360, 740), "tablet": (800, 1280), "desktop": (1280, 800)}
Look = tuple[str, str, str]
"""Language, theme and size."""
TWO: tuple[Look, ...] = (("en", "light", "phone"), ("zh-Hans", "dark", "tablet"))
EVERY: tuple[Look, ...] = tuple(product(("en", "zh-Hans"), ("light", "dark"), SIZES))


@contextmanager
def served(folder: Path) -> Iterator[tuple[Flask, Line]]:
    """The application on a fresh database, and a line to it."""
    url = f"sqlite:///{folder / 'screenshots.sqlite'}"
    migrate.upgrade(make_engine(url))
    app = builders.application(folder, url, Post())
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    line = Line(server.port)
    yield app, line
    line.close()
    server.shutdown()
    thread.join()


def draw(browser: Browser, app: Flask, line: Line, state: str, look: Look, folder: Path) -> None:
    """Bring a fresh browser to a state and draw what it shows, as far as it scrolls."""
    language, theme, size = look
    width, height = SIZES[size]
    line.mend()
    context = browser.new_context(
        locale=language, viewport={"width": width, "height": height}, reduced_motion="reduce",
        color_scheme="dark" if theme == "dark" else "light",
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(20_000)
    STATES[state](Stage(page, app, line, language))
    page.screenshot(path=folder / f"{state}-{language}-{theme}-{size}.png", animations="disabled")
    context.close()


def main(looks: tuple[Look, ...], folder: Path) -> None:
    """Draw every state in every look."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, served(Path(scratch)) as (app, line):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            for state, look in product(STATES, looks):
                draw(browser, app, line, state, look, folder)
            browser.close()


if __name__ == "__main__":
    if "--all" in sys.argv:
        main(EVERY, Path(sys.argv[sys.argv.index("--all") + 1]))
    else:
        main(TWO, KEPT)
