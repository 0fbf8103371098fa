"""Frames and rows hold every scheduled visit, groups only for those who may see them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from qol_app.db.models import Participant, Study
from qol_app.domain import actor as actors
from qol_app.services import datasets, forms, links, participants, responses, results
from qol_app.services.datasets import fixed_width
from qol_app.services.responses import Answer
from tests import builders

HALF_AWAKE = {"DAY": 40}


@pytest.fixture
def study(session: Session, now: datetime) -> Study:
    return builders.study(session, now)


def enrol(session: Session, study: Study, now: datetime, group: str = "A") -> Participant:
    anchor = now.date() - timedelta(days=28)
    return builders.participant(session, now, of=study, at="SHA", anchor=anchor, group=group)


def answer(session: Session, now: datetime, of: Participant, *, sent: bool = True) -> None:
    visit = builders.answered(session, now, of, "w4", HALF_AWAKE, sent=sent)
    ids = [response.id for response in visit.responses]
    results.score_many(session, ids, actor=builders.COMMAND, now=now)


def test_the_frame_has_every_scheduled_visit_and_missing_scores_are_nan(
    session: Session, study: Study, now: datetime
) -> None:
    answer(session, now, enrol(session, study, now))
    frame = datasets.score_frame(
        session, study, instrument="daily-life-check", scale="DAY", grouped=True
    )
    assert frame["visit"].tolist() == ["baseline", "w4", "m3"]
    assert frame["visit_number"].tolist() == [0, 1, 2]
    assert frame["month"].round(4).tolist() == [0.0, 0.9199, 3.0]
    assert frame["score"].isna().tolist() == [True, False, True]
    assert frame.loc[1, "score"] == 40.0
    assert frame.loc[1, "day"] == 28.0
    assert (frame.loc[1, "items_answered"], frame.loc[1, "items_expected"]) == (1, 1)
    assert frame["group"].tolist() == ["A", "A", "A"]
    assert frame["participant"].tolist() == ["EX-SHA-001-68"] * 3
    assert set(frame["instrument"]) == {"daily-life-check"}
    assert set(frame["scale"]) == {"DAY"}


def test_the_frame_of_a_reader_without_groups_has_none(
    session: Session, study: Study, now: datetime
) -> None:
    enrol(session, study, now, group="B")
    frame = datasets.score_frame(
        session, study, instrument="daily-life-check", scale="DAY", grouped=False
    )
    assert frame["group"].isna().all()


def test_the_frame_of_a_study_without_participants_is_empty(session: Session, study: Study) -> None:
    frame = datasets.score_frame(
        session, study, instrument="daily-life-check", scale="DAY", grouped=True
    )
    assert frame.empty
    assert "score" in frame.columns


def test_a_form_never_sent_counts_with_the_day_of_its_last_answer(
    session: Session, study: Study, now: datetime
) -> None:
    answer(session, now, enrol(session, study, now), sent=False)
    frame = datasets.score_frame(
        session, study, instrument="daily-life-check", scale="DAY", grouped=True
    )
    assert (frame.loc[1, "score"], frame.loc[1, "day"]) == (40.0, 28.0)


def test_only_the_newest_revision_of_a_score_counts(
    session: Session, study: Study, now: datetime
) -> None:
    person = enrol(session, study, now)
    answer(session, now, person, sent=False)
    later = now + timedelta(hours=1)
    visit = builders.answered(session, later, person, "w4", {"MOOD": 3, "ENERGY": 2})
    ids = [response.id for response in visit.responses]
    results.score_many(session, ids, actor=builders.COMMAND, now=later)
    frame = datasets.score_frame(
        session, study, instrument="daily-life-check", scale="DAY", grouped=True
    )
    assert len(frame) == 3


def test_form_rows_tell_the_status_answers_and_scores_of_every_form(
    session: Session, study: Study, now: datetime
) -> None:
    answer(session, now, enrol(session, study, now))
    baseline, week_4, month_3 = datasets.form_rows(session, study, grouped=True, now=now)
    assert [baseline.status, week_4.status, month_3.status] == ["missed", "complete", "not_due"]
    assert week_4.answers == {"DAY": 40}
    assert (week_4.answered_on, week_4.day, week_4.on_time) == (date(2026, 3, 2), 28, True)
    assert (week_4.mode, week_4.language, week_4.version) == ("patient", "en", "1.2")
    assert {score.scale: score.value for score in week_4.scores} == {
        "WELL": None,
        "DAY": 40.0,
        "SLEEP": None,
    }
    assert baseline.scores == ()
    assert (baseline.answered_on, baseline.on_time, baseline.mode) == (None, None, None)


def test_a_form_tells_through_which_link_its_last_answer_came(
    session: Session, study: Study, now: datetime
) -> None:
    person = enrol(session, study, now)
    visit = participants.visit(session, person, "w4")
    form = visit.responses[0]
    words = forms.wording(session, form.form_version, "en")
    for place, channel in enumerate(("email", "tablet")):
        link, _ = links.issue(session, visit, channel=channel, actor=builders.COMMAND, now=now)
        given = [Answer(event_id=channel, item="DAY", value=place, answered_at=now)]
        responses.save_answers(
            session, form.id, given, wording=words, actor=actors.link(link.id), now=now
        )
    rows = datasets.form_rows(session, study, grouped=True, now=now)
    assert [row.channel for row in rows] == [None, "tablet", None]


def test_form_rows_of_a_reader_without_groups_have_none(
    session: Session, study: Study, now: datetime
) -> None:
    enrol(session, study, now)
    rows = datasets.form_rows(session, study, grouped=False, now=now)
    assert {row.group for row in rows} == {None}


def test_the_number_of_statements_does_not_grow_with_the_participants(
    session: Session, study: Study, now: datetime
) -> None:
    def statements() -> int:
        session.expunge_all()
        found = session.get_one(Study, study.id)
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        datasets.form_rows(session, found, grouped=True, now=now)
        datasets.score_frame(
            session, found, instrument="daily-life-check", scale="DAY", grouped=True
        )
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    enrol(session, study, now)
    one = statements()
    study = session.get_one(Study, study.id)
    for _ in range(8):
        answer(session, now, enrol(session, study, now))
    assert statements() == one


def test_versions_are_those_that_forms_use(session: Session, study: Study, now: datetime) -> None:
    assert datasets.versions(session, study) == []
    enrol(session, study, now)
    (version,) = datasets.versions(session, study)
    assert (version.id, version.version) == ("daily-life-check", "1.2")


def test_numbers_of_unequal_width_are_filled_on_the_right() -> None:
    assert fixed_width(["A1", "A10"]) == {"A1": "A1_", "A10": "A10"}
    assert fixed_width([]) == {}
