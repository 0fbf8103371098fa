"""The worklist: who has to be asked today, at the user's own site, most urgent first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Flask, g, url_for
from flask.testing import FlaskClient

from qol_app.db.session import Sessions
from qol_app.messaging.console import ConsoleSmsSender
from qol_app.web.staff.lists import Addresses
from tests import builders
from tests.web.conftest import World

URL = "/studies/example/worklist"


def table(page: str) -> str:
    """The table of visits that wait; empty where there is none."""
    return page.partition('id="worklist"')[2].partition("</table>")[0]


def numbers(page: str) -> list[str]:
    return re.findall(r"data-open>([^<]+)</a>", table(page))


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
    assert ">Started<" not in table(staff.get(URL).text)
    with sessions.write() as session:
        builders.answered(session, now, world.due, "baseline", {"ENERGY": 2}, sent=False)
        session.commit()
    assert ">Started<" in table(staff.get(URL).text)


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


def test_it_narrows_by_questionnaire_and_by_status(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        builders.answered(session, now, world.due, "baseline", {"ENERGY": 2}, sent=False)
        session.commit()
    both = [world.closing.number, world.due.number]
    assert numbers(staff.get(f"{URL}?instrument=daily-life-check").text) == both
    assert numbers(staff.get(f"{URL}?instrument=eq-5d-5l").text) == []
    assert numbers(staff.get(f"{URL}?status=started").text) == [world.due.number]
    assert numbers(staff.get(f"{URL}?status=not_started").text) == [world.closing.number]
    assert numbers(staff.get(f"{URL}?status=closing").text) == [world.closing.number]
    assert numbers(staff.get(f"{URL}?status=put_off").text) == []
    assert numbers(staff.get(f"{URL}?status=no-such").text) == both


def test_it_is_sorted_as_asked_and_then_not_grouped(staff: FlaskClient, world: World) -> None:
    by_number = staff.get(f"{URL}?sort=number").text
    assert numbers(by_number) == sorted([world.due.number, world.closing.number])
    assert "table__group" not in table(by_number)
    by_visit = staff.get(f"{URL}?sort=visit").text
    assert numbers(by_visit) == [world.due.number, world.closing.number]
    assert "table__group" in table(staff.get(f"{URL}?sort=no-such").text)


def test_more_than_thirty_stand_on_several_pages(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        for _ in range(32):
            anchor = now.date() + timedelta(days=9)
            builders.participant(session, now, of=world.study, at="SHA", anchor=anchor)
        session.commit()
    first = staff.get(f"{URL}?sort=number").text
    second = staff.get(f"{URL}?sort=number&page=2").text
    assert (len(numbers(first)), len(numbers(second))) == (30, 4)
    assert "1 to 30 of 34" in first
    assert "31 to 34 of 34" in second
    assert 'href="/studies/example/worklist?sort=number&amp;page=2"' in first
    assert numbers(staff.get(f"{URL}?sort=number&page=99").text) == numbers(second)
    by_urgency = staff.get(f"{URL}?page=2").text
    assert re.findall(r'class="table__count">(\d+)<', table(by_urgency)) == ["33"]


def test_what_is_done_in_place_leads_back_to_the_same_page(
    staff: FlaskClient, world: World
) -> None:
    page = staff.get(f"{URL}?q={world.due.number}&sort=number").text
    assert f'name="back" value="q={world.due.number}&amp;sort=number"' in page
    visit = f"/studies/example/participants/{world.due.number}/visits/baseline"
    origin = {"from": "worklist", "back": f"q={world.due.number}&sort=number&next=//evil.example"}
    back = f"{URL}?q={world.due.number}&sort=number"
    assert staff.post(f"{visit}/send", data=origin).location == back
    put_off = {"delay": "tomorrow", "reason": "too_ill"}
    assert staff.post(f"{visit}/postpone", data=origin | put_off).location == back
    plain = staff.post(f"{visit}/send").location
    assert plain == f"/studies/example/participants/{world.due.number}"


def test_each_row_offers_what_its_user_may_do(
    staff: FlaskClient, as_user: Callable[[str], FlaskClient], world: World
) -> None:
    visit = f"/studies/example/participants/{world.due.number}/visits/baseline"
    page = table(staff.get(URL).text)
    for action in ("postpone", "missing", "forms/daily-life-check/keying", "send", "link"):
        assert f'"{visit}/{action}"' in page
    page = table(as_user("admin").get(URL).text)
    assert visit not in page
    assert "popover" not in page


def test_a_text_message_is_offered_to_who_has_a_phone_where_a_gateway_serves(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        builders.participant(
            session, now, of=world.study, at="SHA", anchor=now.date(), phone="+8613800138000"
        )
        session.commit()
    assert ">Send text message<" not in staff.get(URL).text
    serve_text_messages(staff)
    page = staff.get(URL).text
    assert page.count(">Send text message<") == 1
    assert page.count(">Send e-mail<") == 1


def serve_text_messages(client: FlaskClient) -> None:
    """Set up a gateway that prints, as in development."""
    queue = client.application.extensions["queue"]
    queue.tasks = replace(queue.tasks, sms=ConsoleSmsSender())


def test_an_address_keeps_what_it_is_given(app: Flask, world: World) -> None:
    with app.test_request_context():
        g.study = world.study
        addresses = Addresses()
        for number in ("EX-SHA-001", "A~visit~/B C"):
            assert addresses.of("staff.why_missing", number, visit="w4") == url_for(
                "staff.why_missing", study="example", number=number, visit="w4"
            ).replace("/B", "%2FB")
