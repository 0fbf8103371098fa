"""Each visit has its steps, missed ones are not made up for, and nights are quiet."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from qol_app.domain.errors import InvalidInput
from qol_app.domain.reminders import Hours, Step, due_at, next_moment, steps, wanted
from qol_app.domain.schedule import Window
from qol_app.domain.study import Reminders
from qol_app.domain.study_file import parse, protocol_hash, to_document
from tests.builders import STUDIES, protocol

HEFEI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
DAY = Hours(start=time(8), end=time(20))
MARCH = Window(
    opens=date(2026, 3, 1),
    target=date(2026, 3, 10),
    closes_on_time=date(2026, 3, 15),
    closes=date(2026, 3, 20),
)
RULES = Reminders(after_days=(3, 7), last_call=2)
EXAMPLE = (STUDIES / "example.toml").read_text(encoding="utf-8")
LONG_AGO = date(2025, 1, 1)


def march(day: int) -> date:
    return date(2026, 3, day)


def plan(rules: Reminders = RULES, enrolled_on: date = LONG_AGO) -> list[tuple[str, int, int]]:
    found = steps(rules, MARCH, enrolled_on=enrolled_on)
    return [(step.kind.value, step.number, step.on.day) for step in found]


def test_a_visit_has_an_invitation_reminders_and_a_last_call() -> None:
    assert plan() == [
        ("invitation", 1, 1),
        ("reminder", 1, 4),
        ("reminder", 2, 8),
        ("last_call", 1, 18),
    ]


def test_who_is_enrolled_in_the_window_is_counted_from_that_day() -> None:
    assert plan(enrolled_on=march(9)) == [
        ("invitation", 1, 9),
        ("reminder", 1, 12),
        ("reminder", 2, 16),
        ("last_call", 1, 18),
    ]


def test_the_last_call_is_the_last() -> None:
    assert plan(enrolled_on=march(12))[1:] == [("reminder", 1, 15), ("last_call", 1, 18)]


def test_no_last_call_on_the_day_of_the_invitation_or_before() -> None:
    assert plan(enrolled_on=march(18)) == [("invitation", 1, 18)]
    assert plan(enrolled_on=march(20)) == [("invitation", 1, 20)]


def test_nobody_enrolled_after_the_window_is_written_to() -> None:
    assert plan(enrolled_on=march(21)) == []


def test_reminders_end_with_the_window_where_there_is_no_last_call() -> None:
    assert plan(Reminders(after_days=(19, 20))) == [("invitation", 1, 1), ("reminder", 1, 20)]


def test_a_study_may_do_without_an_invitation() -> None:
    assert plan(Reminders(invitation=False, last_call=0)) == [("last_call", 1, 20)]


def chosen(
    today: date, planned: set[tuple[str, int]] | None = None, asked_on: date | None = None
) -> list[tuple[str, int]]:
    every = steps(RULES, MARCH, enrolled_on=LONG_AGO)
    found = wanted(every, planned=planned or set(), asked_on=asked_on, today=today)
    return [step.key for step in found]


def test_a_message_is_planned_the_day_before() -> None:
    assert chosen(date(2026, 2, 27)) == []
    assert chosen(date(2026, 2, 28)) == [("invitation", 1)]


def test_a_planned_message_is_not_planned_again() -> None:
    assert chosen(march(1), {("invitation", 1)}, march(1)) == []


def test_who_was_never_asked_is_invited_first() -> None:
    assert chosen(march(5)) == [("invitation", 1)]
    assert chosen(march(19)) == [("last_call", 1)]


def test_of_missed_reminders_the_latest_goes_alone() -> None:
    assert chosen(march(9), {("invitation", 1)}, march(1)) == [("reminder", 2)]
    assert chosen(march(9), {("invitation", 1), ("reminder", 2)}, march(9)) == []


def test_a_message_of_staff_overtakes_what_was_due() -> None:
    assert chosen(march(1), set(), march(1)) == []
    assert chosen(march(4), {("invitation", 1)}, march(4)) == []
    assert chosen(march(7), {("invitation", 1)}, march(4)) == [("reminder", 2)]


@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        pytest.param(HEFEI, march(1), datetime(2026, 3, 1, 0, 0, tzinfo=UTC), id="Hefei"),
        pytest.param(BERLIN, march(28), datetime(2026, 3, 28, 7, 0, tzinfo=UTC), id="winter"),
        pytest.param(BERLIN, march(29), datetime(2026, 3, 29, 6, 0, tzinfo=UTC), id="summer"),
    ],
)
def test_a_message_is_due_in_the_morning_of_its_day(
    zone: ZoneInfo, day: date, due: datetime
) -> None:
    step = next(iter(steps(RULES, MARCH, enrolled_on=LONG_AGO)))
    moved = Step(kind=step.kind, number=1, on=day)
    assert due_at(moved, zone, DAY) == due


@pytest.mark.parametrize(
    ("now", "then"),
    [
        pytest.param("2026-03-02T07:59", "2026-03-02T08:00", id="too early"),
        pytest.param("2026-03-02T08:00", "2026-03-02T08:00", id="the first minute"),
        pytest.param("2026-03-02T19:59", "2026-03-02T19:59", id="the last minute"),
        pytest.param("2026-03-02T20:00", "2026-03-03T08:00", id="too late"),
        pytest.param("2026-03-02T23:30", "2026-03-03T08:00", id="at night"),
    ],
)
def test_nights_are_quiet_by_the_sites_clock(now: str, then: str) -> None:
    asked = datetime.fromisoformat(now).replace(tzinfo=HEFEI)
    assert next_moment(DAY, HEFEI, asked.astimezone(UTC)) == (
        datetime.fromisoformat(then).replace(tzinfo=HEFEI)
    )


def test_a_protocol_without_reminders_keeps_its_hash() -> None:
    assert "reminders" not in to_document(protocol("qlq-c30-two-arms"))
    with_them = parse(EXAMPLE + "\n[reminders]\nafter_days = [3]\n", "x")
    without = parse(EXAMPLE, "x")
    assert protocol_hash(with_them) != protocol_hash(without)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("after_days = [7, 3]", "reminders.after_days: 3 stands after 7; write each day once"),
        ("after_days = [3, 3]", "reminders.after_days: 3 stands after 3; write each day once"),
        ("after_days = [0]", "reminders.after_days.1: must be 1 or more"),
        ('from_time = "8"', "reminders.from_time: must be a time of day such as 08:00"),
        ('until_time = "08:00"', "reminders.until_time: 08:00 is not later than from_time 08:00"),
        ("last_call = -1", "reminders.last_call: must be 0 or more"),
        ("invite = true", "reminders.invite: is not a key of study files"),
    ],
)
def test_a_mistake_in_the_reminders_is_named(lines: str, problem: str) -> None:
    without = EXAMPLE.partition("[reminders]")[0]
    with pytest.raises(InvalidInput) as caught:
        parse(f"{without}\n[reminders]\n{lines}\n", "study.toml")
    assert f"study.toml: {problem}" in str(caught.value)
