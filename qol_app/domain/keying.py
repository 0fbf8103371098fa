"""Keying a form from paper or an interview: what a cell means, and where two keyings differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qol_app.domain.answers import check_no_answer, parse
from qol_app.domain.helpers import Helper
from qol_app.domain.said import NOTHING, Said
from questionnaires.model import AnswerType, Item, NoAnswer, Value


class Source(StrEnum):
    """Where a keyed form came from; also the word of its mode."""

    PAPER = "paper"
    INTERVIEW = "interview"


MARKS = {"-": NoAnswer.DECLINED, "/": NoAnswer.NOT_APPLICABLE}
"""What is keyed for a word that was said instead of an answer."""

FACTS = ("source", "answered_on", "language", "helper")
"""What is keyed of a form beside its items."""


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """What one person keyed from one form."""

    source: Source
    answered_on: date
    """At the site."""
    language: str
    helper: Helper | None
    said: Mapping[str, Said]
    """By item id; an item that is left out was left blank."""


def read_cell(item: Item, raw: str) -> Said:
    """Return what was keyed for an item; an empty cell was left blank on paper.

    ``-`` and ``/`` stand for ``MARKS``. In a text that offers no such word they are text.

    Raises:
        AnswerOutOfRange: the item does not allow it.
    """
    word = MARKS.get(unicodedata.normalize("NFKC", raw).strip())
    if word is None or (item.type is AnswerType.TEXT and word not in item.no_answers):
        return Said(value=parse(item, raw))
    return Said(no_answer=check_no_answer(item, word))


def cell(said: Said) -> str:
    """Return what is keyed to say this: the inverse of ``read_cell``."""
    if said.no_answer is not None:
        return next(mark for mark, word in MARKS.items() if word is said.no_answer)
    value: Value = said.value
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def different_facts(one: Keyed, other: Keyed) -> tuple[str, ...]:
    """Return the names among ``FACTS`` in which two keyings differ."""
    return tuple(name for name in FACTS if getattr(one, name) != getattr(other, name))


def different_items(one: Keyed, other: Keyed, items: Iterable[str]) -> tuple[str, ...]:
    """Return those of the items in which two keyings differ."""
    return tuple(
        item for item in items if one.said.get(item, NOTHING) != other.said.get(item, NOTHING)
    )
