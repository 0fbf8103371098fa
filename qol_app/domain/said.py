"""What a person says of one item on a page: an answer, or a word instead of one, never both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from questionnaires.model import NoAnswer, Value


@dataclass(frozen=True, kw_only=True)
class Said:
    """What stands for an item; neither of the two is an item left blank."""

    value: Value = None
    no_answer: NoAnswer | None = None


NOTHING = Said()


def meant(before: Said, value: Value, ticked: Sequence[NoAnswer]) -> Said:
    """Return what a page means on which an answer and words instead of it may both be marked.

    Without script nothing unmarks the one when the other is marked, so what was marked last has
    to be told from what was merely still there. A newly ticked word stands, whatever the answer
    is: a chosen tile cannot be taken back but by such a tick, and an answer that somebody meant
    to withhold must not be stored. A word that was ticked before gives way to any answer.

    Args:
        before: What the page had shown.
        value: The answer as posted; None where there is none.
        ticked: The words that are ticked, in the page's order; of two new ones the first stands.
    """
    new = [word for word in ticked if word is not before.no_answer]
    if new:
        return Said(no_answer=new[0])
    if value is None and ticked:
        return before
    return Said(value=value)
