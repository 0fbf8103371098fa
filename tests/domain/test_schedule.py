"""Windows, month ends, time zones, and when answers are accepted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qol_app.domain.schedule import (
    Window,
    WindowState,
    accepts_answers,
    add_months,
    days_from_target,
    is_on_time,
    today_at,
    window,
    window_state,
)
from qol_app.domain.study import Visit

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")

MARCH = Window(
    opens=date(2026, 3, 1),
    target=date(2026, 3, 15),
    closes_on_time=date(2026, 3, 29),
    closes=date(2026, 4, 12),
)


def visit(*, month: int | None = None, day: int | None = None, grace: int = 14) -> Visit:
    return Visit(
        code="v",
        name={"en": "Visit"},
        month=month,
        day=day,
        before=14,
        after=14,
        grace=grace,
        instruments=("daily-life-check",),
    )


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        pytest.param(date(2026, 1, 31), 1, date(2026, 2, 28), id="end of February"),
        pytest.param(date(2028, 1, 31), 1, date(2028, 2, 29), id="leap February"),
        pytest.param(date(2028, 2, 29), 12, date(2029, 2, 28), id="a leap day a year later"),
        pytest.param(date(2028, 2, 29), 48, date(2032, 2, 29), id="a leap day four years later"),
        pytest.param(date(2026, 8, 31), 3, date(2026, 11, 30), id="a month of 30 days"),
        pytest.param(date(2026, 11, 30), 3, date(2027, 2, 28), id="over new year"),
        pytest.param(date(2026, 12, 15), 24, date(2028, 12, 15), id="two years"),
        pytest.param(date(2026, 12, 1), 12, date(2027, 12, 1), id="December stays December"),
        pytest.param(date(2026, 3, 31), 11, date(2027, 2, 28), id="eleven months over new year"),
        pytest.param(date(2027, 2, 28), 12, date(2028, 2, 28), id="no leap day is made up"),
        pytest.param(date(2027, 8, 29), 6, date(2028, 2, 29), id="into a leap February"),
        pytest.param(date(2026, 8, 29), 6, date(2027, 2, 28), id="into a plain February"),
        pytest.param(date(2096, 2, 29), 48, date(2100, 2, 28), id="2100 is no leap year"),
        pytest.param(date(2026, 5, 31), 0, date(2026, 5, 31), id="no months"),
    ],
)
def test_months_are_calendar_months_and_stop_at_the_end_of_the_month(
    day: date, months: int, expected: date
) -> None:
    assert add_months(day, months) == expected


@given(
    day=st.dates(date(2000, 1, 1), date(2080, 1, 1)),
    months=st.integers(min_value=0, max_value=240),
)
def test_a_later_month_is_never_an_earlier_day(day: date, months: int) -> None:
    assert add_months(day, months) < add_months(day, months + 1)
    assert add_months(day, months).day <= day.day


def test_a_monthly_visit_has_its_window_around_the_same_day_of_the_month() -> None:
    assert window(visit(month=3), date(2026, 1, 15)) == Window(
        opens=date(2026, 4, 1),
        target=date(2026, 4, 15),
        closes_on_time=date(2026, 4, 29),
        closes=date(2026, 5, 13),
    )


def test_each_visit_counts_its_months_from_the_anchor_and_not_from_the_visit_before() -> None:
    months = (1, 2, 3, 6, 12)
    targets = [window(visit(month=n), date(2026, 1, 31)).target for n in months]
    assert [target.isoformat() for target in targets] == [
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-07-31",
        "2027-01-31",
    ]


def test_a_window_over_the_change_of_clocks_has_as_many_days_as_any() -> None:
    over = window(visit(day=28, grace=0), date(2026, 3, 1))
    assert over.opens == date(2026, 3, 15)
    assert over.closes == date(2026, 4, 12)
    assert len({over.opens + timedelta(days=n) for n in range(29)}) == 29


def test_a_visit_by_day_is_counted_in_days() -> None:
    assert window(visit(day=28, grace=0), date(2028, 2, 10)) == Window(
        opens=date(2028, 2, 24),
        target=date(2028, 3, 9),
        closes_on_time=date(2028, 3, 23),
        closes=date(2028, 3, 23),
    )


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2026, 2, 28), WindowState.NOT_OPEN, id="the day before it opens"),
        pytest.param(date(2026, 3, 1), WindowState.DUE, id="the first day"),
        pytest.param(date(2026, 3, 22), WindowState.DUE, id="seven days before the last"),
        pytest.param(date(2026, 3, 23), WindowState.CLOSING, id="six days before the last"),
        pytest.param(date(2026, 3, 29), WindowState.CLOSING, id="the last on-time day"),
        pytest.param(date(2026, 3, 30), WindowState.OVERDUE, id="the first day of grace"),
        pytest.param(date(2026, 4, 12), WindowState.OVERDUE, id="the last day of grace"),
        pytest.param(date(2026, 4, 13), WindowState.CLOSED, id="the day after"),
    ],
)
def test_a_window_goes_from_not_open_to_closed(today: date, expected: WindowState) -> None:
    assert window_state(MARCH, today) is expected


def test_a_window_without_grace_is_never_overdue() -> None:
    short = window(visit(day=28, grace=0), date(2026, 1, 1))
    days = [short.opens + timedelta(days=n) for n in range(40)]
    assert WindowState.OVERDUE not in {window_state(short, day) for day in days}


def test_half_past_midnight_in_shanghai_is_already_the_new_date() -> None:
    now = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    assert today_at(SHANGHAI, now) == date(2026, 3, 2)
    assert today_at(BERLIN, now) == date(2026, 3, 1)


def test_one_instant_is_the_last_day_at_one_site_and_too_late_at_another() -> None:
    now = datetime(2026, 4, 12, 16, 30, tzinfo=UTC)
    assert window_state(MARCH, today_at(BERLIN, now)) is WindowState.OVERDUE
    assert window_state(MARCH, today_at(SHANGHAI, now)) is WindowState.CLOSED


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 3, 28), id="23:59 CET"),
        pytest.param(datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29), id="00:00 CET"),
        pytest.param(datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29), id="23:59 CEST"),
        pytest.param(datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30), id="00:00 CEST"),
        pytest.param(
            datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25), id="23:30 back on CET"
        ),
    ],
)
def test_the_date_in_berlin_follows_summer_time(now: datetime, expected: date) -> None:
    assert today_at(BERLIN, now) == expected


def test_a_time_without_a_zone_has_no_date() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        today_at(SHANGHAI, datetime(2026, 3, 1, 12, 0))  # noqa: DTZ001 - what is refused


def accepted(day: date, hour: int, last_activity: datetime | None = None) -> bool:
    now = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
    return accepts_answers(MARCH, today=day, now=now, last_activity=last_activity)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 3, 30), True),
        (date(2026, 4, 12), True),
        (date(2026, 4, 13), False),
    ],
)
def test_answers_are_accepted_from_opening_to_the_end_of_grace(day: date, expected: bool) -> None:
    assert accepted(day, 9) is expected


def test_a_form_begun_in_time_may_be_finished_for_a_day_after_its_last_answer() -> None:
    late_evening = datetime(2026, 4, 12, 23, tzinfo=SHANGHAI)
    assert accepted(date(2026, 4, 13), 0, late_evening)
    assert accepted(date(2026, 4, 13), 23, late_evening)
    assert not accepted(date(2026, 4, 14), 0, late_evening)


def test_recent_activity_does_not_open_a_window_early() -> None:
    assert not accepted(date(2026, 2, 28), 12, datetime(2026, 2, 28, 11, tzinfo=SHANGHAI))


def test_activity_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        accepted(date(2026, 3, 5), 12, datetime(2026, 3, 5, 11))  # noqa: DTZ001 - what is refused


def test_the_day_for_finishing_counts_real_hours_over_a_change_of_clocks() -> None:
    closing = Window(
        opens=date(2026, 3, 1),
        target=date(2026, 3, 15),
        closes_on_time=date(2026, 3, 28),
        closes=date(2026, 3, 28),
    )
    typed = datetime(2026, 3, 28, 23, tzinfo=BERLIN)
    now = datetime(2026, 3, 29, 23, 30, tzinfo=BERLIN)
    assert accepts_answers(closing, today=date(2026, 3, 29), now=now, last_activity=typed)


@pytest.mark.parametrize(
    ("day", "on_time", "days"),
    [
        (date(2026, 2, 28), False, -15),
        (date(2026, 3, 1), True, -14),
        (date(2026, 3, 15), True, 0),
        (date(2026, 3, 29), True, 14),
        (date(2026, 3, 30), False, 15),
    ],
)
def test_on_time_is_inside_the_window_without_grace(day: date, on_time: bool, days: int) -> None:
    assert is_on_time(MARCH, day) is on_time
    assert days_from_target(MARCH, day) == days
