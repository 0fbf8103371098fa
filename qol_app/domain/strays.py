"""Answers that come when their form no longer takes them: why, and what staff make of them."""

from __future__ import annotations

from enum import StrEnum

from qol_app.domain.eligibility import Refusal


class Why(StrEnum):
    """Why an answer found no place in its form."""

    SUBMITTED = "submitted"
    """The form had been sent meanwhile."""
    CLOSED = "closed"
    """The time for the questionnaire was over, or had not begun."""
    ENDED = "ended"
    """The participant no longer takes part in the questionnaires."""
    REVOKED = "revoked"
    """Staff had withdrawn the link."""
    UNKNOWN_FORM = "unknown_form"
    """The visit has another version of the form, or none."""
    NOT_ALLOWED = "not_allowed"
    """The form has no such question, or the question no such answer."""


class Settled(StrEnum):
    """What staff made of a stray answer."""

    TAKEN = "taken"
    """It was added to its form as an answer of the participant."""
    LEFT = "left"
    """It stays aside; the form stands as it is."""


_WHY = {
    Refusal.SUBMITTED: Why.SUBMITTED,
    Refusal.TOO_EARLY: Why.CLOSED,
    Refusal.CLOSED: Why.CLOSED,
    Refusal.DIED: Why.ENDED,
    Refusal.WITHDRAWN: Why.ENDED,
    Refusal.PRO_STOPPED: Why.ENDED,
}


def why_refused(refusal: Refusal) -> Why:
    """Return why an answer is a stray when its visit may not be answered."""
    return _WHY[refusal]


def may_be_taken(why: Why) -> bool:
    """Tell whether staff may still add such an answer to its form."""
    return why in (Why.SUBMITTED, Why.CLOSED, Why.REVOKED)
