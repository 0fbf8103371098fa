"""Who helped with the answers of a visit, as its patient says when sending them."""

from __future__ import annotations

from enum import StrEnum

from qol_app.domain.errors import AnswerOutOfRange


class Helper(StrEnum):
    """What a helper did, from nothing to all of it."""

    ALONE = "alone"
    READ_ALOUD = "read_aloud"
    """Somebody read the questions to the patient."""
    WROTE_DOWN = "wrote_down"
    """Somebody wrote down what the patient said."""
    ANSWERED_FOR = "answered_for"
    """Somebody answered in the patient's place."""


def parse(word: str) -> Helper | None:
    """Return the helper that a word names; None for no word, as the question may be left empty.

    Raises:
        AnswerOutOfRange: it names none.
    """
    if not word:
        return None
    try:
        return Helper(word)
    except ValueError:
        raise AnswerOutOfRange("helper", f"must be one of {', '.join(Helper)}") from None
