"""An accepted text is stored once, locked, audited without its words, and holds from then on."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from qol_app.db.models import AuditEvent, Response, Study, WordingVersion
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.domain.errors import InvalidInput, NotReady
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import read
from qol_app.domain.wording_text import Reading, WordingInvalid, rows
from qol_app.services import downloads, forms, opened, participants, responses, studies, wordings
from qol_app.services.opened import OpenResponse
from qol_app.services.responses import Answer
from qol_app.services.wordings import Plan, Source
from questionnaires.document import digest
from questionnaires.model import WordingKind
from tests import builders
from tests.builders import STUDIES
from tests.official import SOURCE, official

ADMIN = actors.user(7)
C30 = "eortc-qlq-c30"
PROTOCOL = read(STUDIES / "qlq-c30-two-arms.toml")


def accept(
    session: Session,
    now: datetime,
    language: str = "en",
    words: str = "",
    source: Source = SOURCE,
) -> Plan:
    candidate = official(C30, language, words=words, source=source)
    return wordings.accept(session, candidate, actor=ADMIN, now=now)


def stored(session: Session) -> list[WordingVersion]:
    query = select(WordingVersion).where(WordingVersion.kind == "official")
    return list(session.scalars(query.order_by(WordingVersion.id)))


def test_an_accepted_text_says_whose_it_is_and_who_accepted_it(
    session: Session, now: datetime
) -> None:
    planned = accept(session, now)
    (row,) = stored(session)
    assert (row.number, row.licence_reference, row.language_version) == (1, "AGR-2026-17", "2.0")
    assert (row.language, row.registered_at) == ("en", now)
    assert (row.actor_kind, row.actor_id) == ("user", "7")
    assert row.hash == planned.hash == digest(row.document)
    assert row.document["questions"]["q1"] == "Official text 4"
    version = studies.form_version(session, C30, "3.0")
    assert forms.wording(session, version, "en").title == "Official text 2"
    assert forms.wording(session, version, "en").kind is WordingKind.OFFICIAL


def test_accepting_leaves_one_event_without_the_text(session: Session, now: datetime) -> None:
    accept(session, now)
    (event,) = session.scalars(select(AuditEvent))
    assert (event.action, event.actor_kind, event.actor_id) == ("wording_accepted", "user", "7")
    assert "AGR-2026-17" in str(event.changes)
    assert stored(session)[0].hash in str(event.changes)
    assert "Official text" not in str(event.changes)


def test_an_accepted_text_is_locked(session: Session, now: datetime) -> None:
    accept(session, now)
    session.commit()
    for statement in ("UPDATE wording_version SET number = 9", "DELETE FROM wording_version"):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


def test_the_same_text_again_changes_nothing(sessions: Sessions, now: datetime) -> None:
    with sessions.write() as session:
        accept(session, now)
        session.commit()
        before = builders.count_rows(session)
    with sessions.write() as session:
        again = accept(session, now + timedelta(days=1))
        session.commit()
        assert (again.number, again.is_new) == (1, False)
        assert builders.count_rows(session) == before


def test_a_changed_text_is_a_new_version_and_so_is_the_way_back(
    session: Session, now: datetime
) -> None:
    for words in ("Official text", "Official words", "Official text"):
        accept(session, now, words=words)
    assert [row.number for row in stored(session)] == [1, 2, 3]
    assert [row.document["title"] for row in stored(session)] == [
        "Official text 2",
        "Official words 2",
        "Official text 2",
    ]
    assert len({row.hash for row in stored(session)}) == 3
    version = studies.form_version(session, C30, "3.0")
    assert forms.wording(session, version, "en").hash == stored(session)[2].hash


def test_the_same_text_under_another_licence_is_a_new_version(
    session: Session, now: datetime
) -> None:
    accept(session, now)
    accept(session, now, source=Source(licence_reference="AGR-2027-1", language_version="2.0"))
    assert [(row.number, row.licence_reference) for row in stored(session)] == [
        (1, "AGR-2026-17"),
        (2, "AGR-2027-1"),
    ]


def test_languages_are_counted_apart(session: Session, now: datetime) -> None:
    assert accept(session, now, "en").number == 1
    assert accept(session, now, "zh-Hans").number == 1


def test_planning_stores_nothing_and_says_what_would_be_stored(
    sessions: Sessions, now: datetime
) -> None:
    with sessions.read() as session:
        planned = wordings.plan(session, official(C30, "en"))
        assert (planned.number, planned.is_new) == (1, True)
    with sessions.write() as session:
        assert accept(session, now).hash == planned.hash


def test_every_text_is_shown_beside_our_label() -> None:
    lines = official(C30, "zh-Hans").lines
    assert [(line.kind, line.key, line.text) for line in lines[:3]] == [
        ("title", "", "正式文字 2"),
        ("introduction", "", "正式文字 3"),
        ("question", "q1", "正式文字 4"),
    ]
    assert lines[0].label == "EORTC QLQ-C30"


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        pytest.param(
            Source(licence_reference=" ", language_version=""),
            ["licence reference: is missing", "language version: is missing"],
            id="blank",
        ),
        pytest.param(
            Source(licence_reference="x" * 201, language_version="2\n0"),
            [
                "licence reference: at most 200 characters, all printable",
                "language version: at most 200 characters, all printable",
            ],
            id="too long, two lines",
        ),
    ],
)
def test_a_text_without_a_source_is_refused(source: Source, problems: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        official(C30, "en", source=source)
    assert refused.value.problems == problems


def test_our_own_labels_are_not_taken_for_the_licence_holders_text() -> None:
    subject = wordings.subject(C30, None, "en")
    labels = tuple(rows(subject.questionnaire, subject.labels))
    with pytest.raises(WordingInvalid, match="every question is our own label"):
        wordings.check(subject, Reading(rows=labels), SOURCE)


def test_an_instrument_that_comes_with_its_text_needs_none() -> None:
    with pytest.raises(InvalidInput, match="daily-life-check comes with its whole text"):
        official("daily-life-check", "en")


def real(session: Session, now: datetime) -> Study:
    return studies.load(session, PROTOCOL, purpose=Purpose.REAL, actor=ADMIN, now=now)


def test_a_real_study_needs_the_official_text_in_all_its_languages(
    sessions: Sessions, now: datetime
) -> None:
    for language, problem in (("en", "in en"), ("zh-Hans", "in zh-Hans")):
        with sessions.write() as session, pytest.raises(NotReady, match=problem):
            real(session, now)
        with sessions.write() as session:
            accept(session, now, language)
            session.commit()
    with sessions.write() as session:
        assert real(session, now).purpose == "real"


def a_response(session: Session, now: datetime) -> Response:
    study = studies.load(session, PROTOCOL, purpose=Purpose.REHEARSAL, actor=ADMIN, now=now)
    person = builders.participant(
        session, now, of=study, at="D01", anchor=now.date(), group="A1", language="en"
    )
    return participants.visit(session, person, "t0").responses[0]


def as_opened(session: Session, now: datetime, response: Response) -> OpenResponse:
    token = builders.link(session, now, response.visit)
    return opened.by_token(session, token).visit.responses[0]


def shown(session: Session, now: datetime, response: Response, language: str) -> str:
    return opened.wording(session, as_opened(session, now, response), language).introduction


def answer(session: Session, now: datetime, response: Response, language: str) -> None:
    form = as_opened(session, now, response)
    given = [Answer(event_id=str(now), item="q1", value=now.hour % 4 + 1, answered_at=now)]
    responses.save_answers(
        session,
        response.id,
        given,
        wording=opened.wording(session, form, language),
        actor=ADMIN,
        now=now,
    )


def test_a_begun_form_keeps_its_words_and_a_new_one_shows_the_newest(
    session: Session, now: datetime
) -> None:
    hour = timedelta(hours=1)
    response = a_response(session, now)
    assert shown(session, now, response, "en").startswith("A rehearsal.")
    accept(session, now + hour)
    accept(session, now + hour, "zh-Hans")
    assert shown(session, now, response, "en") == "Official text 3"
    answer(session, now + 2 * hour, response, "en")
    accept(session, now + 3 * hour, words="Official words")
    accept(session, now + 3 * hour, "zh-Hans", words="正式用语")
    assert shown(session, now, response, "en") == "Official text 3"
    assert shown(session, now, response, "zh-Hans") == "正式文字 3"
    answer(session, now + 4 * hour, response, "zh-Hans")
    assert shown(session, now, response, "zh-Hans") == "正式文字 3"
    assert shown(session, now, response, "en") == "Official text 3"
    later = participants.visit(session, response.visit.participant, "t1").responses[0]
    assert shown(session, now, later, "en") == "Official words 3"
    assert shown(session, now, later, "zh-Hans") == "正式用语 3"


def test_a_form_records_the_words_that_its_first_page_had_shown(
    session: Session, now: datetime
) -> None:
    response = a_response(session, now)
    before = opened.wording(session, as_opened(session, now, response), "en")
    planned = accept(session, now)
    form = as_opened(session, now, response)
    assert opened.wording_shown(session, form, "en", before.hash).hash == before.hash
    assert opened.wording_shown(session, form, "en", "").hash == planned.hash
    assert opened.wording_shown(session, form, "en", "0" * 64).hash == planned.hash
    assert opened.wording_shown(session, form, "zh-Hans", before.hash).language == "zh-Hans"


def test_a_download_holds_our_labels_and_not_the_licensed_text(
    session: Session, now: datetime
) -> None:
    study = a_response(session, now).visit.participant.study
    accept(session, now)
    content = downloads.build(session, study, grouped=True, now=now).content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        files = {name: packed.read(name).decode() for name in packed.namelist()}
    assert "labels" in files[downloads.CODEBOOK]
    assert "Official text" not in "".join(files.values())
