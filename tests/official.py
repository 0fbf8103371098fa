"""Invented texts in the place of licensed ones: "Official text 4", "正式文字 4"."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from qol_app.domain.wording_text import Reading, TextRow, rows
from qol_app.services import wordings
from qol_app.services.wordings import Candidate, Source
from questionnaires import load, wording

WORDS = {"en": "Official text", "zh-Hans": "正式文字"}
SOURCE = Source(licence_reference="AGR-2026-17", language_version="2.0")


def official_rows(instrument: str, language: str, words: str = "") -> list[TextRow]:
    """An invented text for every row of an instrument, numbered as lines of a table."""
    questionnaire = load(instrument)
    labels = wording(instrument, questionnaire.version, language)
    return [
        replace(row, text=f"{words or WORDS[language]} {number}", line=number)
        for number, row in enumerate(rows(questionnaire, labels), start=2)
    ]


def official(
    instrument: str,
    language: str,
    *,
    version: str | None = None,
    words: str = "",
    source: Source = SOURCE,
) -> Candidate:
    """A text without mistakes, not accepted yet."""
    reading = Reading(rows=tuple(official_rows(instrument, language, words)))
    return wordings.check(wordings.subject(instrument, version, language), reading, source)


def filled_in(template: bytes, words: str) -> bytes:
    """A template as somebody fills it in with a spreadsheet, line by line."""
    lines = list(csv.reader(io.StringIO(template.decode("utf-8-sig"))))
    texts = [[*line[:3], f"{words} {number}"] for number, line in enumerate(lines[1:], start=2)]
    file = io.StringIO()
    csv.writer(file).writerows([lines[0], *texts])
    return ("\ufeff" + file.getvalue()).encode()
