"""Existing answers come in whole or not at all, and a second time they add nothing."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.models import (
    AnswerEvent,
    AuditEvent,
    Participant,
    ParticipantEvent,
    Response,
    Study,
)
from qol_app.db.vault import Vault
from qol_app.domain import actor as actors
from qol_app.domain.errors import InvalidInput
from qol_app.domain.events import Action
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import read
from qol_app.services import datasets, participants, studies
from qol_app.services.imports import ImportReport, import_responses

ROOT = Path(__file__).parents[2]
REAL_DATA = Path(
    os.environ.get("QOL_REAL_DATA", ROOT.parent / "shared" / "data" / "qlq-c30-two-arms.csv")
)
VAULT = Vault({"k1": b64encode(b"k" * 32).decode()})
OPERATOR = actors.command("responses import")

MAP = """
instrument = "eortc-qlq-c30"
version = "3.0"
participant = { column = "id", prefix = "EX-", width = 4 }
group = { column = "arm", codes = { a = "A1", b = "A2" } }
site = { value = "D01" }
visit = { column = "visit", codes = { 0 = "t0", 1 = "t1" } }
language = { value = "en" }
anchor = { column = "start" }
answered = { column = "answered" }
death = { column = "died" }
items = { missing = ["9"], columns = { q30 = "last" } }
"""
ITEMS = [f"q{n}" for n in range(1, 30)]
HEADER = ["id", "arm", "visit", "start", "answered", "died", *ITEMS, "last"]
Cells = dict[str, str]
Importer = Callable[..., ImportReport]


def row(**cells: str) -> Cells:
    """One form: every item 2, global health 5 and 6; ``cells`` are what differs."""
    usual = {"id": "1", "arm": "a", "visit": "0", "start": "2025-01-10", "answered": "2025-01-10"}
    answers = dict.fromkeys(ITEMS, "2") | {"q29": "5", "last": "6"}
    return {"died": "", **answers, **usual, **cells}


def blank(**cells: str) -> Cells:
    """A visit that was not done."""
    return row(**(dict.fromkeys([*ITEMS, "last"], "") | {"answered": ""} | cells))


def text(*rows: Cells, delimiter: str = ",") -> str:
    lines = [HEADER, *([each[name] for name in HEADER] for each in rows)]
    return "".join(delimiter.join(line) + "\n" for line in lines)


@pytest.fixture
def study(session: Session, now: datetime) -> Study:
    protocol = read(ROOT / "studies" / "qlq-c30-two-arms.toml")
    return studies.load(session, protocol, purpose=Purpose.REHEARSAL, actor=OPERATOR, now=now)


@pytest.fixture
def importing(session: Session, study: Study, tmp_path: Path, now: datetime) -> Importer:
    def run(content: str | bytes, chosen: str = MAP) -> ImportReport:
        data, map_file = tmp_path / "data.csv", tmp_path / "data.map.toml"
        data.write_bytes(content if isinstance(content, bytes) else content.encode())
        map_file.write_text(chosen, encoding="utf-8")
        return import_responses(
            session, study, data, map_file, vault=VAULT, actor=OPERATOR, now=now
        )

    return run


def problems(importing: Importer, *arguments: str | bytes) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        importing(*arguments)
    return refused.value.problems


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def form(session: Session, study: Study, number: str, visit: str) -> Response:
    return participants.visit(session, participants.find(session, study, number), visit).responses[
        0
    ]


def test_a_file_becomes_participants_forms_and_scores(
    session: Session, study: Study, importing: Importer
) -> None:
    report = importing(
        text(row(), row(visit="1", answered="2025-03-01", q1="9"), row(id="2", arm="b"))
    )
    assert (report.rows, report.participants, report.responses) == (3, 2, 3)
    assert (report.answers, report.unchanged, report.not_scored) == (90, 0, 0)
    first = participants.find(session, study, "EX-0001")
    assert (first.group_code, first.anchor_date) == ("A1", date(2025, 1, 10))
    later = form(session, study, "EX-0001", "t1")
    assert later.answered_on == date(2025, 3, 1)
    assert later.mode == "import"
    assert later.answers["q1"] is None
    assert later.answers["q30"] == 6
    frame = datasets.score_frame(
        session, study, instrument="eortc-qlq-c30", scale="QL2", grouped=True
    )
    assert frame["score"].dropna().tolist() == [75.0, 75.0, 75.0]
    assert len(frame) == 22


def test_importing_the_same_file_twice_adds_nothing_and_says_so(
    session: Session, importing: Importer
) -> None:
    content = text(row(), row(visit="1", answered="2025-03-01", died="2025-06-01"))
    importing(content)
    before = [count(session, table) for table in (AnswerEvent, AuditEvent, Participant)]
    again = importing(content)
    assert [count(session, table) for table in (AnswerEvent, AuditEvent, Participant)] == before
    assert (again.participants, again.responses, again.answers, again.events) == (0, 0, 0, 0)
    assert again.unchanged == 2


def test_the_import_is_one_audit_event_with_the_hash_of_the_file(
    session: Session, importing: Importer
) -> None:
    importing(text(row()))
    query = select(AuditEvent).where(AuditEvent.action == Action.RESPONSES_IMPORTED.value)
    (event,) = session.scalars(query).all()
    assert event.reason is not None
    assert event.reason.startswith("data.csv sha256 ")
    assert event.actor_kind == "command"


def test_a_further_file_adds_visits_to_participants_who_are_here(importing: Importer) -> None:
    importing(text(row()))
    report = importing(text(row(visit="1", answered="2025-03-01")))
    assert (report.participants, report.responses) == (0, 1)


def test_a_blank_date_is_a_visit_that_was_not_done(
    session: Session, study: Study, importing: Importer
) -> None:
    report = importing(text(blank(), row(visit="1", answered="2025-03-01")))
    assert (report.not_done, report.responses, report.participants) == (1, 1, 1)
    assert form(session, study, "EX-0001", "t0").submitted_at is None


def test_every_mistake_is_named_with_its_line_and_column_and_nothing_is_stored(
    session: Session, importing: Importer
) -> None:
    found = problems(
        importing,
        text(
            row(q5="7", arm="c"),
            row(id="2", last="x"),
            blank(id="3", q2="1"),
            row(id="4", answered="1 May"),
            row(id="5", answered="2031-01-01"),
        ),
    )
    assert found == [
        "data.csv line 2, column arm: must be one of a, b",
        "data.csv line 2, column q5: must be one of 1, 2, 3, 4",
        "data.csv line 3, column last: must be a whole number",
        "data.csv line 4, column answered: has answers but no date",
        "data.csv line 5, column answered: must be a date written %Y-%m-%d",
        "data.csv line 6: was answered in the future, on 2031-01-01",
    ]
    assert count(session, Participant) == 0


def test_a_visit_twice_is_refused_with_both_lines(importing: Importer) -> None:
    assert problems(importing, text(row(), row(visit="1", answered="2025-03-01"), row(q1="3"))) == [
        "data.csv line 2: participant EX-0001 has visit t0 on lines 2 and 4; keep one of them",
        "data.csv line 4: participant EX-0001 has visit t0 on lines 2 and 4; keep one of them",
    ]


def test_a_participant_in_two_groups_is_refused(importing: Importer) -> None:
    assert problems(importing, text(row(), row(visit="1", answered="2025-03-01", arm="b"))) == [
        "data.csv line 3: group of EX-0001 differs from line 2"
    ]


def test_other_answers_at_a_visit_that_has_answers_are_a_conflict(
    session: Session, study: Study, importing: Importer
) -> None:
    importing(text(row()))
    assert problems(importing, text(row(q1="4"))) == [
        "data.csv line 2: EX-0001 has other answers at t0 already"
    ]
    assert form(session, study, "EX-0001", "t0").answers["q1"] == 2


def test_answers_after_death_are_refused(importing: Importer) -> None:
    late = row(visit="1", answered="2025-03-01", died="2025-02-01")
    assert problems(importing, text(late)) == [
        "data.csv line 2: was answered on 2025-03-01, after death on 2025-02-01"
    ]


def test_a_death_is_recorded_as_an_event(session: Session, importing: Importer) -> None:
    assert importing(text(row(died="2025-02-01"))).events == 1
    (event,) = session.scalars(select(ParticipantEvent)).all()
    assert (event.kind, event.happened_on) == ("died", date(2025, 2, 1))


def test_days_of_death_that_disagree_are_refused_unless_the_map_settles_them(
    importing: Importer,
) -> None:
    content = text(row(died="2025-01-20"), row(visit="1", answered="2025-03-01", died="2025-06-01"))
    assert problems(importing, content) == [
        "data.csv line 2, column died: EX-0001 has 2025-01-20 and 2025-06-01; correct it, "
        "or set disagreement in the map"
    ]
    settled = MAP.replace('column = "died"', 'column = "died", disagreement = "latest"')
    assert importing(content, settled).notes == (
        "EX-0001: 2 different days in column died; took the latest, 2025-06-01",
    )


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", "\ufeff"), ("gb18030", ""), ("utf-16", "")],
)
def test_the_files_of_excel_are_read_when_the_map_says_so(
    importing: Importer, encoding: str, mark: str
) -> None:
    header = f'encoding = "{encoding}"\ndelimiter = ";"\n'
    chosen = header + MAP.replace('"arm"', '"组别"').replace("a = ", '"甲" = ').replace(
        "b = ", '"乙" = '
    )
    content = text(row(arm="甲"), row(id="2", arm="乙"), delimiter=";").replace("arm", "组别")
    assert importing((mark + content).encode(encoding), chosen).responses == 2


def test_a_wrong_encoding_is_named_with_the_line(importing: Importer) -> None:
    content = text(row(), row(id="2", arm="乙")).encode("gb18030")
    assert problems(importing, content) == [
        "data.csv: line 3: is not utf-8; name the file's encoding in the map"
    ]
    marked = ("\ufeff" + text(row())).encode()
    assert problems(importing, marked, 'encoding = "gb18030"\n' + MAP) == [
        'data.csv: is UTF-8, not gb18030; write encoding = "utf-8" in the map'
    ]


def test_a_wrong_delimiter_and_missing_columns_are_named(importing: Importer) -> None:
    assert problems(importing, text(row(), delimiter=";")) == [
        'data.csv: has one column only; write delimiter = ";" in the map'
    ]
    assert problems(importing, text(row()).replace("q7,", "x7,").replace("arm", "q8")) == [
        "data.csv: has no column arm; correct the map or the file",
        "data.csv: has no column q7; correct the map or the file",
        "data.csv: has the column q8 more than once",
    ]
    assert problems(importing, "") == ["data.csv: is empty; its first line must name the columns"]


def test_a_row_of_another_length_is_refused(importing: Importer) -> None:
    assert problems(importing, text(row()) + "1,a,0\n") == [
        "data.csv line 3: has 3 cells, the first line has 36"
    ]


def test_all_mistakes_of_a_map_are_named_with_their_keys(importing: Importer) -> None:
    broken = (
        MAP.replace('site = { value = "D01" }', "site = {}")
        .replace("width = 4", "width = 0")
        .replace('version = "3.0"', "colour = 1")
    )
    assert problems(importing, text(row()), broken) == [
        "data.map.toml: version: is missing; add it",
        "data.map.toml: participant.width: input should be greater than or equal to 1 (got 0)",
        "data.map.toml: site: must have either value or column (got a table)",
        "data.map.toml: colour: is not a key of import maps; remove it",
    ]


def test_a_map_that_does_not_fit_the_study_is_refused(importing: Importer) -> None:
    broken = MAP.replace('"A2"', '"B"').replace('"t1"', '"m3"').replace("q30 =", "q31 =")
    assert problems(importing, text(row()), broken) == [
        "data.map.toml: items.columns.q31: eortc-qlq-c30 has no such item",
        "data.map.toml: group: B is not one of A1, A2",
        "data.map.toml: visit: m3 is not one of t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10",
    ]


def test_a_missing_file_is_named(session: Session, study: Study, tmp_path: Path) -> None:
    chosen = tmp_path / "data.map.toml"
    chosen.write_text(MAP)
    with pytest.raises(InvalidInput, match=r"no\.csv: the file cannot be read"):
        import_responses(
            session,
            study,
            tmp_path / "no.csv",
            chosen,
            vault=VAULT,
            actor=OPERATOR,
            now=datetime(2026, 3, 2, tzinfo=UTC),
        )


def test_the_real_data_come_in_whole(session: Session, study: Study, now: datetime) -> None:
    if not REAL_DATA.exists():
        pytest.skip("the real data (QOL_REAL_DATA) lie outside the repository and are not here")
    chosen = ROOT / "studies" / "qlq-c30-two-arms.map.toml"

    def run() -> ImportReport:
        return import_responses(
            session, study, REAL_DATA, chosen, vault=VAULT, actor=OPERATOR, now=now
        )

    report = run()
    assert (report.rows, report.participants, report.responses) == (126, 40, 121)
    assert (report.not_done, report.answers, report.not_scored) == (5, 3630, 0)
    assert (report.events, report.outside_window) == (13, 1)
    assert report.notes == (
        "EX-0017: 2 different days in column death; took the latest, 2024-07-13",
    )
    again = run()
    assert (again.responses, again.unchanged, again.answers, again.events) == (0, 121, 0, 0)
