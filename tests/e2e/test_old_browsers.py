"""A browser engine five years old reads what patients load: no syntax newer than ES2020."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import missing

pytestmark = pytest.mark.browser

ACORN = Path("/usr/share/nodejs/acorn/dist/acorn.js")
SCRIPTS = Path(__file__).parents[2] / "qol_app" / "static" / "js"
FOR_STAFF = {"chart.js", "worklist.js", "print.js"}
YOUNGER = re.compile(
    r"structuredClone|\.at\(|Object\.hasOwn|\.findLast|\.toSorted|\.toReversed|Object\.groupBy"
    r"|AbortSignal\.timeout|Array\.fromAsync|Promise\.withResolvers|\.replaceAll\("
)
"""Calls that a browser of late 2020 lacks."""
PARSE = """([source, year]) => {
    try {
        acorn.parse(source, { ecmaVersion: year, sourceType: "module" });
        return "";
    } catch (error) {
        return String(error);
    }
}"""


def for_patients() -> list[Path]:
    return [path for path in sorted(SCRIPTS.rglob("*.js")) if path.name not in FOR_STAFF]


@pytest.fixture
def parse(browser: Browser) -> object:
    """The parser in a page: what it says about a source under a year's syntax."""
    if not ACORN.exists():
        missing("acorn (Debian: node-acorn)")
    page = browser.new_page()
    page.add_script_tag(path=ACORN)
    return lambda source, year: page.evaluate(PARSE, [source, year])


def test_scripts_for_patients_hold_no_younger_syntax(parse) -> None:  # type: ignore[no-untyped-def]
    assert len(for_patients()) > 8
    found = {path.name: parse(path.read_text("utf-8"), 2020) for path in for_patients()}
    assert {name: error for name, error in found.items() if error} == {}


def test_the_parser_knows_younger_syntax_when_it_sees_it(parse) -> None:  # type: ignore[no-untyped-def]
    assert "SyntaxError" in parse("let a = null; a ??= 1;", 2020)
    assert parse("let a = null; a ??= 1;", 2021) == ""


def test_scripts_for_patients_call_nothing_younger() -> None:
    assert YOUNGER.search("const last = list.at(-1);")
    for path in for_patients():
        assert YOUNGER.search(path.read_text("utf-8")) is None, path.name
