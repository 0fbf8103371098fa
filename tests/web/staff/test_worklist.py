"""The worklist: who has to be asked today, at the user's own site, most urgent first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from flask.testing import FlaskClient

from qol_app.db.session import Sessions
from tests import builders
from tests.web.conftest import World

URL = "/studies/example/worklist"


def numbers(page: str) -> list[str]:
    table = page[page.index('id="worklist"') :] if 'id="worklist"' in page else ""
    return re.findall(r"data-open>([^<]+)</a>", table.partition("</table>")[0])


def test_staff_see_their_own_site_closing_before_due(staff: FlaskClient, world: World) -> None:
    page = staff.get(URL).text
    assert numbers(page) == [world.closing.number, world.due.number]
    assert page.index(">Closing<") < page.index(">Due<")
    assert "2 visits wait for answers today" in page


def test_every_row_tells_its_last_day_and_the_days_left(staff: FlaskClient) -> None:
    page = staff.get(URL).text
    assert re.findall(r'data-label="Last day" class="number">([^<]+)<', page) == [
        "2026-03-07", "2026-03-12",
    ]  # fmt: skip
    assert re.findall(r'data-label="Days left"[^>]*>(\d+)<', page) == ["5", "10"]


def test_only_who_has_an_address_can_be_sent_an_email(staff: FlaskClient) -> None:
    page = staff.get(URL).text
    assert page.count(">Send e-mail<") == 1
    assert page.count(">QR code<") == 2


def test_an_overdue_visit_comes_first_and_counts_to_its_last_accepted_day(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        late = builders.participant(
            session, now, of=world.study, at="SHA", anchor=now.date() - timedelta(days=38)
        )
        session.commit()
    page = staff.get(URL).text
    assert numbers(page)[0] == late.number
    assert re.findall(r'data-label="Days left"[^>]*>(\d+)<', page)[0] == "4"


def test_a_started_form_says_so(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    assert ">Started<" not in staff.get(URL).text
    with sessions.write() as session:
        builders.answered(session, now, world.due, "baseline", {"ENERGY": 2}, sent=False)
        session.commit()
    assert ">Started<" in staff.get(URL).text


def test_a_sent_form_leaves_the_list_and_shows_among_the_arrivals(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        builders.answered(session, now, world.due, "baseline", {"ENERGY": 2})
        session.commit()
    page = staff.get(URL).text
    assert numbers(page) == [world.closing.number]
    assert "Answers that came in the last seven days" in page
    assert f"/participants/{world.due.number}/visits/baseline/answers" in page


def test_it_narrows_by_visit_and_by_number(staff: FlaskClient, world: World) -> None:
    assert numbers(staff.get(f"{URL}?visit=w4").text) == [world.closing.number]
    assert numbers(staff.get(f"{URL}?q={world.due.number.lower()}").text) == [world.due.number]
    assert "Nothing here matches" in staff.get(f"{URL}?q=%25").text


def test_an_admin_sees_all_sites_and_can_send_nothing(
    as_user: Callable[[str], FlaskClient], world: World
) -> None:
    page = as_user("admin").get(URL).text
    assert set(numbers(page)) == {
        world.due.number, world.closing.number, world.elsewhere.number,
    }  # fmt: skip
    assert ">Send e-mail<" not in page
    assert ">QR code<" not in page
    assert numbers(as_user("admin").get(f"{URL}?site=BER").text) == [world.elsewhere.number]


def test_another_sites_code_in_the_address_shows_nothing_of_it(
    staff: FlaskClient, world: World
) -> None:
    assert world.elsewhere.number not in staff.get(f"{URL}?site=BER").text


def test_an_analyst_is_refused(as_user: Callable[[str], FlaskClient]) -> None:
    assert as_user("analyst").get(URL).status_code == 403
