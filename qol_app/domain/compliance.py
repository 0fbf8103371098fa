"""What became of each form: one definition for worklist, reminders, completion and export.

Only dates of the site's zone are compared, never times. An event (death, withdrawal, end of the
questionnaires) counts from its own date on, so a status can be asked for any past day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qol_app.domain.schedule import Window, WindowState, window_state


class FormStatus(StrEnum):
    """The words of the ledger: one per participant, visit and instrument."""

    NOT_DUE = "not_due"
    OPEN = "open"
    PARTIAL = "partial"
    """Some answers, never submitted, and no more will come."""
    COMPLETE = "complete"
    """Submitted."""
    MISSED = "missed"
    DECLINED = "declined"
    TOO_ILL = "too_ill"
    TECHNICAL = "technical"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"
    PRO_STOPPED = "pro_stopped"


ENDED = frozenset({FormStatus.DEAD, FormStatus.WITHDRAWN, FormStatus.PRO_STOPPED})
"""Statuses of forms that nobody expected. They are not missing data."""

REASONS = frozenset({FormStatus.DECLINED, FormStatus.TOO_ILL, FormStatus.TECHNICAL})
"""Statuses that say why an expected form is missing; each is also the word of its reason."""


class WorkState(StrEnum):
    """How urgent an open form is on the worklist."""

    DUE = "due"
    CLOSING = "closing"
    OVERDUE = "overdue"


@dataclass(frozen=True, kw_only=True)
class FormFacts:
    """What is known of one form. The defaults are those of a form that nobody has touched."""

    started: bool = False
    submitted_on: date | None = None
    any_answer: bool = False
    """At least one item has an answer that is not blank."""
    reason: str | None = None
    """Why staff say it is missing: ``declined``, ``too_ill``, ``technical``, or a word of their
    own, which leaves it missed."""


@dataclass(frozen=True, kw_only=True)
class ParticipantFacts:
    """The dated events of one participant, each None if it has not happened."""

    died_on: date | None = None
    withdrew_on: date | None = None
    pro_stopped_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerForm:
    """One form of the ledger with what completion has to know about it."""

    window: Window
    facts: FormFacts
    participant: ParticipantFacts
    valid: bool
    """At least one multi-item scale could be scored under the instrument's own rule."""


@dataclass(frozen=True, kw_only=True)
class Completion:
    """Received forms with both denominators. Print the counts, never a bare percentage."""

    received: int
    expected: int
    enrolled: int

    @property
    def of_expected(self) -> float | None:
        """The completion rate, received / expected, 0 to 1; None if none was expected."""
        return self.received / self.expected if self.expected else None

    @property
    def of_enrolled(self) -> float | None:
        """The available data rate, received / enrolled, 0 to 1; None if nobody is enrolled."""
        return self.received / self.enrolled if self.enrolled else None


def ended(participant: ParticipantFacts, on: date) -> FormStatus | None:
    """Return which event has ended the participant's questionnaires by the day, or None.

    Of several events death comes first, then withdrawal, then the end of the questionnaires.
    """
    events = (
        (participant.died_on, FormStatus.DEAD),
        (participant.withdrew_on, FormStatus.WITHDRAWN),
        (participant.pro_stopped_on, FormStatus.PRO_STOPPED),
    )
    for happened_on, status in events:
        if happened_on is not None and happened_on <= on:
            return status
    return None


def form_status(
    window: Window, facts: FormFacts, participant: ParticipantFacts, today: date
) -> FormStatus:
    """Return the status of one form on ``today``.

    A submitted form is complete whatever happens later. Death, withdrawal or the end of the
    questionnaires on or before the day the window closes ends this form and all later ones; a
    form whose window had closed before the event stays as it was. Staff may record at any time
    that a form was declined, which takes it off the worklist at once; being too ill or a
    technical failure may pass, so those are the status only once the window has closed.

    Args:
        window: The visit's window.
        facts: What is known of the form.
        participant: The participant's events.
        today: The date at the site.
    """
    if facts.submitted_on is not None:
        return FormStatus.COMPLETE
    ending = ended(participant, min(today, window.closes))
    if ending is not None:
        return ending
    state = window_state(window, today)
    if state is WindowState.NOT_OPEN:
        return FormStatus.NOT_DUE
    if state is not WindowState.CLOSED and facts.reason != FormStatus.DECLINED:
        return FormStatus.OPEN
    return _why_not_complete(facts)


def _why_not_complete(facts: FormFacts) -> FormStatus:
    if facts.any_answer:
        return FormStatus.PARTIAL
    if facts.reason in REASONS:
        return FormStatus(facts.reason)
    return FormStatus.MISSED


def work_state(
    window: Window, facts: FormFacts, participant: ParticipantFacts, today: date
) -> WorkState | None:
    """Return how urgent the form is, or None if there is nothing to do about it today."""
    if form_status(window, facts, participant, today) is not FormStatus.OPEN:
        return None
    return WorkState(window_state(window, today))


def is_expected(status: FormStatus, window: Window, today: date) -> bool:
    """Tell whether a form counts in the denominator of the completion rate.

    It does once its window has closed, if the participant was alive then, had not withdrawn
    and the questionnaires had not been stopped. Lost to follow-up and too ill are expected. A
    form that was submitted was expected even if its participant died later in the same window,
    so received forms never outnumber expected ones.
    """
    return today > window.closes and status not in ENDED


def completion_counts(forms: Iterable[LedgerForm], *, today: date, enrolled: int) -> Completion:
    """Count received and expected forms of one visit and instrument.

    Received are the valid ones among the expected.

    Args:
        forms: One per participant of the population; all sites or one, all groups or one.
        today: The date of the count.
        enrolled: The number of participants in that population, whatever became of them.
    """
    received = expected = 0
    for form in forms:
        status = form_status(form.window, form.facts, form.participant, today)
        if is_expected(status, form.window, today):
            expected += 1
            received += form.valid
    return Completion(received=received, expected=expected, enrolled=enrolled)
