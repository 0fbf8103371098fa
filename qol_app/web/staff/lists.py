"""What the worklist and the list of participants show, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g, url_for
from flask_babel import gettext as _

from qol_app.db.models import Message, Participant, Response, Site
from qol_app.domain.compliance import WorkState
from qol_app.domain.roles import Permission, allows
from qol_app.domain.study import Protocol
from qol_app.services.outbox import MessageStatus
from qol_app.services.participants import Listed, ParticipantsPage, VisitState
from qol_app.services.worklist import ORDER, Arrival, Narrowing, Task
from qol_app.web import tablet
from qol_app.web.navigation import in_words
from qol_app.web.staff import words

Option = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """One visit to see to."""

    number: str
    url: str
    site: str
    visit: str
    mark: str
    status: str
    is_started: bool
    last_day: str
    days_left: int
    message: str
    waits: str
    """Until when the participant asked to wait and why; empty if they did not."""
    has_contact: bool
    may_send: bool
    send_url: str
    link_url: str
    hand_over_url: str | None
    """None where this device is no tablet, or the user may not hand it over."""


@dataclass(frozen=True, kw_only=True)
class TaskGroup:
    """The visits of one urgency, or those that wait as their participants asked."""

    state: WorkState | None
    label: str
    rows: tuple[TaskRow, ...]


@dataclass(frozen=True, kw_only=True)
class ArrivalRow:
    """A visit whose answers came lately; ``url`` leads to them, or to the participant."""

    number: str
    visit: str
    at: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Worklist:
    """The worklist's page."""

    groups: tuple[TaskGroup, ...]
    total: int
    arrivals: tuple[ArrivalRow, ...]
    sites: tuple[Option, ...]
    visits: tuple[Option, ...]
    narrowing: Narrowing
    is_narrowed: bool
    may_enrol: bool


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One visit in a participant's strip."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ParticipantRow:
    """One participant of the list."""

    number: str
    url: str
    site: str
    group: str
    anchor_date: str
    next_visit: str
    next_date: str
    strip: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True)
class Participants:
    """The page that lists participants."""

    rows: tuple[ParticipantRow, ...]
    search: str
    has_sites: bool
    """Whether the reader looks at several sites, so that rows name theirs."""
    anchor: str
    first: int
    last: int
    total: int
    previous_url: str | None
    next_url: str | None
    may_enrol: bool


def may(permission: Permission, participant: Participant) -> bool:
    """Tell whether the user holds ``permission`` at the participant's site."""
    grants = g.user.grant_values()
    return allows(grants, permission, study_id=g.study.id, site_id=participant.site_id)


def participant_url(endpoint: str, number: str, **values: Any) -> str:
    """Return the address of a page about a participant of this study."""
    return url_for(endpoint, study=g.study.code, number=number, **values)


def form_url(endpoint: str, response: Response, **values: Any) -> str:
    """Return the address of a page about one form."""
    return url_for(
        endpoint,
        study=g.study.code,
        number=response.visit.participant.number,
        visit=response.visit.code,
        instrument=response.instrument_id,
        **values,
    )


def hand_over_url(participant: Participant, visit: str) -> str | None:
    """Return where a tablet is handed over for a visit; None where the user may not do it."""
    if "kiosk.prepare" not in current_app.view_functions:
        return None
    if not may(Permission.HAND_OVER, participant):
        return None
    return participant_url("kiosk.prepare", participant.number, visit=visit)


def worklist(
    protocol: Protocol,
    tasks: Sequence[Task],
    arrivals: Sequence[Arrival],
    *,
    sites: Sequence[Site],
    narrowing: Narrowing,
    may_enrol: bool,
) -> Worklist:
    """Return what the worklist shows, grouped by what has to be done first."""
    ready = [task for task in tasks if task.waits is None]
    groups = [
        TaskGroup(
            state=state,
            label=str(words.WORK[state]),
            rows=tuple(_task(protocol, task) for task in ready if task.state is state),
        )
        for state in ORDER
    ]
    waiting = tuple(_task(protocol, task) for task in tasks if task.waits is not None)
    groups.append(TaskGroup(state=None, label=_("Asked to wait"), rows=waiting))
    return Worklist(
        groups=tuple(group for group in groups if group.rows),
        total=len(ready),
        arrivals=tuple(_arrival(protocol, arrival) for arrival in arrivals),
        sites=tuple((s.code, in_words(protocol.site(s.code).name)) for s in sites),
        visits=tuple((visit.code, in_words(visit.name)) for visit in protocol.schedule.visits),
        narrowing=narrowing,
        is_narrowed=narrowing != Narrowing(),
        may_enrol=may_enrol,
    )


def _task(protocol: Protocol, task: Task) -> TaskRow:
    participant, code = task.participant, task.visit.code
    started = task.is_started
    return TaskRow(
        number=participant.number,
        url=participant_url("staff.participant", participant.number),
        site=in_words(protocol.site(participant.site.code).name),
        visit=in_words(protocol.visit(code).name),
        mark="partial" if started else "open",
        status=str(words.STARTED if started else words.NOT_STARTED),
        is_started=started,
        last_day=words.day(task.last_day),
        days_left=task.days_left,
        message=_last_message(task.last_message, ZoneInfo(participant.site.timezone)),
        waits=words.waits(task.waits) if task.waits else "",
        has_contact=participant.contact is not None,
        may_send=may(Permission.SEND_LINKS, participant),
        send_url=participant_url("staff.send_link", participant.number, visit=code),
        link_url=participant_url("staff.issue_link", participant.number, visit=code),
        hand_over_url=hand_over_url(participant, code) if tablet.is_one() else None,
    )


def _last_message(message: Message | None, zone: ZoneInfo) -> str:
    if message is None:
        return ""
    if message.sent_at is not None:
        return words.moment(message.sent_at, zone)
    return str(words.MESSAGES[MessageStatus(message.status)])


def _arrival(protocol: Protocol, arrival: Arrival) -> ArrivalRow:
    participant, code = arrival.participant, arrival.visit.code
    url = participant_url("staff.participant", participant.number)
    if may(Permission.SEE_ANSWERS, participant):
        url = participant_url("staff.answers", participant.number, visit=code)
    return ArrivalRow(
        number=participant.number,
        visit=in_words(protocol.visit(code).name),
        at=words.moment(arrival.at, ZoneInfo(participant.site.timezone)),
        url=url,
    )


def participants(
    protocol: Protocol,
    page: ParticipantsPage,
    *,
    number: int,
    search: str,
    has_sites: bool,
    may_enrol: bool,
) -> Participants:
    """Return what the list of participants shows; ``number`` is the page's, from 1."""
    last = page.first + len(page.rows) - 1 if page.rows else 0
    more = last and last < page.total
    return Participants(
        rows=tuple(_participant(protocol, row) for row in page.rows),
        search=search,
        has_sites=has_sites,
        anchor=in_words(protocol.schedule.anchor),
        first=page.first,
        last=last,
        total=page.total,
        previous_url=_list_url(number - 1, search) if number > 1 else None,
        next_url=_list_url(number + 1, search) if more else None,
        may_enrol=may_enrol,
    )


def _list_url(number: int, search: str) -> str:
    return url_for("staff.participants", study=g.study.code, page=number, q=search or None)


def _participant(protocol: Protocol, row: Listed) -> ParticipantRow:
    participant, ahead = row.participant, row.next_visit
    return ParticipantRow(
        number=participant.number,
        url=participant_url("staff.participant", participant.number),
        site=in_words(protocol.site(participant.site.code).name),
        group=in_words(protocol.group(participant.group_code).short),
        anchor_date=words.day(participant.anchor_date),
        next_visit=in_words(protocol.visit(ahead.code).name) if ahead else "",
        next_date=words.day(ahead.target_on) if ahead else "",
        strip=tuple(_mark(protocol, state) for state in row.visits),
    )


def _mark(protocol: Protocol, state: VisitState) -> Mark:
    name = in_words(protocol.visit(state.visit.code).name)
    word = words.status(state.status, state.work, started=state.is_started)
    kind = words.mark(state.status, state.work, started=state.is_started)
    return Mark(kind=kind, text=f"{name}: {word}")
