"""Reads parts of a study file that may still hold mistakes: what is not there is passed over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import questionnaires
from qol_app.domain.study import LANGUAGE_PATTERN
from qol_app.domain.study_problems import file_key
from questionnaires.model import Questionnaire

Document = Mapping[str, Any]


class Entry(NamedTuple):
    """One table of a list in the document, with its key."""

    key: str
    table: Document


def entries(document: Document, *path: str) -> list[Entry]:
    """Return the tables of the list at this path."""
    value: object = document
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    tables = value if isinstance(value, list) else []
    return [
        Entry(file_key([*path, place]), table)
        for place, table in enumerate(tables)
        if isinstance(table, dict)
    ]


def visit_entries(document: Document) -> list[Entry]:
    """Return the visits of the schedule."""
    return entries(document, "schedule", "visits")


def language_tags(document: Document) -> list[str]:
    """Return the study's languages, without what is no language tag."""
    given = document.get("languages")
    tags = [tag for tag in given if isinstance(tag, str)] if isinstance(given, list) else []
    return [tag for tag in tags if re.fullmatch(LANGUAGE_PATTERN, tag)]


def instrument_ids(document: Document) -> list[str]:
    """Return the ids of the instruments that the study lists."""
    ids = [entry.table.get("id") for entry in entries(document, "instruments")]
    return [known for known in ids if isinstance(known, str)]


def loaded(name: str, version: str) -> Questionnaire | None:
    """Return the questionnaire, or None if there is none of that name and version."""
    try:
        return questionnaires.load(name, version)
    except LookupError:
        return None


def listed(document: Document, instrument: object) -> Questionnaire | None:
    """Return the questionnaire that the study uses of an instrument, or None."""
    for _, table in entries(document, "instruments"):
        version = table.get("version")
        if table.get("id") == instrument and isinstance(instrument, str):
            return loaded(instrument, version) if isinstance(version, str) else None
    return None
