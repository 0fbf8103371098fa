"""The words of a questionnaire as rows of texts: what has to be there, and what is wrong with it.

A licence holder's text arrives as such rows, from a table or from a FHIR Questionnaire. Nothing
of it is accepted unless every title, instruction, question and option is there, once, with words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import questionnaires
from qol_app.domain.errors import InvalidInput
from questionnaires.checks import worded_options
from questionnaires.model import Questionnaire, Wording, WordingKind


class Part(StrEnum):
    """What a text is for."""

    TITLE = "title"
    INTRODUCTION = "introduction"
    """The instruction before the first question."""
    QUESTION = "question"
    HINT = "hint"
    """A short line under a question; only where there is one."""
    OPTION = "option"
    SCALE = "scale"
    """The name of a score, for charts and tables; left blank, our own name stays."""


OPTIONAL = frozenset({Part.HINT, Part.SCALE})
"""Parts that may be left blank or out."""

LONGEST = {
    Part.TITLE: 200,
    Part.INTRODUCTION: 4000,
    Part.QUESTION: 1000,
    Part.HINT: 1000,
    Part.OPTION: 300,
    Part.SCALE: 100,
}
"""The most characters that a text of each part can sensibly have."""

SENTENCES = frozenset({Part.INTRODUCTION, Part.QUESTION, Part.HINT})
"""Parts that are written in the language; a title or an option may be a mere code."""


@dataclass(frozen=True, kw_only=True)
class TextRow:
    """One text. ``kind`` and ``key`` are as they were found, and may be mistaken."""

    kind: str
    key: str
    """Item id, option set and code (``four_levels.1``), or scale code; else empty."""
    text: str
    line: int | None = None
    """The line of the table in which it stands."""
    link: str = ""
    """The linkId of the FHIR item in which it stands."""


class Fault(StrEnum):
    """What can be wrong with a wording; the value says it in plain English."""

    NOT_UTF8 = "is not UTF-8 text; in Excel save it as CSV UTF-8"
    NOT_A_TABLE = "is no table with the columns kind, key and text: {detail}"
    NO_COLUMN = "the column {detail} is missing; the first line names kind, key, label and text"
    NOT_TEXT = "is a {detail} for Excel, not a text; format the cell as text and type it again"
    NOT_FHIR = "is no FHIR R4 Questionnaire: {detail}"
    OTHER = "belongs to {detail}"
    VALUE_SET = "has its options in an answerValueSet; write them as answerOption"
    UNKNOWN_KIND = "is none of title, introduction, question, hint, option, scale"
    UNKNOWN_KEY = "belongs to nothing in this questionnaire"
    TWICE = "occurs twice, first in {detail}"
    BLANK = "is blank"
    TOO_LONG = "is too long: {detail} characters"
    UNPRINTABLE = "holds a character that cannot be shown"
    CHINESE = "has Chinese characters, which this language does not have"
    NOT_CHINESE = "has no Chinese character"
    MISSING = "is missing"
    LABELS = "every question is our own label, not the licence holder's text"


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One thing wrong with a wording, and where."""

    fault: Fault
    kind: str = ""
    key: str = ""
    line: int | None = None
    link: str = ""
    detail: str = ""

    def __str__(self) -> str:
        what = " ".join(part for part in (self.kind, self.key) if part)
        places = [place(self.line, self.link), what]
        where = ", ".join(part for part in places if part)
        said = self.fault.format(detail=self.detail)
        return f"{where}: {said}" if where else said


class WordingInvalid(InvalidInput):
    """A wording has mistakes; ``mistakes`` holds every one."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__([str(mistake) for mistake in mistakes])
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file holds: its texts, and what was found wrong while reading them."""

    rows: tuple[TextRow, ...]
    mistakes: tuple[Mistake, ...] = ()


def place(line: int | None, link: str) -> str:
    """Say where a text stands; empty where nobody knows."""
    if line is not None:
        return f"line {line}"
    return f"item {link}" if link else ""


def mistaken(row: TextRow, fault: Fault, detail: str = "") -> Mistake:
    """Return a mistake of one row."""
    return Mistake(
        fault=fault, kind=row.kind, key=row.key, line=row.line, link=row.link, detail=detail
    )


def outline(questionnaire: Questionnaire) -> list[tuple[Part, str]]:
    """Return part and key of every text there may be, each set of options at its first use."""
    found = [(Part.TITLE, ""), (Part.INTRODUCTION, "")]
    waiting = worded_options(questionnaire)
    for item_id in (item for page in questionnaire.pages for item in page.items):
        name = questionnaire.item(item_id).options or ""
        found += [(Part.QUESTION, item_id), (Part.HINT, item_id)]
        found += [(Part.OPTION, option_key(name, code)) for code in waiting.pop(name, [])]
    return found + [(Part.SCALE, scale.code) for scale in questionnaire.scales]


def rows(questionnaire: Questionnaire, words: Wording) -> list[TextRow]:
    """Return a wording as rows in the order of reading, without the hints that it lacks."""
    every = [
        TextRow(kind=part.value, key=key, text=text_of(words, part, key))
        for part, key in outline(questionnaire)
    ]
    return [row for row in every if row.text]


def text_of(words: Wording, part: Part, key: str) -> str:
    """Return one text of a wording; empty where it has none."""
    if part is Part.OPTION:
        name, _, code = key.rpartition(".")
        return words.options[name][int(code)]
    if part is Part.TITLE:
        return words.title
    if part is Part.INTRODUCTION:
        return words.introduction
    texts = {Part.QUESTION: words.questions, Part.HINT: words.hints, Part.SCALE: words.scales}
    return texts[part].get(key, "")


def option_key(options: str, code: int) -> str:
    """Return the key of one option's text: the option set and the code."""
    return f"{options}.{code}"


def compose(
    given: Reading,
    questionnaire: Questionnaire,
    labels: Wording,
    *,
    kind: WordingKind = WordingKind.OFFICIAL,
) -> Wording:
    """Return the wording that rows make, in the language of ``labels``.

    Args:
        given: Texts in any order; spaces around a text are dropped. Mistakes that were found
            while reading them come first among the mistakes.
        questionnaire: The questionnaire that they word.
        labels: Our own words; names of scores left out are taken from them.
        kind: What the wording is.

    Raises:
        WordingInvalid: a text is missing, blank, too long, twice, for nothing, or in another
            language; names all of them.
    """
    texts: dict[tuple[str, str], TextRow] = {}
    mistakes = list(given.mistakes)
    told = {(one.kind, one.key) for one in mistakes if one.fault is Fault.MISSING}
    wanted = [(part.value, key) for part, key in outline(questionnaire)]
    for row in given.rows:
        name = (row.kind, row.key)
        if name in texts:
            first = texts[name]
            mistakes.append(mistaken(row, Fault.TWICE, place(first.line, first.link)))
            continue
        texts[name] = row
        mistakes += _row_mistakes(row, frozenset(wanted), labels.language)
    mistakes += [
        Mistake(fault=Fault.MISSING, kind=part, key=key)
        for part, key in wanted
        if part not in OPTIONAL and (part, key) not in (*texts, *told)
    ]
    if mistakes:
        raise WordingInvalid(mistakes)
    return _wording({name: clean(row.text) for name, row in texts.items()}, labels, kind)


def clean(text: str) -> str:
    r"""Return a text without spaces around it, its line ends as ``\n``."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _row_mistakes(
    row: TextRow, allowed: frozenset[tuple[str, str]], language: str
) -> list[Mistake]:
    if row.kind not in set(Part):
        return [mistaken(row, Fault.UNKNOWN_KIND)]
    if (row.kind, row.key) not in allowed:
        return [mistaken(row, Fault.UNKNOWN_KEY)]
    part, text = Part(row.kind), clean(row.text)
    if not text:
        return [] if part in OPTIONAL else [mistaken(row, Fault.BLANK)]
    faults = []
    if len(text) > LONGEST[part]:
        faults.append(mistaken(row, Fault.TOO_LONG, f"{len(text)} > {LONGEST[part]}"))
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        faults.append(mistaken(row, Fault.UNPRINTABLE))
    if language.startswith("zh") and part in SENTENCES and not _has_chinese(text):
        faults.append(mistaken(row, Fault.NOT_CHINESE))
    if language == "en" and _has_chinese(text):
        faults.append(mistaken(row, Fault.CHINESE))
    return faults


def _has_chinese(text: str) -> bool:
    return any("\u3400" <= character <= "\u9fff" for character in text)


def _wording(texts: dict[tuple[str, str], str], labels: Wording, kind: WordingKind) -> Wording:
    def of(part: Part) -> dict[str, str]:
        return {key: text for (given, key), text in texts.items() if given == part and text}

    options: dict[str, dict[str, str]] = {name: {} for name in labels.options}
    for key, text in of(Part.OPTION).items():
        name, _, code = key.rpartition(".")
        options[name][code] = text
    document: dict[str, Any] = {
        "language": labels.language,
        "kind": kind.value,
        "title": texts[Part.TITLE, ""],
        "introduction": texts[Part.INTRODUCTION, ""],
        "questions": of(Part.QUESTION),
        "hints": of(Part.HINT),
        "options": options,
        "scales": {**labels.scales, **of(Part.SCALE)},
    }
    return questionnaires.wording_from_document(document)
