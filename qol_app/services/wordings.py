"""A licence holder's text comes in: a table to fill in, its examination, its acceptance.

An accepted text is an immutable row of its form version and language. It is shown from then on;
forms begun before keep the words they were begun with. The text itself stays in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

import questionnaires
from qol_app.db.audit import audited
from qol_app.db.models import FormVersion, WordingVersion
from qol_app.domain import wording_text
from qol_app.domain.actor import Actor
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.domain.events import Action
from qol_app.domain.wording_text import Fault, Mistake, Reading, WordingInvalid
from qol_app.exports import fhir, wording_sheet
from qol_app.services import forms
from questionnaires import QuestionnaireUnknown
from questionnaires.document import digest
from questionnaires.model import Questionnaire, Wording, WordingKind

Handler = TypeVar("Handler")

LONGEST_REFERENCE = 200


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is worded: a questionnaire in one language, and our own words for it."""

    questionnaire: Questionnaire
    labels: Wording


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a text comes from."""

    licence_reference: str
    """The agreement under which the licence holder gave it."""
    language_version: str
    """The licence holder's own version of the translation."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One text beside our own word for it; ``label`` is empty where we have none."""

    kind: str
    key: str
    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A text without mistakes, to be looked at and then accepted."""

    subject: Subject
    words: Wording
    source: Source

    @property
    def lines(self) -> list[Line]:
        """Return every text beside our own word for it, in the order of reading."""
        return [
            Line(
                kind=row.kind,
                key=row.key,
                label=wording_text.text_of(
                    self.subject.labels, wording_text.Part(row.kind), row.key
                ),
                text=row.text,
            )
            for row in wording_text.rows(self.subject.questionnaire, self.words)
        ]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What accepting a text stores, or finds stored: its number, its hash, its document."""

    number: int
    hash: str
    document: dict[str, Any]
    is_new: bool


def _read_fhir(content: bytes, of: Subject) -> Reading:
    return fhir.read(content, of.questionnaire, of.labels.language)


TEMPLATES = {".csv": wording_sheet.csv_template, ".xlsx": wording_sheet.xlsx_template}
READERS: dict[str, Callable[[bytes, Subject], Reading]] = {
    ".csv": lambda content, _of: wording_sheet.read_csv(content),
    ".xlsx": lambda content, _of: wording_sheet.read_xlsx(content),
    ".json": _read_fhir,
}
"""How a text is read, by the ending of its file's name; JSON is a FHIR Questionnaire."""


def subject(instrument: str, version: str | None, language: str) -> Subject:
    """Return a questionnaire and our own words for it in one language.

    Raises:
        NotFound: there is no such questionnaire, version or language; says which there are.
    """
    try:
        questionnaire = questionnaires.load(instrument, version)
        labels = questionnaires.wording(instrument, questionnaire.version, language)
    except QuestionnaireUnknown as error:
        raise NotFound(str(error)) from error
    return Subject(questionnaire=questionnaire, labels=labels)


def template(of: Subject, ending: str) -> bytes:
    """Return a table to fill in, as a file with this ending.

    Raises:
        InvalidInput: no table has this ending, or XLSX cannot be written here.
    """
    write = _by_ending(TEMPLATES, ending)
    return write(wording_text.rows(of.questionnaire, of.labels))


def fhir_file(of: Subject) -> bytes:
    """Return the questionnaire with our own words as a FHIR R4 Questionnaire in JSON."""
    return fhir.to_bytes(fhir.resource(of.questionnaire, of.labels))


def examine(of: Subject, content: bytes, ending: str, source: Source) -> Candidate:
    """Return the text that a file holds, if it is whole and without mistakes.

    Args:
        of: What the text is for.
        content: The file.
        ending: The ending of the file's name, which says how to read it.
        source: Where the text comes from.

    Raises:
        InvalidInput: the questionnaire needs no import, no text comes in files with this ending,
            or the source is not said.
        WordingInvalid: the text has mistakes; names all of them.
    """
    return check(of, _by_ending(READERS, ending)(content, of), source)


def check(of: Subject, reading: Reading, source: Source) -> Candidate:
    """Return the text that rows make. Raises as ``examine``."""
    problems = _source_problems(source)
    if of.questionnaire.licence != "import":
        problems.append(f"{of.questionnaire.id} comes with its whole text; nothing is to import")
    if problems:
        raise InvalidInput(problems)
    words = wording_text.compose(reading, of.questionnaire, of.labels)
    if words.questions == of.labels.questions:
        raise WordingInvalid([Mistake(fault=Fault.LABELS)])
    source = Source(
        licence_reference=source.licence_reference.strip(),
        language_version=source.language_version.strip(),
    )
    return Candidate(subject=of, words=words, source=source)


def _source_problems(source: Source) -> list[str]:
    named = {
        "licence reference": source.licence_reference.strip(),
        "language version": source.language_version.strip(),
    }
    return [f"{name}: is missing" for name, text in named.items() if not text] + [
        f"{name}: at most {LONGEST_REFERENCE} characters, all printable"
        for name, text in named.items()
        if len(text) > LONGEST_REFERENCE or not text.isprintable()
    ]


def plan(session: Session, candidate: Candidate) -> Plan:
    """Return what accepting a text would store. Stores nothing."""
    questionnaire, words = candidate.subject.questionnaire, candidate.words
    newest = _newest(session, questionnaire, words.language)
    text = {
        **questionnaires.wording_document(words),
        "licence_reference": candidate.source.licence_reference,
        "language_version": candidate.source.language_version,
    }
    if newest is not None and newest.document == {**text, "number": newest.number}:
        return Plan(
            number=newest.number or 0, hash=newest.hash, document=newest.document, is_new=False
        )
    number = 1 if newest is None else (newest.number or 0) + 1
    document = {**text, "number": number}
    return Plan(number=number, hash=digest(document), document=document, is_new=True)


def _newest(session: Session, questionnaire: Questionnaire, language: str) -> WordingVersion | None:
    query = (
        select(WordingVersion)
        .join(FormVersion, FormVersion.id == WordingVersion.form_version_id)
        .where(
            FormVersion.instrument_id == questionnaire.id,
            FormVersion.version == questionnaire.version,
            WordingVersion.language == language,
            WordingVersion.kind == WordingKind.OFFICIAL,
        )
        .order_by(WordingVersion.number.desc())
        .limit(1)
    )
    return session.scalar(query)


def accept(session: Session, candidate: Candidate, *, actor: Actor, now: datetime) -> Plan:
    """Store a text as the newest official wording. The text that holds already adds nothing.

    A changed text, or the same under another licence reference or language version, gets the
    next number; the one before stays for the forms that were begun with it.

    Raises:
        Conflict: another definition of the questionnaire is stored under the same version.
    """
    questionnaire, language = candidate.subject.questionnaire, candidate.words.language
    _lock(session, questionnaire)
    planned = plan(session, candidate)
    if not planned.is_new:
        return planned
    with audited(session, actor=actor, action=Action.WORDING_ACCEPTED, now=now):
        version = forms.register(
            session, questionnaire.id, questionnaire.version, (language,), now=now
        )
        session.add(
            WordingVersion(
                form_version_id=version.id,
                language=language,
                kind=WordingKind.OFFICIAL.value,
                hash=planned.hash,
                number=planned.number,
                licence_reference=candidate.source.licence_reference,
                language_version=candidate.source.language_version,
                document=planned.document,
                registered_at=now,
                actor_kind=actor.kind.value,
                actor_id=actor.id,
            )
        )
    return planned


def _lock(session: Session, questionnaire: Questionnaire) -> None:
    """Let one text of a questionnaire be accepted at a time, so that numbers are counted on."""
    session.scalar(
        select(FormVersion.id)
        .where(
            FormVersion.instrument_id == questionnaire.id,
            FormVersion.version == questionnaire.version,
        )
        .with_for_update()
    )


def _by_ending(handlers: Mapping[str, Handler], ending: str) -> Handler:
    if ending.lower() not in handlers:
        known = " or ".join(handlers)
        raise InvalidInput([f"{ending or 'no ending'}: name the file {known}"])
    return handlers[ending.lower()]
