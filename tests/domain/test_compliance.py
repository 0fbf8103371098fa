"""The one status of a form, what is expected, what is on the worklist, and both rates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qol_app.domain.compliance import (
    Completion,
    FormFacts,
    FormStatus,
    LedgerForm,
    ParticipantFacts,
    WorkState,
    completion_counts,
    form_status,
    is_expected,
    work_state,
)
from qol_app.domain.eligibility import Eligibility, Refusal, may_answer
from qol_app.domain.schedule import Window

WINDOW = Window(
    opens=date(2026, 3, 1),
    target=date(2026, 3, 15),
    closes_on_time=date(2026, 3, 29),
    closes=date(2026, 4, 12),
)
BEFORE, DURING, AFTER = date(2026, 2, 20), date(2026, 3, 10), date(2026, 4, 13)
UNTOUCHED = FormFacts()
STARTED = FormFacts(started=True, any_answer=True)
SUBMITTED = FormFacts(started=True, any_answer=True, submitted_on=date(2026, 3, 9))
WELL = ParticipantFacts()
SHANGHAI = ZoneInfo("Asia/Shanghai")


def status(facts: FormFacts, participant: ParticipantFacts, today: date) -> FormStatus:
    return form_status(WINDOW, facts, participant, today)


@pytest.mark.parametrize(
    ("facts", "today", "expected"),
    [
        pytest.param(UNTOUCHED, BEFORE, FormStatus.NOT_DUE, id="before the window"),
        pytest.param(UNTOUCHED, WINDOW.opens, FormStatus.OPEN, id="on the first day"),
        pytest.param(STARTED, DURING, FormStatus.OPEN, id="started in the window"),
        pytest.param(UNTOUCHED, WINDOW.closes, FormStatus.OPEN, id="on the last day of grace"),
        pytest.param(UNTOUCHED, AFTER, FormStatus.MISSED, id="never started"),
        pytest.param(FormFacts(started=True), AFTER, FormStatus.MISSED, id="opened, no answer"),
        pytest.param(STARTED, AFTER, FormStatus.PARTIAL, id="some answers, never sent"),
        pytest.param(SUBMITTED, DURING, FormStatus.COMPLETE, id="sent"),
        pytest.param(SUBMITTED, AFTER, FormStatus.COMPLETE, id="sent, after the window"),
    ],
)
def test_the_status_follows_the_window(facts: FormFacts, today: date, expected: FormStatus) -> None:
    assert status(facts, WELL, today) is expected


@pytest.mark.parametrize(
    ("reason", "during", "after"),
    [
        pytest.param("declined", FormStatus.DECLINED, FormStatus.DECLINED, id="declined at once"),
        pytest.param("too_ill", FormStatus.OPEN, FormStatus.TOO_ILL, id="illness may pass"),
        pytest.param("technical", FormStatus.OPEN, FormStatus.TECHNICAL, id="a fault may pass"),
        pytest.param("moved house", FormStatus.OPEN, FormStatus.MISSED, id="another reason"),
        pytest.param("complete", FormStatus.OPEN, FormStatus.MISSED, id="not a reason"),
    ],
)
def test_a_recorded_reason_says_why_a_form_is_missing(
    reason: str, during: FormStatus, after: FormStatus
) -> None:
    facts = FormFacts(reason=reason)
    assert status(facts, WELL, BEFORE) is FormStatus.NOT_DUE
    assert status(facts, WELL, DURING) is during
    assert status(facts, WELL, AFTER) is after


@pytest.mark.parametrize("reason", ["declined", "too_ill", "technical"])
def test_answers_are_not_hidden_by_a_reason(reason: str) -> None:
    facts = FormFacts(started=True, any_answer=True, reason=reason)
    assert status(facts, WELL, AFTER) is FormStatus.PARTIAL


def event(name: str, on: date) -> ParticipantFacts:
    return ParticipantFacts(**{name: on})


EVENTS = [
    ("died_on", FormStatus.DEAD),
    ("withdrew_on", FormStatus.WITHDRAWN),
    ("pro_stopped_on", FormStatus.PRO_STOPPED),
]


@pytest.mark.parametrize(("name", "expected"), EVENTS)
def test_an_event_by_the_close_of_the_window_ends_the_form(name: str, expected: str) -> None:
    for on in (date(2025, 12, 1), WINDOW.opens, WINDOW.closes):
        assert status(UNTOUCHED, event(name, on), AFTER) == expected
        assert status(STARTED, event(name, on), AFTER) == expected
        assert status(FormFacts(reason="too_ill"), event(name, on), AFTER) == expected


@pytest.mark.parametrize(("name", "expected"), EVENTS)
def test_an_event_ends_forms_that_are_not_yet_due(name: str, expected: str) -> None:
    assert status(UNTOUCHED, event(name, BEFORE), BEFORE) == expected


@pytest.mark.parametrize(("name", "_expected"), EVENTS)
def test_a_form_that_closed_before_the_event_stays_missed(name: str, _expected: str) -> None:
    later = event(name, WINDOW.closes + timedelta(days=1))
    assert status(UNTOUCHED, later, date(2026, 6, 1)) is FormStatus.MISSED
    assert status(STARTED, later, date(2026, 6, 1)) is FormStatus.PARTIAL


@pytest.mark.parametrize(("name", "_expected"), EVENTS)
def test_a_submitted_form_is_complete_whatever_happens_later(name: str, _expected: str) -> None:
    assert status(SUBMITTED, event(name, date(2026, 3, 10)), AFTER) is FormStatus.COMPLETE


def test_an_event_that_lies_ahead_changes_nothing_yet() -> None:
    stops = event("pro_stopped_on", date(2026, 3, 20))
    assert status(UNTOUCHED, stops, date(2026, 3, 19)) is FormStatus.OPEN
    assert status(UNTOUCHED, stops, date(2026, 3, 20)) is FormStatus.PRO_STOPPED


def test_death_comes_before_withdrawal_and_withdrawal_before_the_end_of_questionnaires() -> None:
    day = date(2026, 3, 2)
    everything = ParticipantFacts(died_on=day, withdrew_on=BEFORE, pro_stopped_on=BEFORE)
    assert status(UNTOUCHED, everything, AFTER) is FormStatus.DEAD
    assert status(UNTOUCHED, everything, BEFORE) is FormStatus.WITHDRAWN


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(BEFORE, None, id="not due"),
        pytest.param(date(2026, 3, 1), WorkState.DUE, id="due"),
        pytest.param(date(2026, 3, 23), WorkState.CLOSING, id="closing"),
        pytest.param(date(2026, 3, 30), WorkState.OVERDUE, id="overdue"),
        pytest.param(AFTER, None, id="closed"),
    ],
)
def test_an_open_form_is_due_closing_or_overdue(today: date, expected: WorkState | None) -> None:
    assert work_state(WINDOW, STARTED, WELL, today) is expected


@pytest.mark.parametrize(
    ("facts", "participant"),
    [
        pytest.param(SUBMITTED, WELL, id="sent"),
        pytest.param(FormFacts(reason="declined"), WELL, id="declined"),
        pytest.param(UNTOUCHED, event("died_on", BEFORE), id="dead"),
        pytest.param(UNTOUCHED, event("withdrew_on", BEFORE), id="withdrawn"),
        pytest.param(UNTOUCHED, event("pro_stopped_on", BEFORE), id="stopped"),
    ],
)
def test_nothing_is_left_to_do(facts: FormFacts, participant: ParticipantFacts) -> None:
    assert work_state(WINDOW, facts, participant, date(2026, 3, 30)) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (FormStatus.COMPLETE, True),
        (FormStatus.PARTIAL, True),
        (FormStatus.MISSED, True),
        (FormStatus.DECLINED, True),
        (FormStatus.TOO_ILL, True),
        (FormStatus.TECHNICAL, True),
        (FormStatus.DEAD, False),
        (FormStatus.WITHDRAWN, False),
        (FormStatus.PRO_STOPPED, False),
    ],
)
def test_the_dead_and_the_withdrawn_are_not_expected_but_the_ill_are(
    status: FormStatus, expected: bool
) -> None:
    assert is_expected(status, WINDOW, AFTER) is expected


@pytest.mark.parametrize("status", list(FormStatus))
def test_nothing_is_expected_before_the_window_has_closed(status: FormStatus) -> None:
    assert not is_expected(status, WINDOW, WINDOW.closes)


def form(facts: FormFacts, participant: ParticipantFacts, *, valid: bool = False) -> LedgerForm:
    return LedgerForm(window=WINDOW, facts=facts, participant=participant, valid=valid)


FORMS = [
    form(SUBMITTED, WELL, valid=True),
    form(SUBMITTED, event("died_on", date(2026, 3, 10)), valid=True),
    form(SUBMITTED, WELL, valid=False),
    form(STARTED, WELL, valid=True),
    form(UNTOUCHED, WELL),
    form(FormFacts(reason="too_ill"), WELL),
    form(UNTOUCHED, event("died_on", WINDOW.opens)),
    form(STARTED, event("withdrew_on", WINDOW.opens), valid=True),
]


def test_completion_counts_valid_forms_against_both_denominators() -> None:
    counted = completion_counts(FORMS, today=AFTER, enrolled=8)
    assert counted == Completion(received=3, expected=6, enrolled=8)
    assert counted.of_expected == 0.5
    assert counted.of_enrolled == 0.375


def test_before_windows_close_nothing_is_counted() -> None:
    counted = completion_counts(FORMS, today=WINDOW.closes, enrolled=8)
    assert counted == Completion(received=0, expected=0, enrolled=8)
    assert counted.of_expected is None
    assert counted.of_enrolled == 0.0


def test_nobody_enrolled_has_no_rate() -> None:
    assert completion_counts([], today=AFTER, enrolled=0).of_enrolled is None


def eligibility(
    facts: FormFacts, participant: ParticipantFacts, today: date, active: datetime | None = None
) -> Eligibility:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=SHANGHAI)
    return may_answer(WINDOW, facts, participant, today=today, now=now, last_activity=active)


@pytest.mark.parametrize(
    ("facts", "participant", "today", "reason"),
    [
        pytest.param(UNTOUCHED, WELL, BEFORE, Refusal.TOO_EARLY, id="too early"),
        pytest.param(UNTOUCHED, WELL, DURING, None, id="in the window"),
        pytest.param(UNTOUCHED, WELL, WINDOW.closes, None, id="in grace"),
        pytest.param(UNTOUCHED, WELL, AFTER, Refusal.CLOSED, id="closed"),
        pytest.param(SUBMITTED, WELL, DURING, Refusal.SUBMITTED, id="sent"),
        pytest.param(SUBMITTED, WELL, AFTER, Refusal.SUBMITTED, id="sent, then closed"),
        pytest.param(FormFacts(reason="declined"), WELL, DURING, None, id="thinks again"),
        pytest.param(UNTOUCHED, event("died_on", DURING), DURING, Refusal.DIED, id="died"),
        pytest.param(
            SUBMITTED, event("withdrew_on", DURING), DURING, Refusal.WITHDRAWN, id="withdrew"
        ),
        pytest.param(
            UNTOUCHED, event("pro_stopped_on", BEFORE), BEFORE, Refusal.PRO_STOPPED, id="stopped"
        ),
        pytest.param(UNTOUCHED, event("withdrew_on", AFTER), DURING, None, id="withdraws later"),
    ],
)
def test_every_refusal_has_its_reason(
    facts: FormFacts, participant: ParticipantFacts, today: date, reason: Refusal | None
) -> None:
    assert eligibility(facts, participant, today) == Eligibility(
        allowed=reason is None, reason=reason
    )


def test_a_form_in_hand_may_be_finished_after_closing_but_not_after_a_death() -> None:
    typing = datetime(2026, 4, 12, 23, 50, tzinfo=SHANGHAI)
    assert eligibility(STARTED, WELL, AFTER, typing).allowed
    died = eligibility(STARTED, event("died_on", AFTER), AFTER, typing)
    assert died.reason is Refusal.DIED


days = st.dates(date(2026, 2, 1), date(2026, 5, 1))
maybe = st.none() | days


@given(
    facts=st.builds(
        FormFacts,
        started=st.booleans(),
        submitted_on=maybe,
        any_answer=st.booleans(),
        reason=st.sampled_from([None, "declined", "too_ill", "technical", "other"]),
    ),
    participant=st.builds(ParticipantFacts, died_on=maybe, withdrew_on=maybe, pro_stopped_on=maybe),
    today=days,
)
def test_what_is_on_the_worklist_may_be_answered_and_a_received_form_was_expected(
    facts: FormFacts, participant: ParticipantFacts, today: date
) -> None:
    if work_state(WINDOW, facts, participant, today) is not None:
        assert eligibility(facts, participant, today).allowed
    counted = completion_counts(
        [LedgerForm(window=WINDOW, facts=facts, participant=participant, valid=True)],
        today=today,
        enrolled=1,
    )
    assert counted.received <= counted.expected <= counted.enrolled
    if facts.submitted_on is not None and today > WINDOW.closes:
        assert counted.received == 1
