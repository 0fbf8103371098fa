"""Trajectories: the right numbers, pooled until groups are opened, and nothing without a trace."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent
from qol_app.db.session import Sessions
from qol_app.domain.events import Action
from tests import builders
from tests.web.conftest import World

PAGE = "/studies/example/trajectories"
DAY = {"measure": "daily-life-check:DAY"}
CHANGE = {**DAY, "show": "change"}
AsUser = Callable[[str], FlaskClient]


def rows(page: str) -> list[list[str]]:
    """The table of the page, cell by cell."""
    body = page[page.index('id="numbers"') :]
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", body[: body.index("</table>")], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.DOTALL) for line in lines]
    return [[cell.strip() for cell in line] for line in cells][1:]


def events(sessions: Sessions, action: Action) -> list[AuditEvent]:
    with sessions.read() as session:
        query = select(AuditEvent).where(AuditEvent.action == action.value)
        return list(session.scalars(query))


@pytest.fixture
def analyst(as_user: AsUser, answered: World) -> FlaskClient:
    return as_user("analyst")


def test_a_visitor_is_sent_to_sign_in(app: object, world: World) -> None:
    answer = app.test_client().get(PAGE)  # type: ignore[attr-defined]  # a Flask
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]


def test_staff_see_no_trajectories(as_user: AsUser, answered: World) -> None:
    assert as_user("staff").get(PAGE).status_code == 403
    assert as_user("staff").get(f"{PAGE}.csv").status_code == 403


def test_all_participants_together_give_the_known_numbers(analyst: FlaskClient) -> None:
    page = analyst.get(PAGE, query_string=DAY).text
    assert rows(page) == [
        ["Baseline", "10", "65.0", "15.8", "53.7 to 76.3", "65.0", "52.5 to 77.5", "40.0 to 90.0"],
        ["Week 4", "10", "65.0", "26.4", "46.1 to 83.9", "70.0", "60.0 to 80.0", "0.0 to 90.0"],
        ["Month 3", "0", "no scores yet"],
    ]


def test_change_needs_both_scores_and_a_missing_baseline_stays_missing(
    analyst: FlaskClient,
) -> None:
    page = analyst.get(PAGE, query_string=CHANGE).text
    week_4 = next(row for row in rows(page) if row[0] == "Week 4")
    assert week_4[:4] == ["Week 4", "9", "10.0", "0.0"]
    assert "no later one takes its place" in page


def test_by_group_needs_the_groups_to_be_opened_which_is_recorded_once(
    analyst: FlaskClient, sessions: Sessions
) -> None:
    before = analyst.get(PAGE, query_string={**DAY, "by": "group"}).text
    assert rows(before)[0][1] == "10"
    assert events(sessions, Action.GROUPS_OPENED) == []
    opened = analyst.post("/studies/example/groups", data=DAY)
    assert opened.status_code == 303
    (event,) = events(sessions, Action.GROUPS_OPENED)
    assert event.actor_kind == "user"
    page = analyst.get(opened.headers["Location"]).text
    assert rows(page) == [
        ["A"],
        ["Baseline", "5", "70.0", "15.8", "50.4 to 89.6", "70.0", "60.0 to 80.0", "50.0 to 90.0"],
        ["Week 4", "4", "fewer than 5 answered; not shown"],
        ["Month 3", "0", "no scores yet"],
        ["B"],
        ["Baseline", "5", "60.0", "15.8", "40.4 to 79.6", "60.0", "50.0 to 70.0", "40.0 to 80.0"],
        ["Week 4", "6", "58.3", "31.9", "24.9 to 91.8", "65.0", "52.5 to 77.5", "0.0 to 90.0"],
        ["Month 3", "0", "no scores yet"],
    ]
    assert "this is no randomised comparison" in page
    assert len(events(sessions, Action.GROUPS_OPENED)) == 1


def test_who_may_not_see_groups_finds_no_group_anywhere(
    as_user: AsUser, answered: World, sessions: Sessions
) -> None:
    admin = as_user("admin")
    for address in (PAGE, f"{PAGE}?by=group", f"{PAGE}?by=group&show=change"):
        page = admin.get(address)
        assert page.status_code == 200
        for name in ("Group A", "Group B", ">A<", ">B<", '"A"', '"B"', "Open the groups"):
            assert name not in page.text
    assert admin.post("/studies/example/groups", data=DAY).status_code == 403
    assert admin.get(f"{PAGE}.csv?by=group").status_code == 403
    assert events(sessions, Action.GROUPS_OPENED) == []


def test_opened_groups_stay_closed_for_the_next_user_of_the_browser(
    analyst: FlaskClient, answered: World
) -> None:
    analyst.post("/studies/example/groups", data=DAY)
    builders.sign_in(analyst, answered.users["admin"])
    assert analyst.get(f"{PAGE}.csv?by=group").status_code == 403


def test_looking_changes_nothing(analyst: FlaskClient, sessions: Sessions) -> None:
    def counts() -> dict[str, int]:
        with sessions.read() as session:
            return builders.count_rows(session)

    before = counts()
    for address in (PAGE, f"{PAGE}.csv", "/studies/example/downloads"):
        assert analyst.get(address).status_code == 200
    assert counts() == before


def read_csv(answer: object) -> list[dict[str, str]]:
    text = answer.data.decode("utf-8-sig")  # type: ignore[attr-defined]  # a response
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_holds_the_numbers_of_the_page_unrounded(analyst: FlaskClient) -> None:
    lines = read_csv(analyst.get(f"{PAGE}.csv", query_string=DAY))
    assert [(line["visit"], line["n"]) for line in lines] == [
        ("baseline", "10"),
        ("w4", "10"),
        ("m3", "0"),
    ]
    assert {line["group"] for line in lines} == {"all"}
    assert float(lines[0]["mean"]) == 65.0
    assert float(lines[0]["sd"]) == pytest.approx(15.811388, abs=1e-6)
    assert float(lines[0]["lower"]) == pytest.approx(53.689214, abs=1e-6)


def test_the_file_by_group_withholds_what_the_page_withholds(analyst: FlaskClient) -> None:
    assert analyst.get(f"{PAGE}.csv?by=group", query_string=None).status_code == 403
    analyst.post("/studies/example/groups", data=DAY)
    lines = read_csv(analyst.get(f"{PAGE}.csv", query_string={**DAY, "by": "group"}))
    few = next(line for line in lines if (line["group"], line["visit"]) == ("A", "w4"))
    assert (few["n"], few["mean"], few["median"], few["withheld"]) == ("4", "", "", "1")


def test_the_page_carries_its_figures_as_data(analyst: FlaskClient) -> None:
    page = analyst.get(PAGE, query_string=DAY).text
    found = re.search(
        r'<script type="application/json" id="trajectory-figures">(.*?)</script>', page
    )
    assert found is not None
    figures = json.loads(found[1])
    assert sorted(figures) == ["dark", "light"]
    assert sorted(figures["light"]) == ["narrow", "wide"]
    assert figures["light"]["wide"]["data"]


def test_an_unknown_scale_or_view_does_not_exist(analyst: FlaskClient) -> None:
    for address in (
        f"{PAGE}?measure=daily-life-check:NONE",
        f"{PAGE}?measure=nothing:DAY",
        f"{PAGE}?measure=x",
        f"{PAGE}?show=everything",
    ):
        assert analyst.get(address).status_code == 404


def test_the_analysis_plan_decides_what_is_seen_first(analyst: FlaskClient) -> None:
    page = analyst.get(PAGE).text
    assert '<option value="daily-life-check:WELL" selected>' in page


def test_the_page_speaks_chinese_where_the_words_are_the_study_s(
    as_user: AsUser, answered: World
) -> None:
    client = as_user("analyst")
    page = client.get(PAGE, query_string=DAY, headers={"Accept-Language": "zh-CN"}).text
    assert '<html lang="zh-Hans"' in page
    assert "基线" in page
    assert ">Baseline<" not in page
