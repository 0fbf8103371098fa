"""Bring in answers that exist already: all of a file, or nothing of it.

Answers become ordinary events with ids made from what they are, so that importing the same file
again adds nothing. Participants who are not enrolled yet are enrolled, and their visits planned.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Participant, Response, Study
from qol_app.db.vault import Vault
from qol_app.domain.actor import Actor
from qol_app.domain.errors import InvalidInput
from qol_app.domain.events import Action
from qol_app.domain.schedule import is_on_time
from qol_app.domain.study import Protocol
from qol_app.services import enrolment, facts, forms, responses, results, studies, submission
from qol_app.services.import_checks import (
    Course,
    check_dates,
    check_stored,
    course,
    enrolled,
    forms_of,
    is_same,
)
from qol_app.services.import_map import ImportMap, check_map, read_map
from qol_app.services.import_rows import Problems, Row, by_participant, read_rows
from questionnaires.model import Questionnaire

MODE = "import"
NAMESPACE = uuid.UUID("6f2f7c1a-5d0e-5c7e-9a53-0d6d6c3f2a11")
"""Of the ids of imported answers; it never changes."""


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import did."""

    rows: int
    participants: int
    """Newly enrolled."""
    responses: int
    """Forms brought in."""
    answers: int
    """Answer events added; a blank is one too."""
    unchanged: int
    """Forms that were here already with the same answers."""
    not_done: int
    """Rows without a date: visits that were not done."""
    outside_window: int
    """Forms brought in whose date is not on time in their visit's window."""
    events: int
    """Deaths and withdrawals recorded."""
    not_scored: int
    """Forms that could not be scored; each says why on its page."""
    notes: tuple[str, ...]
    """What was decided by the map where the file contradicts itself."""


def import_responses(
    session: Session,
    study: Study,
    path: Path,
    map_path: Path,
    *,
    vault: Vault,
    actor: Actor,
    now: datetime,
) -> ImportReport:
    """Import a CSV file of answers to one instrument, as its map says.

    Each new form is submitted with the date in the data as the day it was answered, and scored.
    The import as a whole is one more audit event, with the hashes of the file and of its map.

    Raises:
        InvalidInput: lists every mistake of the map, or every row that is rejected with its
            line, column and reason. Nothing of the file is stored then.
    """
    chosen = read_map(map_path)
    protocol = studies.in_force(study)
    pinned = _questionnaire(session, protocol, chosen)
    questionnaire = check_map(chosen, protocol, pinned, name=map_path.name)
    content, problems = _content(path), Problems(path.name)
    rows = read_rows(content, chosen, protocol, questionnaire, problems)
    courses = [
        course(number, own, chosen, problems) for number, own in by_participant(rows).items()
    ]
    here = enrolled(session, study)
    for one in courses:
        check_dates(one, protocol, problems, now=now)
        if one.number in here:
            stored = forms_of(session, here[one.number], chosen.instrument)
            check_stored(one, here[one.number], stored, problems)
    problems.refuse()
    job = _Job(
        session=session,
        study=study,
        instrument=chosen.instrument,
        vault=vault,
        actor=actor,
        now=now,
        participants=here,
    )
    with session.begin_nested():
        for one in courses:
            job.store(one, problems)
        problems.refuse()
        return job.finish(rows, courses, f"{path.name} {_digest(content)}")


def _questionnaire(session: Session, protocol: Protocol, chosen: ImportMap) -> Questionnaire | None:
    pinned = {(use.id, use.version) for use in protocol.instruments}
    if (chosen.instrument, chosen.version) not in pinned:
        return None
    version = studies.form_version(session, chosen.instrument, chosen.version)
    return forms.questionnaire(version)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput([f"{path.name}: the file cannot be read ({error.strerror})"]) from error


def _digest(content: bytes) -> str:
    return f"sha256 {hashlib.sha256(content).hexdigest()}"


@dataclass(kw_only=True)
class _Job:
    """One running import: what it writes with, and what it has written."""

    session: Session
    study: Study
    instrument: str
    vault: Vault
    actor: Actor
    now: datetime
    participants: dict[str, Participant]
    counts: Counter[str] = field(default_factory=Counter)
    submitted: list[int] = field(default_factory=list)

    def store(self, one: Course, problems: Problems) -> None:
        """Enrol the participant if need be, and store the forms and events of the rows."""
        try:
            participant = self.participants.get(one.number) or self._enrol(one)
            stored = forms_of(self.session, participant, self.instrument)
            for row in one.rows:
                if row.answered_on is not None:
                    self._store_form(stored[row.visit], row)
            self._store_events(one, participant)
        except InvalidInput as error:
            for problem in error.problems:
                problems.add(one.first.line, problem)

    def _enrol(self, one: Course) -> Participant:
        sites = {site.code: site for site in self.study.sites}
        new = enrolment.NewParticipant(
            group=one.first.group,
            anchor_date=one.first.anchor,
            language=one.first.language,
            birth_year=one.first.birth_year,
            number=one.number,
        )
        self.counts["participants"] += 1
        return enrolment.enrol(
            self.session,
            self.study,
            sites[one.first.site],
            new,
            vault=self.vault,
            actor=self.actor,
            now=self.now,
        )

    def _store_form(self, response: Response, row: Row) -> None:
        if is_same(response, row):
            self.counts["unchanged"] += 1
            return
        answered_on = row.answered_on or self.now.date()
        self.counts["answers"] += responses.save_answers(
            self.session,
            response.id,
            self._answers(response, row, answered_on),
            wording=forms.wording(self.session, response.form_version, row.language),
            actor=self.actor,
            now=self.now,
        ).new
        submission.submit_visit(
            self.session,
            response.visit,
            mode=MODE,
            actor=self.actor,
            now=self.now,
            answered_on=answered_on,
            instruments=(self.instrument,),
        )
        self.counts["outside"] += not is_on_time(facts.window_of(response.visit), answered_on)
        self.submitted.append(response.id)

    def _answers(self, response: Response, row: Row, answered_on: date) -> list[responses.Answer]:
        noon = facts.noon_of(response.visit.participant, answered_on)
        what = f"{self.study.code}/{row.number}/{row.visit}/{self.instrument}"
        return [
            responses.Answer(
                event_id=str(uuid.uuid5(NAMESPACE, f"{what}/{item}")),
                item=item,
                value=value,
                answered_at=noon,
            )
            for item, value in row.answers.items()
        ]

    def _store_events(self, one: Course, participant: Participant) -> None:
        known = {event.kind for event in facts.standing(participant.events)}
        for kind, day in one.events.items():
            self.counts["events"] += kind.value not in known
            enrolment.record_event(
                self.session, participant, kind, happened_on=day, actor=self.actor, now=self.now
            )

    def finish(self, rows: Sequence[Row], courses: Sequence[Course], source: str) -> ImportReport:
        """Score the new forms, record the import if it added anything, and report."""
        done = results.score_many(self.session, self.submitted, actor=self.actor, now=self.now)
        if self.counts["participants"] or self.counts["events"] or self.submitted:
            with audited(
                self.session,
                actor=self.actor,
                action=Action.RESPONSES_IMPORTED,
                now=self.now,
                study_id=self.study.id,
                reason=source,
            ):
                pass
        return ImportReport(
            rows=len(rows),
            participants=self.counts["participants"],
            responses=len(self.submitted),
            answers=self.counts["answers"],
            unchanged=self.counts["unchanged"],
            not_done=sum(row.answered_on is None for row in rows),
            outside_window=self.counts["outside"],
            events=self.counts["events"],
            not_scored=done.failed,
            notes=tuple(note for one in courses for note in one.notes),
        )
