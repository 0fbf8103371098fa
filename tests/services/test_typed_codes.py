"""A typed code opens its link; guessing is stopped, by source and over all."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.models import AuditEvent, SurveyLink, WrongCode
from qol_app.domain import actor as actors
from qol_app.domain import codes
from qol_app.domain.errors import CodeMistyped, TooManyWrongCodes
from qol_app.services import links, participants, typed_codes
from qol_app.services.opened import OpenSurvey
from tests import builders

KEY = b"k" * 32
ANYONE = actors.anyone("code page")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def issued(session: Session, now: datetime) -> links.Issued:
    study = builders.study(session, now)
    person = builders.participant(session, now, of=study, at="SHA", anchor=date(2026, 3, 12))
    visit = participants.visit(session, person, "baseline")
    return links.issue_on_paper(
        session, visit, code_key=KEY, channel="screen", actor=builders.COMMAND, now=now
    )


def opens(session: Session, typed: str, now: datetime, source: str = "a") -> OpenSurvey | None:
    return typed_codes.open_link(session, typed, key=KEY, source=source, now=now)


def wrong(session: Session, now: datetime, times: int, source: str = "a") -> None:
    for _ in range(times):
        typed_codes.count_wrong(session, source, actor=ANYONE, now=now)


def test_a_code_opens_its_link_and_only_its_keyed_hash_is_stored(
    session: Session, issued: links.Issued, now: datetime
) -> None:
    found = opens(session, codes.shown(issued.code).lower(), now)
    assert found is not None
    assert found.link_id == issued.link.id
    stored = session.scalars(select(SurveyLink.code_hash)).one()
    assert stored == links.code_hash(issued.code, key=KEY)
    assert stored != links.code_hash(issued.code, key=b"another")
    written = " ".join(str(changes) for changes in session.scalars(select(AuditEvent.changes)))
    assert issued.code not in written
    assert str(stored) not in written


def test_a_link_by_mail_has_no_code(session: Session, issued: links.Issued, now: datetime) -> None:
    link, _token = links.issue(
        session, issued.link.visit, channel="email", actor=builders.COMMAND, now=now
    )
    assert link.code_hash is None


def test_an_unknown_code_opens_nothing_and_a_slip_is_not_even_looked_up(
    session: Session, issued: links.Issued, now: datetime
) -> None:
    assert opens(session, codes.complete("CDFGHJKMN"), now) is None
    with pytest.raises(CodeMistyped):
        opens(session, "CDFGHJKMN5", now)


def test_after_ten_wrong_codes_a_source_waits_ten_minutes_and_others_do_not(
    session: Session, issued: links.Issued, now: datetime
) -> None:
    wrong(session, now, 9)
    assert opens(session, issued.code, now + MINUTE) is not None
    wrong(session, now, 1)
    with pytest.raises(TooManyWrongCodes):
        opens(session, issued.code, now + MINUTE)
    assert opens(session, issued.code, now + MINUTE, source="b") is not None
    assert opens(session, issued.code, now + 10 * MINUTE) is not None


def test_after_300_wrong_codes_everybody_waits(
    session: Session, issued: links.Issued, now: datetime
) -> None:
    for source in range(50):
        wrong(session, now, 6, source=str(source))
    with pytest.raises(TooManyWrongCodes):
        opens(session, issued.code, now + MINUTE, source="new")


def test_wrong_codes_are_forgotten_after_a_day(session: Session, now: datetime) -> None:
    wrong(session, now, 2)
    wrong(session, now + timedelta(hours=20), 1)
    later = now + timedelta(hours=25)
    before = builders.count_audit(session)
    assert typed_codes.forget(session, actor=actors.job("sweep"), now=later) == 2
    assert typed_codes.forget(session, actor=actors.job("sweep"), now=later) == 0
    assert builders.count_audit(session) == before + 1
    assert session.scalar(select(func.count(WrongCode.id))) == 1


def test_sources_are_told_apart_and_their_addresses_are_not_stored() -> None:
    one, other = (typed_codes.source_of(f"192.0.2.{last}", key=KEY) for last in (1, 2))
    assert one != other
    assert typed_codes.source_of("192.0.2.1", key=b"another") != one
    assert len(one) == 64
