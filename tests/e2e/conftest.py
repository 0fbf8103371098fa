"""A real browser at a real server, on the database of the test."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Playwright, sync_playwright
from werkzeug.serving import make_server

from tests import builders
from tests.builders import Post
from tests.conftest import missing
from tests.e2e.clinic import Clinic, at_work

CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()),
    None,
)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite alone: the browser does not know which database there is.

    A module that wants both imports ``database`` from ``tests.conftest``.
    """
    copy = tmp_path / "test.sqlite"
    shutil.copy(sqlite_template, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The whole application, form tokens and all."""
    made = builders.application(tmp_path, database, Post())
    made.config.update(TESTING=False, WTF_CSRF_ENABLED=True)
    yield made
    made.extensions["sessions"].engine.dispose()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; a process may have one."""
    if CHROMIUM is None:
        missing("Chromium")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Headless Chromium, started once."""
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield started
    started.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The browser; every profile that a test opened is closed after it."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def clinic(sqlite_template: Path, tmp_path: Path, browser: Browser) -> Iterator[Clinic]:
    """A clinic with a real mail server and a gateway for text messages, both on this machine."""
    with at_work(sqlite_template, tmp_path, browser) as working:
        yield working
