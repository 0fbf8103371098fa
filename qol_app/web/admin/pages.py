"""What the administrator's pages show, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import g, url_for

from qol_app.domain.languages import own_name
from qol_app.domain.wording_text import Mistake, Part
from qol_app.services import studies
from qol_app.services.wording_status import Shown
from qol_app.services.wordings import Candidate, Plan
from qol_app.web.admin import words


@dataclass(frozen=True, kw_only=True)
class WordingRow:
    """What one questionnaire shows in one language."""

    title: str
    instrument: str
    version: str
    language: str
    language_name: str
    mark: str
    kind: str
    number: int | None
    licence_reference: str
    language_version: str
    accepted: str
    accepted_by: str
    import_url: str
    """Empty where nothing is to be imported, or not by this user."""


@dataclass(frozen=True, kw_only=True)
class MistakeRow:
    """One mistake and where it stands; a place that nobody knows is empty."""

    place: str
    part: str
    key: str
    fault: str


@dataclass(frozen=True, kw_only=True)
class TextLine:
    """One text beside our own word for it."""

    part: str
    key: str
    label: str
    text: str
    is_same: bool


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A text to be looked at before it is accepted."""

    wording: WordingRow
    number: int
    is_new: bool
    hash: str
    licence_reference: str
    language_version: str
    lines: tuple[TextLine, ...]
    accept_url: str


def wording_row(shown: Shown, *, may_import: bool) -> WordingRow:
    """Return one line of the list; its date is by the clock of the study's first site."""
    accepted = ""
    if shown.accepted_at is not None:
        zone = ZoneInfo(studies.in_force(g.study).sites[0].timezone)
        accepted = shown.accepted_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return WordingRow(
        title=shown.title,
        instrument=shown.instrument,
        version=shown.version,
        language=shown.language,
        language_name=own_name(shown.language),
        mark=words.MARKS[shown.kind],
        kind=str(words.KINDS[shown.kind]),
        number=shown.number,
        licence_reference=shown.licence_reference,
        language_version=shown.language_version,
        accepted=accepted,
        accepted_by=shown.accepted_by,
        import_url=wording_url("admin.wording", shown) if may_import else "",
    )


def wording_url(endpoint: str, shown: Shown) -> str:
    """Return the address of a page about one questionnaire in one language."""
    return url_for(
        endpoint, study=g.study.code, instrument=shown.instrument, language=shown.language
    )


def mistakes(found: Iterable[Mistake]) -> list[MistakeRow]:
    """Return mistakes in the reader's language."""
    return [
        MistakeRow(
            place=str(each.line) if each.line is not None else each.link,
            part=str(words.PARTS[Part(each.kind)]) if each.kind in set(Part) else each.kind,
            key=each.key,
            fault=words.fault(each.fault, each.detail),
        )
        for each in found
    ]


def preview(shown: Shown, candidate: Candidate, plan: Plan) -> Preview:
    """Return what is shown before a text is accepted."""
    return Preview(
        wording=wording_row(shown, may_import=True),
        number=plan.number,
        is_new=plan.is_new,
        hash=plan.hash,
        licence_reference=candidate.source.licence_reference,
        language_version=candidate.source.language_version,
        lines=tuple(_lines(candidate)),
        accept_url=wording_url("admin.accept", shown),
    )


def _lines(candidate: Candidate) -> Sequence[TextLine]:
    return [
        TextLine(
            part=str(words.PARTS[Part(line.kind)]),
            key=line.key,
            label=line.label,
            text=line.text,
            is_same=line.text == line.label,
        )
        for line in candidate.lines
    ]
