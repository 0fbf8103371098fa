"""What a questionnaire is: frozen values, read from data, never changed in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Value = int | float | str | list[int] | None
"""One answer: a code, a number, a text, several codes, or None for seen but left blank."""


class AnswerType(StrEnum):
    """How an item is answered."""

    ONE_OF = "one_of"
    SEVERAL_OF = "several_of"
    SCALE = "scale"
    VISUAL_ANALOGUE = "visual_analogue"
    NUMBER = "number"
    TEXT = "text"


class NoAnswer(StrEnum):
    """What a person may say instead of an answer, where the form allows it."""

    DECLINED = "declined"
    """"I prefer not to answer"."""
    NOT_APPLICABLE = "not_applicable"
    """"This does not apply to me"."""


class WordingKind(StrEnum):
    """Where the words of a language come from."""

    LABELS = "labels"
    """Our own short concept labels, standing in for licensed text. Not for real participants."""
    OWN = "own"
    """The instrument's full wording, ours to ship."""
    OFFICIAL = "official"
    """The licence holder's text, imported by the deployment."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question: its id never changes and is never reused."""

    id: str
    type: AnswerType
    codes: tuple[int, ...] = ()
    """Allowed codes of ``one_of`` and ``several_of``, in display order."""
    read_as: tuple[tuple[int, int], ...] = ()
    """Codes that files hold for an answer, each with that answer: 88 for 0 days in a survey."""
    missing_codes: tuple[int, ...] = ()
    """Codes a file may hold for "no answer" (FACIT: 8 and 9): never shown, scored as missing."""
    options: str | None = None
    """Name of the option set in the wording that words the codes (or the ends of a scale)."""
    low: float | None = None
    high: float | None = None
    """Inclusive range of ``scale``, ``visual_analogue`` and ``number``."""
    decimals: int = 0
    """Digits after the point allowed for a ``number``; 0 means integers only."""
    max_length: int | None = None
    """Longest ``text``, in characters."""
    exclusive: tuple[int, ...] = ()
    """Codes of ``several_of`` that stand alone ("none of these")."""
    no_answers: tuple[NoAnswer, ...] = ()
    """What may be said instead of an answer; leaving it blank is always allowed."""
    cdisc: str | None = None


class Layout(StrEnum):
    """How the items of a page stand together, where not simply one below the other."""

    MATRIX = "matrix"
    """A grid on wide screens: a row for each item, a column for each answer they share."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Items shown together."""

    id: str
    items: tuple[str, ...]
    layout: Layout | None = None


@dataclass(frozen=True, kw_only=True)
class SkipRule:
    """Show ``items`` only when the answer to ``item`` is one of ``values``.

    An unanswered ``item`` hides them. For ``several_of`` any chosen code in ``values`` shows them.
    """

    items: tuple[str, ...]
    item: str
    values: tuple[int, ...]

    def shows(self, answers: Mapping[str, Value]) -> bool:
        """Tell whether the ruled items are shown under ``answers``."""
        answer = answers.get(self.item)
        chosen = answer if isinstance(answer, list) else [answer]
        return any(value in self.values for value in chosen)


class Direction(StrEnum):
    """What a high score means."""

    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """One score: its items and the parameters of its scoring module."""

    code: str
    items: tuple[str, ...]
    module: str
    """Id of the scoring module, e.g. ``linear``."""
    direction: Direction | None
    """What a high score means; None where a score has no direction (a profile)."""
    low: float
    high: float
    """Inclusive range of the score."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the module, e.g. ``{"reverse": true, "min_answered": 3}``."""
    kind: str | None = None
    """The manual's family: functional, symptom, global, summary, index."""
    cdisc: str | None = None


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """One version of an instrument. ``hash`` identifies its definition for ever."""

    id: str
    version: str
    hash: str
    """SHA-256 (hex) of the canonical JSON of the definition."""
    items: tuple[Item, ...]
    pages: tuple[Page, ...]
    skips: tuple[SkipRule, ...]
    scales: tuple[Scale, ...]
    licence: str
    """``import`` (labels only here), ``ship`` or ``own``."""
    sources: tuple[str, ...]
    confirmed: bool
    """False where the scoring rests on one source only; said wherever its scores show."""
    cdisc_category: str | None
    document: Mapping[str, Any] = field(repr=False)
    """The definition as plain JSON values: what is stored and hashed."""

    def item(self, item_id: str) -> Item:
        """Return the item with this id. Raises KeyError if there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def scale(self, code: str) -> Scale:
        """Return the scale with this code. Raises KeyError if there is none."""
        for scale in self.scales:
            if scale.code == code:
                return scale
        raise KeyError(code)


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The words of one questionnaire version in one language."""

    language: str
    kind: WordingKind
    hash: str
    title: str
    introduction: str
    questions: Mapping[str, str]
    """Item id to question text (or concept label)."""
    options: Mapping[str, Mapping[int, str]]
    """Option set to code to text. For scales: the words at ``low`` and ``high``."""
    scales: Mapping[str, str]
    """Scale code to name, for charts and code lists."""
    hints: Mapping[str, str] = field(default_factory=dict)
    """Item id to a short line under the question, where there is one."""
