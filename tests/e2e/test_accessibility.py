"""axe-core finds nothing on any page of patients, tablets and staff, in no language or theme."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests import builders
from tests.builders import Post
from tests.e2e import staff_states, states, tablet_states
from tests.e2e.line import Line
from tests.e2e.stage import Stage

pytestmark = pytest.mark.browser

STATES = states.STATES | tablet_states.STATES | staff_states.STATES
SIZES = ((360, 740), (800, 1280))
QUIET = (
    "Failed to load resource",
    "An unknown error occurred when fetching the script.",
    "Clear-Site-Data header on ",
)
"""What the console says of a line that is cut and of a tablet that forgets."""
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}
SMALLEST_TARGET = """() => Array.from(document.querySelectorAll(
    "main a, main button, main label, main summary, main input:not([type=hidden]), main textarea"
))
    .filter((each) => each.offsetParent && !each.closest(".visually-hidden, p, h1, legend"))
    .filter((each) => !each.matches(".tile__input, .no-answer__input"))
    .filter((each) => !each.matches(".answer__legend, .field__label"))
    .map((each) => [each.getBoundingClientRect().height, each.outerHTML.slice(0, 80)])
    .filter(([height]) => height > 1 && height < 47.5)"""


@pytest.fixture(scope="module", params=["en", "zh-Hans"])
def stage(
    request: pytest.FixtureRequest,
    chromium: Browser,
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """One server on SQLite and one line for all states of a language; a page is added by each."""
    folder = tmp_path_factory.mktemp("states")
    shutil.copy(sqlite_template, folder / "test.sqlite")
    app = builders.application(folder, f"sqlite:///{folder / 'test.sqlite'}", Post())
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    line = Line(server.port)
    context = chromium.new_context(locale=str(request.param))
    made = Stage(context.new_page(), app, line, request.param)
    yield made
    made.page.context.close()
    line.close()
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["sessions"].engine.dispose()


def fresh(stage: Stage) -> list[str]:
    """Give the stage a new page in a new profile; return what its console will complain of."""
    browser = stage.page.context.browser
    stage.page.context.close()
    assert browser is not None
    stage.line.mend()
    stage.page = browser.new_context(locale=stage.language).new_page()
    stage.page.set_default_timeout(20_000)
    complaints: list[str] = []
    stage.page.on("console", lambda message: complaints.append(message.text))
    stage.page.on("pageerror", lambda error: complaints.append(str(error)))
    own = (stage.line.address, "data:", "blob:")
    stage.page.context.on(
        "request",
        lambda request: (
            None if request.url.startswith(own) else complaints.append(f"left: {request.url}")
        ),
    )
    return complaints


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("name", STATES)
def test_a_state_has_no_barrier_in_any_theme_and_size(stage: Stage, name: str) -> None:
    complaints = fresh(stage)
    STATES[name](stage)
    for scheme in ("light", "dark"):
        stage.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        for width, height in SIZES:
            stage.page.set_viewport_size({"width": width, "height": height})
            assert violations(stage.page) == [], (name, scheme, width)
            if name not in staff_states.STATES:
                assert stage.page.evaluate(SMALLEST_TARGET) == [], (name, width)
            overflow = stage.page.evaluate("document.documentElement.scrollWidth")
            assert overflow <= width, (name, width)
    assert [each for each in complaints if not each.startswith(QUIET)] == []
