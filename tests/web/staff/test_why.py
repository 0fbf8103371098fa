"""Why is this score what it is: the page, the JSON, and the scores that have none."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.services import results
from questionnaires.model import Value
from tests import builders
from tests.web.conftest import World
from tests.web.staff.test_visits import url

WELL = "scores/daily-life-check/WELL"
GIVEN: dict[str, Value] = {"ENERGY": 4, "COMFORT": 7, "SLEEP_REST": 3, "MOOD": None}


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.fixture
def scored(world: World, sessions: Sessions, now: datetime) -> World:
    """The world once a baseline is sent with three of the four items of WELL answered."""
    with sessions.write() as session:
        visit = builders.answered(session, now, world.due, "baseline", GIVEN)
        results.score(session, visit.responses[0].id, actor=actors.job("test"), now=now)
        session.commit()
    return world


def test_the_page_shows_items_what_they_counted_as_and_the_steps(
    staff: FlaskClient, scored: World
) -> None:
    page = plain(staff.get(url(scored.due.number, WELL)).text)
    assert "Mean of the 3 values: " in page
    assert "3 of 4 items answered" in page
    assert "Made from fewer than all items, as the rule of the scale allows." in page
    assert "not counted" in page
    assert "mean_percent 1.0.0 (built in)" in page
    assert "The stored score is" not in page


def test_the_list_of_scores_leads_there_with_its_remark(staff: FlaskClient, scored: World) -> None:
    page = staff.get(url(scored.due.number, "answers")).text
    assert f'href="{url(scored.due.number, WELL)}"' in page
    assert "(from fewer items)" in page


def test_the_same_as_data(staff: FlaskClient, scored: World) -> None:
    answer = staff.get(url(scored.due.number, f"{WELL}.json"))
    assert answer.status_code == 200
    data = answer.get_json()
    assert data["score"] == pytest.approx(data["stored"])
    assert (data["items_answered"], data["items_expected"], data["items_imputed"]) == (3, 4, 1)
    assert data["flags"] == ["prorated"]
    counted = {part["code"]: part["used"] for part in data["parts"]}
    assert counted["COMFORT"] == 70
    assert counted["MOOD"] is None
    kinds = [step["kind"] for step in data["steps"]]
    assert kinds == ["mean"]
    assert data["steps"][0]["mean"] == pytest.approx(data["score"])


def test_a_stored_score_that_differs_is_told(
    staff: FlaskClient, scored: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session, session.connection() as connection:
        connection.exec_driver_sql("UPDATE score SET value = 12.5 WHERE scale = 'WELL'")
        session.commit()
    page = plain(staff.get(url(scored.due.number, WELL)).text)
    assert "The stored score is 12.5" in page


def test_a_form_without_answers_says_why_there_is_no_score(
    staff: FlaskClient, world: World
) -> None:
    page = plain(staff.get(url(world.due.number, WELL)).text)
    assert "0 of 4 items are answered and the rule needs 2, so there is no score." in page
    assert "This form is not scored yet" in page


@pytest.mark.parametrize("last", ["scores/daily-life-check/XX", "scores/eq-5d-5l/INDEX"])
def test_a_scale_or_form_that_is_not_there_is_not_found(
    staff: FlaskClient, world: World, last: str
) -> None:
    assert staff.get(url(world.due.number, last)).status_code == 404


def test_who_may_not_see_answers_may_not_see_reasons(
    as_user: Callable[[str], FlaskClient], scored: World
) -> None:
    for name in ("admin", "analyst"):
        assert as_user(name).get(url(scored.due.number, WELL)).status_code == 403
