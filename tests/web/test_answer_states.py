"""Five states and who helped, from the patient's page to staff, to the score and into the files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qol_app.db.models import Participant
from qol_app.db.session import Sessions
from qol_app.services import participants
from tests import builders
from tests.web.conftest import World

STATES = {
    "ENERGY": "answered",
    "COMFORT": "declined",
    "SLEEP_HOURS": "blank",
    "SLEEP_REST": "blank",
    "OUTINGS": "answered",
    "OUTING_EASE": "not_applicable",
    "SUPPORT": "never_seen",
    "MOOD": "never_seen",
    "DAY": "never_seen",
    "REMARK": "never_seen",
}


@pytest.fixture
def surfaces() -> tuple[str, ...]:
    """The surfaces that the application serves."""
    return ("auth", "patient", "staff", "analysis")


@pytest.fixture
def visit(app: Flask, sessions: Sessions, world: World, now: datetime) -> str:
    """The address of a visit whose patient, without script, left its items in all five states."""
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        token = builders.link(session, now, participants.visit(session, person, "baseline"))
        session.commit()
    browser = app.test_client()
    browser.post(f"/s/{token}")
    pages: list[dict[str, str]] = [
        {"ENERGY": "4"},
        {"none-COMFORT": "declined"},
        {},
        {"OUTINGS": "1"},
        {"shown-OUTINGS": "1", "OUTINGS": "1", "none-OUTING_EASE": "not_applicable"},
    ]
    for number, given in zip((1, 2, 3, 4, 4), pages, strict=True):
        page = browser.post(f"/survey/daily-life-check/p{number}", data={**given, "go": "next"})
        assert page.status_code == 303
    assert browser.post("/survey/review", data={"helper": "read_aloud"}).status_code == 303
    return f"/studies/example/participants/{world.due.number}/visits/baseline"


def lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_five_states_are_told_apart_in_one_file_and_who_helped_in_another(
    as_user: Callable[[str], FlaskClient], world: World, visit: str
) -> None:
    content = as_user("analyst").post("/studies/example/downloads").data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        states = lines(archive, "item_states.csv")
        forms = lines(archive, "visits.csv")
        items = lines(archive, "items_daily-life-check.csv")
    assert {line["participant"] for line in states} == {world.due.number}
    assert {line["item"]: line["state"] for line in states} == STATES
    given = {line["item"]: line["value"] for line in states if line["value"]}
    assert given == {"ENERGY": "4", "OUTINGS": "1"}
    assert list(forms[0])[-2:] == ["helper", "keyed_at"]
    helpers = {(line["participant"], line["visit"]): line["helper"] for line in forms}
    assert {key: word for key, word in helpers.items() if word} == {
        (world.due.number, "baseline"): "read_aloud"
    }
    (mine,) = [line for line in items if line["items_seen"] != "0"]
    counts = ("items_seen", "items_blank", "items_declined", "items_not_applicable")
    assert [mine[name] for name in counts] == ["6", "2", "1", "1"]


def test_staff_read_each_state_and_who_helped_in_words(staff: FlaskClient, visit: str) -> None:
    page = staff.get(f"{visit}/answers").text
    rows = re.findall(r"<code>([A-Z_]+)</code>.*?data-label=\"Answer\">(.*?)</td>", page, re.DOTALL)
    shown = {item: re.sub(r"<[^>]+>", "", cell).strip() for item, cell in rows}
    assert shown["ENERGY"] == "A good deal"
    assert shown["COMFORT"] == "Preferred not to answer"
    assert shown["OUTING_EASE"] == "Said it does not apply"
    assert shown["SLEEP_HOURS"] == "Left blank"
    assert shown["MOOD"] == "Not seen"
    assert "Someone read the questions to the patient." in page


def test_a_declined_item_is_no_answer_in_a_score_and_its_reasons_say_so(
    staff: FlaskClient, visit: str
) -> None:
    why = f"{visit}/scores/daily-life-check/WELL"
    page = " ".join(re.sub(r"<[^>]+>", " ", staff.get(why).text).split())
    assert "1 of 4 items are answered and the rule needs 2, so there is no score." in page
    assert "How comfortable did your body feel? Preferred not to answer not counted" in page
    parts = {part["code"]: part["state"] for part in staff.get(f"{why}.json").get_json()["parts"]}
    assert parts == {item: STATES[item] for item in ("ENERGY", "COMFORT", "SLEEP_REST", "MOOD")}


def test_the_participants_page_counts_answers_alone(
    staff: FlaskClient, visit: str, world: World
) -> None:
    page = staff.get(f"/studies/example/participants/{world.due.number}").text
    assert re.search(r"2 of 10", re.sub(r"<[^>]+>", "", page))
