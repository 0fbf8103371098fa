"""Whether a participant is written to about a visit, and by which way: one answer for all.

Planning a message, sending it, and telling beforehand what would be sent all ask ``verdict``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qol_app.domain.compliance import FormStatus
from qol_app.domain.eligibility import Refusal
from qol_app.domain.reminders import PLANNED_KINDS, Kind


class Channel(StrEnum):
    """A way by which a message goes."""

    EMAIL = "email"
    SMS = "sms"


PAPER = "paper"
"""The wish of a participant who wants no message, but the questionnaire itself."""


class Obstacle(StrEnum):
    """Why a participant is not written to although the visit can be answered."""

    LOST = "lost"
    REASON_GIVEN = "reason_given"
    """Staff have said why the visit's forms are missing."""
    POSTPONED = "postponed"
    """The participant put the visit off and is asked again on that day."""
    ASKED_TODAY = "asked_today"
    """Another message about the visit went out on the same day."""
    WANTS_PAPER = "wants_paper"
    NO_CONTACT = "no_contact"
    """No address is on file for any way that is served."""
    OPTED_OUT = "opted_out"
    """The participant wants no message by the ways that could be used."""
    ADDRESS_FAILED = "address_failed"
    """The last message to the only address came back."""
    NO_TEXT = "no_text"
    """No text is written in the participant's language."""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """What is known of a participant's ways."""

    wish: str | None = None
    """A channel, ``paper``, or None for any way."""
    refused: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    """The channels for which an address is on file."""
    failed: frozenset[str] = frozenset()
    """The channels whose address is known not to work."""
    lost_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What is known of the visit that a message is about, on the day of the message."""

    refusal: Refusal | None = None
    """Why it cannot be answered on that day; None if it can."""
    missing_reason: str | None = None
    waits_until: date | None = None
    """The day to which the participant put it off, past or to come."""
    asked_on: date | None = None
    """The last day on which another message about it went out."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """By which channel a message goes; ``reason`` is None exactly when it goes."""

    channel: Channel | None = None
    reason: Refusal | Obstacle | None = None


def verdict(
    kind: Kind,
    recipient: Recipient,
    matter: Matter,
    *,
    written: frozenset[str],
    on: date,
    channel: Channel | None = None,
) -> Verdict:
    """Tell whether a message of ``kind`` goes to the participant, and by which channel.

    What staff ask for is not held back by what holds back a reminder. A wish for one channel is
    kept: there is no message by another. A channel that staff name goes before the wish and before
    a returned message, never before a refusal.

    Args:
        written: The channels that are served and for which a text exists in the language.
        on: The day of the message at the site.
        channel: The channel that staff ask for; None leaves it to the wish.
    """
    reason = matter.refusal or _general(recipient, on)
    if reason is None and kind in PLANNED_KINDS:
        reason = _held_back(matter, on)
    if reason is not None:
        return Verdict(reason=reason)
    return _way(recipient, written, channel)


def _general(recipient: Recipient, on: date) -> Obstacle | None:
    is_lost = recipient.lost_on is not None and recipient.lost_on <= on
    return Obstacle.LOST if is_lost else None


def _held_back(matter: Matter, on: date) -> Obstacle | None:
    """Return what holds a message back that nobody asked for."""
    if matter.waits_until is not None and matter.waits_until >= on:
        return Obstacle.POSTPONED
    came_back = matter.waits_until is not None and matter.missing_reason == FormStatus.TOO_ILL
    if matter.missing_reason is not None and not came_back:
        return Obstacle.REASON_GIVEN
    return Obstacle.ASKED_TODAY if matter.asked_on == on else None


def _way(recipient: Recipient, written: frozenset[str], asked: Channel | None) -> Verdict:
    if asked is None and recipient.wish == PAPER:
        return Verdict(reason=Obstacle.WANTS_PAPER)
    wish = asked or recipient.wish
    left = [each for each in Channel if wish is None or each == wish]
    for reason, possible in (
        (Obstacle.NO_CONTACT, [c for c in left if c in recipient.addresses]),
        (Obstacle.OPTED_OUT, [c for c in left if c not in recipient.refused]),
        (Obstacle.ADDRESS_FAILED, [c for c in left if asked or c not in recipient.failed]),
        (Obstacle.NO_TEXT, [c for c in left if c in written]),
    ):
        left = [each for each in left if each in possible]
        if not left:
            return Verdict(reason=reason)
    return Verdict(channel=left[0])
