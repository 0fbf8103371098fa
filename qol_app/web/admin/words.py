"""The words of wordings as administrators read them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qol_app.domain.wording_text import Fault, Part
from questionnaires.model import WordingKind

KINDS = {
    WordingKind.LABELS: _l("Labels only"),
    WordingKind.OWN: _l("Our own text"),
    WordingKind.OFFICIAL: _l("Official text"),
}

MARKS = {
    WordingKind.LABELS: "due",
    WordingKind.OWN: "complete",
    WordingKind.OFFICIAL: "complete",
}
"""Kinds of mark, as ``components/tables.html`` names them."""

PARTS = {
    Part.TITLE: _l("Title"),
    Part.INTRODUCTION: _l("Instruction"),
    Part.QUESTION: _l("Question"),
    Part.HINT: _l("Hint"),
    Part.OPTION: _l("Option"),
    Part.SCALE: _l("Name of a score"),
}

FAULTS = {
    Fault.NOT_UTF8: _l("is not UTF-8 text; in Excel save it as CSV UTF-8"),
    Fault.NOT_A_TABLE: _l("is no table with the columns kind, key and text"),
    Fault.NO_COLUMN: _l("has no column %(detail)s in its first line"),
    Fault.NOT_TEXT: _l("is not a text for Excel; format the cell as text and type it again"),
    Fault.NOT_FHIR: _l("is no FHIR R4 Questionnaire: %(detail)s"),
    Fault.OTHER: _l("is for something else: %(detail)s"),
    Fault.VALUE_SET: _l("has its options in an answerValueSet; write them as answerOption"),
    Fault.UNKNOWN_KIND: _l("is none of title, introduction, question, hint, option, scale"),
    Fault.UNKNOWN_KEY: _l("belongs to nothing in this questionnaire"),
    Fault.TWICE: _l("occurs twice"),
    Fault.BLANK: _l("is blank"),
    Fault.TOO_LONG: _l("is too long: %(detail)s characters"),
    Fault.UNPRINTABLE: _l("holds a character that cannot be shown"),
    Fault.CHINESE: _l("has Chinese characters, which this language does not have"),
    Fault.NOT_CHINESE: _l("has no Chinese character"),
    Fault.MISSING: _l("is missing"),
    Fault.LABELS: _l("has our own label for every question, not the licence holder's text"),
}


def fault(kind: Fault, detail: str) -> str:
    """Return what is wrong, in the reader's language."""
    text = str(FAULTS[kind])
    return text.replace("%(detail)s", detail)
