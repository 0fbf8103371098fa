"""Which words a study's questionnaires show, and whom a change of them concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import FormVersion, ProtocolVersion, Study, User, WordingVersion
from qol_app.domain.actor import ActorKind
from qol_app.domain.errors import NotFound
from qol_app.services import forms, studies
from questionnaires.model import WordingKind


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The words that a questionnaire of a study shows in one language to those who begin now."""

    instrument: str
    version: str
    title: str
    language: str
    kind: WordingKind
    may_be_imported: bool
    """Whether the text is the licence holder's to give."""
    number: int | None
    licence_reference: str
    language_version: str
    accepted_at: datetime | None
    accepted_by: str
    """A user's name, or the command."""


def shown(session: Session, study: Study) -> list[Shown]:
    """Return what each questionnaire of the protocol in force shows, language by language."""
    protocol = studies.in_force(study)
    return [
        _shown(session, studies.form_version(session, use.id, use.version), language)
        for use in protocol.instruments
        for language in protocol.languages
    ]


def find(session: Session, study: Study, instrument: str, language: str) -> Shown:
    """Return what one questionnaire of a study shows in one language.

    Raises:
        NotFound: the study has no such questionnaire or language.
    """
    for each in shown(session, study):
        if (each.instrument, each.language) == (instrument, language):
            return each
    raise NotFound(f"{study.code} has no {instrument} in {language}")


def _shown(session: Session, version: FormVersion, language: str) -> Shown:
    words = forms.wording(session, version, language)
    row = session.scalars(
        select(WordingVersion).where(
            WordingVersion.form_version_id == version.id,
            WordingVersion.language == language,
            WordingVersion.hash == words.hash,
        )
    ).one()
    is_official = words.kind is WordingKind.OFFICIAL
    return Shown(
        instrument=version.instrument_id,
        version=version.version,
        title=words.title,
        language=language,
        kind=words.kind,
        may_be_imported=forms.questionnaire(version).licence == "import",
        number=row.number,
        licence_reference=row.licence_reference or "",
        language_version=row.language_version or "",
        accepted_at=row.registered_at if is_official else None,
        accepted_by=_name(session, row),
    )


def _name(session: Session, row: WordingVersion) -> str:
    if row.actor_kind == ActorKind.USER and row.actor_id is not None:
        user = session.get(User, int(row.actor_id))
        return user.name if user is not None else ""
    return row.actor_id or ""


def concerned(session: Session, instrument: str, version: str) -> frozenset[int]:
    """Return the ids of the studies that use a form version, in any version of their protocol.

    An accepted text is shown in all of them.
    """
    return frozenset(
        stored.study_id
        for stored in session.scalars(select(ProtocolVersion))
        if (instrument, version)
        in {(use.id, use.version) for use in studies.protocol(stored).instruments}
    )
