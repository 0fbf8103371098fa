"""Who may answer a form now: one answer for showing it, sending it and reminding of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from qol_app.domain.compliance import FormFacts, FormStatus, ParticipantFacts, ended
from qol_app.domain.schedule import Window, accepts_answers


class Refusal(StrEnum):
    """Why a form may not be answered."""

    TOO_EARLY = "too_early"
    CLOSED = "closed"
    SUBMITTED = "submitted"
    DIED = "died"
    WITHDRAWN = "withdrawn"
    PRO_STOPPED = "pro_stopped"


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """Whether a form may be answered; ``reason`` is None exactly when it may."""

    allowed: bool
    reason: Refusal | None


_ENDINGS = {
    FormStatus.DEAD: Refusal.DIED,
    FormStatus.WITHDRAWN: Refusal.WITHDRAWN,
    FormStatus.PRO_STOPPED: Refusal.PRO_STOPPED,
}


def may_answer(
    window: Window,
    facts: FormFacts,
    participant: ParticipantFacts,
    *,
    today: date,
    now: datetime,
    last_activity: datetime | None,
) -> Eligibility:
    """Tell whether the participant may answer the form now, and if not, why not.

    What has happened to the person comes before what has happened to the form, so nobody is
    thanked for a form, or told that it is too early, after a death or a withdrawal. Having
    declined a form refuses nothing: the person may think again while the window is open.

    Args:
        window: The visit's window.
        facts: What is known of the form.
        participant: The participant's events; they count from their own day on.
        today: The date at the site.
        now: The instant, with a zone.
        last_activity: When the form last took an answer or was started; None if never.

    Raises:
        ValueError: ``now`` or ``last_activity`` has no zone.
    """
    accepted = accepts_answers(window, today=today, now=now, last_activity=last_activity)
    reason: Refusal | None = None
    if (ending := ended(participant, today)) is not None:
        reason = _ENDINGS[ending]
    elif facts.submitted_on is not None:
        reason = Refusal.SUBMITTED
    elif today < window.opens:
        reason = Refusal.TOO_EARLY
    elif not accepted:
        reason = Refusal.CLOSED
    return Eligibility(allowed=reason is None, reason=reason)
