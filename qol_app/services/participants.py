"""Find participants and read all that a page about one of them shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qol_app.db.audit import audited
from qol_app.db.models import (
    Keying,
    Message,
    Participant,
    Response,
    Site,
    Study,
    SurveyLink,
    Visit,
)
from qol_app.domain.actor import Actor
from qol_app.domain.answers import ItemState, visible_states
from qol_app.domain.compliance import FormStatus, WorkState, form_status, work_state
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.domain.events import Action
from qol_app.services import facts, forms, studies

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class VisitState:
    """One visit with what has become of its forms taken together."""

    visit: Visit
    status: FormStatus
    work: WorkState | None
    """How urgent it is while it is open."""
    is_started: bool


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One participant of a list, with the visits in schedule order."""

    participant: Participant
    visits: tuple[VisitState, ...]
    next_visit: Visit | None
    """The first visit that is open or has yet to open."""


@dataclass(frozen=True, kw_only=True)
class ParticipantsPage:
    """One page of a list of participants; ``first`` counts from 1 and is 0 if there are none."""

    rows: tuple[Listed, ...]
    first: int
    total: int


@dataclass(frozen=True, kw_only=True)
class FormRecord:
    """One form of a visit."""

    response: Response
    title: str
    status: FormStatus
    items_answered: int
    items_shown: int
    keyings: int
    """How often it was keyed from paper."""
    """Items that the answers so far show: what ``items_answered`` is out of."""


@dataclass(frozen=True, kw_only=True)
class VisitRecord:
    """One visit with its forms, links and messages, newest of these first."""

    state: VisitState
    forms: tuple[FormRecord, ...]
    links: tuple[SurveyLink, ...]
    messages: tuple[Message, ...]
    may_be_answered: bool


def find(session: Session, study: Study, number: str) -> Participant:
    """Return the participant with this study number. Raises NotFound."""
    found = session.scalar(
        select(Participant)
        .where(Participant.study_id == study.id, Participant.number == number)
        .options(joinedload(Participant.site), selectinload(Participant.events))
    )
    if found is None:
        raise NotFound(f"no participant {number}")
    return found


def lock(session: Session, participant: Participant) -> None:
    """Let nobody else change the participant until the end, and read the row anew."""
    # Refreshing under a lock would join what was loaded with it, which PostgreSQL cannot lock.
    session.execute(
        select(Participant.id).where(Participant.id == participant.id).with_for_update()
    )
    session.refresh(participant)


def sites(study: Study, allowed: frozenset[int] | None) -> list[Site]:
    """Return the study's sites by code, those among ``allowed``; None allows all."""
    return [site for site in study.sites if allowed is None or site.id in allowed]


def listing(
    session: Session,
    study: Study,
    *,
    sites: frozenset[int] | None,
    search: str = "",
    page: int = 1,
    now: datetime,
) -> ParticipantsPage:
    """Return one page of a study's participants by study number.

    Args:
        sites: Site ids to look at; None means all of the study.
        search: A part of the study number; case does not matter.
        page: Counted from 1; a page past the last is empty.
    """
    query = select(Participant).where(Participant.study_id == study.id)
    if sites is not None:
        query = query.where(Participant.site_id.in_(sites))
    if search:
        query = query.where(Participant.number.icontains(search, autoescape=True))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    start = (page - 1) * PAGE_SIZE
    found = session.scalars(
        query.order_by(Participant.number)
        .offset(start)
        .limit(PAGE_SIZE)
        .options(joinedload(Participant.site), selectinload(Participant.events))
    ).all()
    return ParticipantsPage(
        rows=tuple(_listed(session, found, now=now)), first=start + 1 if found else 0, total=total
    )


def _listed(session: Session, found: Sequence[Participant], *, now: datetime) -> Iterable[Listed]:
    planned: dict[int, list[Visit]] = {participant.id: [] for participant in found}
    query = select(Visit).where(Visit.participant_id.in_(planned)).order_by(Visit.number)
    for each in session.scalars(query.options(selectinload(Visit.responses))):
        planned[each.participant_id].append(each)
    for participant in found:
        today = facts.today_of(participant, now)
        states = tuple(state(each, participant, today) for each in planned[participant.id])
        ahead = [s.visit for s in states if s.status in (FormStatus.OPEN, FormStatus.NOT_DUE)]
        yield Listed(participant=participant, visits=states, next_visit=ahead[0] if ahead else None)


def state(visit: Visit, participant: Participant, today: date) -> VisitState:
    """Return what has become of a visit by ``today``, the date at the site."""
    window, person = facts.window_of(visit), facts.participant_facts(participant.events)
    form = facts.visit_facts(visit)
    return VisitState(
        visit=visit,
        status=form_status(window, form, person, today),
        work=work_state(window, form, person, today),
        is_started=form.started,
    )


def visits(session: Session, participant: Participant) -> list[Visit]:
    """Return the participant's visits in schedule order, with their responses."""
    return list(
        session.scalars(
            select(Visit)
            .where(Visit.participant_id == participant.id)
            .order_by(Visit.number)
            .options(selectinload(Visit.responses).joinedload(Response.form_version))
        )
    )


def visit(session: Session, participant: Participant, code: str) -> Visit:
    """Return one visit of a participant. Raises NotFound."""
    for found in visits(session, participant):
        if found.code == code:
            return found
    raise NotFound(f"participant {participant.number} has no visit {code}")


def form(visit: Visit, instrument: str) -> Response:
    """Return one form of a visit. Raises NotFound."""
    for response in visit.responses:
        if response.instrument_id == instrument:
            return response
    raise NotFound(f"visit {visit.code} has no form {instrument}")


def record(
    session: Session, participant: Participant, *, language: str, now: datetime
) -> list[VisitRecord]:
    """Return all visits of a participant in schedule order, with all that belongs to them.

    Args:
        language: The reader's; forms are titled in it where they have it.
    """
    planned = visits(session, participant)
    titles = _titles(session, planned, spoken_in(participant, language))
    ids = [each.id for each in planned]
    links = session.scalars(
        select(SurveyLink).where(SurveyLink.visit_id.in_(ids)).order_by(SurveyLink.id.desc())
    ).all()
    messages = session.scalars(
        select(Message).where(Message.visit_id.in_(ids)).order_by(Message.id.desc())
    ).all()
    today = facts.today_of(participant, now)
    keyed = _keyed(session, ids)
    return [
        VisitRecord(
            state=state(each, participant, today),
            forms=tuple(
                _form(form, participant, today, titles, keyed[form.id]) for form in each.responses
            ),
            links=tuple(link for link in links if link.visit_id == each.id),
            messages=tuple(message for message in messages if message.visit_id == each.id),
            may_be_answered=facts.eligibility(each, now=now).allowed,
        )
        for each in planned
    ]


def _keyed(session: Session, visit_ids: Sequence[int]) -> Counter[int]:
    """Return by form how often it was keyed from paper."""
    query = select(Keying.response_id).join(Keying.response)
    return Counter(session.scalars(query.where(Response.visit_id.in_(visit_ids))))


def spoken_in(participant: Participant, language: str) -> str:
    """Return ``language`` if the participant's study has it, or else the study's first."""
    offered = studies.in_force(participant.study).languages
    return language if language in offered else offered[0]


def titles(session: Session, visit: Visit, language: str) -> dict[int, str]:
    """Return the titles of a visit's forms by form version, in the reader's language or another."""
    return _titles(session, [visit], spoken_in(visit.participant, language))


def _titles(session: Session, planned: Iterable[Visit], language: str) -> dict[int, str]:
    versions = {form.form_version_id: form.form_version for v in planned for form in v.responses}
    return {
        key: forms.wording(session, version, language).title for key, version in versions.items()
    }


def _form(
    response: Response,
    participant: Participant,
    today: date,
    titles: dict[int, str],
    keyings: int,
) -> FormRecord:
    questionnaire = forms.questionnaire(response.form_version)
    states = [*visible_states(questionnaire, response.answers, response.no_answers).values()]
    return FormRecord(
        response=response,
        title=titles[response.form_version_id],
        status=form_status(
            facts.window_of(response.visit),
            facts.form_facts(response),
            facts.participant_facts(participant.events),
            today,
        ),
        items_answered=states.count(ItemState.ANSWERED),
        items_shown=len(states),
        keyings=keyings,
    )


def set_language(
    session: Session, participant_id: int, language: str, *, actor: Actor, now: datetime
) -> None:
    """Remember the language that the participant reads. Choosing the same again is a no-op.

    Raises:
        InvalidInput: the study has no such language.
    """
    participant = session.get_one(Participant, participant_id)
    offered = studies.in_force(participant.study).languages
    if language not in offered:
        raise InvalidInput([f"language: choose one of {', '.join(offered)}"])
    if participant.language == language:
        return
    with audited(
        session,
        actor=actor,
        action=Action.LANGUAGE_CHANGED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        participant.language = language
