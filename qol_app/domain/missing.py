"""Why a form is missing: the coded reasons, and the one to propose from what is known."""

from __future__ import annotations

from enum import StrEnum

from qol_app.domain.postponing import Reason as Postponed


class MissingReason(StrEnum):
    """Why an expected form did not come, as staff say. ``other`` needs a note."""

    TOO_ILL = "too_ill"
    DECLINED = "declined"
    NO_TIME = "no_time"
    FORGOT = "forgot"
    TECHNICAL = "technical"
    NOT_OFFERED = "not_offered"
    """Staff did not offer it."""
    LANGUAGE = "language"
    DIED = "died"
    """Died after the window closed; a death before that ends the form by itself."""
    OTHER = "other"


def propose(
    *, postponed: Postponed | None, offered: bool, arrived: bool, opened: bool
) -> MissingReason | None:
    """Return the reason that what happened suggests, for staff to confirm; None if nothing does.

    Args:
        postponed: Why the visit was put off last.
        offered: Whether a link was made or a message sent for it.
        arrived: Whether any of those can have reached the participant: a message that did not
            bounce, or a link that was shown, printed or handed over.
        opened: Whether the participant ever opened it.
    """
    if postponed is not None:
        return _OF_POSTPONED[postponed]
    if not offered:
        return MissingReason.NOT_OFFERED
    if not arrived and not opened:
        return MissingReason.TECHNICAL
    return None if opened else MissingReason.FORGOT


_OF_POSTPONED = {
    Postponed.TOO_ILL: MissingReason.TOO_ILL,
    Postponed.ANOTHER_TIME: MissingReason.NO_TIME,
}
