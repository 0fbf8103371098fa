"""Files under an address that changes with them: kept for ever, compressed, never missing."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from qol_app.services import participants
from qol_app.web.assets import SCRIPTS, STYLESHEETS, version
from tests import builders

STATIC = Path(__file__).parents[2] / "qol_app" / "static"


def fetch(app: Flask, address: str, accepted: str = "") -> TestResponse:
    """The answer, read to its end, so that its file is closed."""
    answer = app.test_client().get(address, headers={"Accept-Encoding": accepted})
    answer.get_data()
    answer.close()
    return answer


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite alone: files do not depend on where data are kept."""
    copy = tmp_path / "assets.sqlite"
    shutil.copy(sqlite_template, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def token(app: Flask) -> str:
    """A link that is due today."""
    now = datetime.now(UTC)
    with app.extensions["sessions"].write() as session:
        study = builders.study(session, now)
        anchor = now.date() + timedelta(days=5)
        person = builders.participant(session, now, of=study, at="SHA", anchor=anchor)
        made = builders.link(session, now, participants.visit(session, person, "baseline"))
        session.commit()
    return made


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


def test_a_page_of_another_release_finds_its_joined_stylesheet(app: Flask) -> None:
    now = fetch(app, f"{app.static_url_path}/styles/patient.css")
    other = fetch(app, "/static/0123456789ab/styles/patient.css")
    assert (other.status_code, other.mimetype) == (200, "text/css")
    assert other.get_data() == now.get_data()
    assert other.headers["Cache-Control"] == "no-cache"
    assert fetch(app, "/static/0123456789ab/styles/nothing.css").status_code == 404


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


@pytest.mark.parametrize("file", ["styles/patient.css", "js/survey.js"])
@pytest.mark.parametrize("coding", ["br", "gzip", ""])
def test_what_the_browser_has_is_not_sent_again(app: Flask, file: str, coding: str) -> None:
    address = f"{app.static_url_path}/{file}"
    first = fetch(app, address, coding)
    headers = {"Accept-Encoding": coding, "If-None-Match": first.headers["ETag"]}
    again = app.test_client().get(address, headers=headers)
    assert (again.status_code, again.get_data()) == (304, b"")
    again.close()


def test_the_tag_of_a_file_tells_its_codings_apart(app: Flask) -> None:
    address = f"{app.static_url_path}/styles/patient.css"
    tags = {fetch(app, address, coding).headers["ETag"] for coding in ("br", "gzip", "")}
    assert len(tags) == 3


@pytest.mark.parametrize("file", ["styles/patient.css", "js/survey.js"])
def test_asking_for_the_head_says_what_a_file_would_weigh(app: Flask, file: str) -> None:
    address = f"{app.static_url_path}/{file}"
    sent = fetch(app, address, "br")
    head = app.test_client().head(address, headers={"Accept-Encoding": "br"})
    assert head.get_data() == b""
    assert head.headers["Content-Length"] == sent.headers["Content-Length"]
    head.close()


def test_a_part_of_a_file_is_sent_as_it_is(app: Flask) -> None:
    part = app.test_client().get(
        f"{app.static_url_path}/js/survey.js",
        headers={"Accept-Encoding": "br", "Range": "bytes=0-99"},
    )
    assert (part.status_code, len(part.get_data())) == (206, 100)
    assert "Content-Encoding" not in part.headers
    part.close()


def test_patients_pages_show_nothing_of_what_was_asked_for(app: Flask, token: str) -> None:
    client = app.test_client()
    client.post(f"/s/{token}")
    marker = "seeksthesecret"
    for address in (f"/s/{token}", "/survey/daily-life-check/p1", "/survey/review"):
        sent = {"Referer": f"http://x.example/{marker}"}
        plain = client.get(f"{address}?q={marker}", headers=sent)
        assert (plain.status_code, marker in plain.get_data(as_text=True)) == (200, False)
        packed = client.get(address, headers={"Accept-Encoding": "br"})
        assert packed.headers["Content-Encoding"] == "br"


def test_a_page_that_shows_what_was_asked_for_is_not_compressed(app: Flask) -> None:
    answer = fetch(app, "/sign-in?next=/seeksthesecret", "br, gzip")
    assert "seeksthesecret" in answer.get_data(as_text=True)
    assert "Content-Encoding" not in answer.headers
