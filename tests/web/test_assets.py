"""Files under an address that changes with them: kept for ever, compressed, never missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from qol_app.web.assets import SCRIPTS, STYLESHEETS, version

STATIC = Path(__file__).parents[2] / "qol_app" / "static"


def fetch(app: Flask, address: str, accepted: str = "") -> TestResponse:
    """The answer, read to its end, so that its file is closed."""
    answer = app.test_client().get(address, headers={"Accept-Encoding": accepted})
    answer.get_data()
    answer.close()
    return answer


@pytest.fixture
def database(sqlite_template: Path) -> str:
    """No data are read."""
    return f"sqlite:///{sqlite_template}"


def test_the_version_changes_with_a_file_and_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    first = version(tmp_path)
    (tmp_path / "a.css").write_text("b")
    second = version(tmp_path)
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    assert len({first, second, version(tmp_path)}) == 3
    assert len(first) == 12


def test_files_are_kept_for_ever_in_production_and_asked_for_in_development(app: Flask) -> None:
    address = f"{app.static_url_path}/js/survey.js"
    assert fetch(app, address).headers["Cache-Control"] == "no-cache, max-age=0"
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31536000
    kept = fetch(app, address).headers["Cache-Control"]
    assert {"public", "max-age=31536000", "immutable"} == set(kept.split(", "))


def test_a_page_of_another_release_finds_its_files(app: Flask) -> None:
    answer = fetch(app, "/static/0123456789ab/js/survey.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert fetch(app, "/static/0123456789ab/js/nothing.js").status_code == 404


def test_a_stylesheet_holds_its_parts_in_order_and_no_other_exists(app: Flask) -> None:
    body = app.test_client().get(f"{app.static_url_path}/styles/patient.css").get_data(as_text=True)
    places = [
        body.index((STATIC / "css" / f"{part}.css").read_text("utf-8")[:60])
        for part in STYLESHEETS["patient"]
    ]
    assert places == sorted(places)
    assert app.test_client().get(f"{app.static_url_path}/styles/nothing.css").status_code == 404


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", None)]
)
def test_text_is_compressed_as_the_browser_can_read_it(
    app: Flask, accepted: str, coding: str | None
) -> None:
    for file in ("styles/patient.css", "js/survey.js"):
        answer = fetch(app, f"{app.static_url_path}/{file}", accepted)
        assert answer.headers.get("Content-Encoding") == coding
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_every_script_that_a_question_imports_is_fetched_at_once() -> None:
    imported = {"survey.js"}
    for script in SCRIPTS:
        path = STATIC / "js" / script
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("import "):
                target = (path.parent / line.rsplit('"', 2)[1]).resolve()
                imported.add(target.relative_to(STATIC / "js").as_posix())
    assert imported == set(SCRIPTS)
