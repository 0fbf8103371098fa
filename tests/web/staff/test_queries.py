"""A monitor asks about a form, staff of the site answer, the monitor closes; nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Participant, Query, QueryEntry, Study
from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from qol_app.services import queries
from tests import builders
from tests.web.conftest import World

AsUser = Callable[[str], FlaskClient]
LIST = "/studies/example/queries"


@pytest.fixture
def form(sessions: Sessions, world: World, now: datetime) -> str:
    """The address of a form that was sent; ``monitor`` sees Shanghai, ``far`` Berlin."""
    with sessions.write() as session:
        for name, at in (("monitor", "SHA"), ("far", "BER")):
            world.users[name] = builders.user(
                session, now, Role.MONITOR, of=world.study, at=at, name=name
            )
        person = session.get_one(Participant, world.due.id)
        builders.answered(session, now, person, "baseline", {"ENERGY": 4})
        session.commit()
    page = f"/studies/example/participants/{world.due.number}/visits/baseline"
    return f"{page}/forms/daily-life-check"


@pytest.fixture
def asked(as_user: AsUser, form: str) -> str:
    """The address of a query about ENERGY."""
    answer = as_user("monitor").post(
        f"{form}/query", data={"item": "ENERGY", "text": "Is 4 what the paper says?"}
    )
    assert answer.status_code == 303
    return answer.location


def entries(sessions: Sessions) -> list[tuple[str, str]]:
    with sessions.read() as session:
        rows = session.execute(select(QueryEntry.kind, QueryEntry.text).order_by(QueryEntry.id))
        return [(kind, text) for kind, text in rows]


def actions(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        query = select(AuditEvent.action).where(*builders.BY_USERS)
        return list(session.scalars(query.order_by(AuditEvent.id)))


def open_count(sessions: Sessions, world: World, at: str) -> int:
    with sessions.read() as session:
        study = session.get_one(Study, world.study.id)
        sites = frozenset({builders.site(session, study, at).id})
        return queries.open_count(session, study, sites=sites)


def test_a_query_is_asked_answered_asked_again_and_closed(
    as_user: AsUser, sessions: Sessions, world: World, asked: str
) -> None:
    assert "Is 4 what the paper says?" in as_user("staff").get(LIST).text
    assert (open_count(sessions, world, "SHA"), open_count(sessions, world, "BER")) == (1, 0)
    said = [
        ("staff", "answer", "Yes."),
        ("monitor", "reopen", "Please look again."),
        ("staff", "answer", "It is 3; corrected."),
        ("monitor", "close", ""),
    ]
    for who, what, text in said:
        assert as_user(who).post(f"{asked}/{what}", data={"text": text}).status_code == 303
    assert entries(sessions) == [
        ("raised", "Is 4 what the paper says?"),
        ("answered", "Yes."),
        ("reopened", "Please look again."),
        ("answered", "It is 3; corrected."),
        ("closed", ""),
    ]
    assert actions(sessions) == [
        "query_raised",
        "query_answered",
        "query_reopened",
        "query_answered",
        "query_closed",
    ]
    assert open_count(sessions, world, "SHA") == 0
    assert asked not in as_user("staff").get(LIST).text
    assert asked in as_user("staff").get(f"{LIST}?status=closed").text
    assert asked in as_user("staff").get(f"{LIST}?status=all").text
    shown = as_user("monitor").get(asked).text
    assert "It is 3; corrected." in shown
    assert "Ask again" in shown


def test_the_same_said_twice_is_once(
    as_user: AsUser, sessions: Sessions, form: str, asked: str
) -> None:
    again = as_user("monitor").post(
        f"{form}/query", data={"item": "ENERGY", "text": "Is 4 what the paper says?"}
    )
    assert again.location == asked
    for _ in range(2):
        as_user("staff").post(f"{asked}/answer", data={"text": "Yes."})
    assert len(entries(sessions)) == 2


def test_words_are_needed_and_what_does_not_fit_is_refused(
    as_user: AsUser, sessions: Sessions, form: str, asked: str
) -> None:
    assert as_user("staff").post(f"{asked}/answer", data={"text": " "}).status_code == 422
    assert (
        as_user("monitor").post(f"{form}/query", data={"item": "X", "text": "?"}).status_code == 422
    )
    assert as_user("monitor").post(f"{asked}/reopen", data={"text": "?"}).status_code == 409
    assert len(entries(sessions)) == 1


@pytest.mark.parametrize(
    ("who", "what", "status"),
    [
        ("staff", "close", 403),
        ("monitor", "answer", 403),
        ("other", "answer", 404),
        ("far", "close", 404),
        ("admin", "answer", 403),
        ("analyst", "close", 403),
    ],
)
def test_nobody_else_speaks(
    as_user: AsUser, sessions: Sessions, asked: str, who: str, what: str, status: int
) -> None:
    answer = as_user(who).post(f"{asked}/{what}", data={"text": "x"})
    assert answer.status_code == status
    assert len(entries(sessions)) == 1


@pytest.mark.parametrize(
    ("who", "status"), [("other", 404), ("far", 404), ("admin", 403), ("analyst", 403)]
)
def test_nobody_else_sees(as_user: AsUser, asked: str, who: str, status: int) -> None:
    assert as_user(who).get(asked).status_code == status
    if status == 404:
        assert asked not in as_user(who).get(f"{LIST}?status=all").text


def test_the_answers_page_shows_the_query_and_offers_asking_to_monitors_alone(
    as_user: AsUser, sessions: Sessions, form: str, asked: str
) -> None:
    answers = form.replace("/forms/daily-life-check", "/answers")
    assert f"{form}/query" in as_user("monitor").get(answers).text
    shown = as_user("staff").get(answers).text
    assert asked in shown
    assert f"{form}/query" not in shown
    with sessions.read() as session:
        assert [query.status for query in session.scalars(select(Query))] == ["open"]
