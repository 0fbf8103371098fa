"""What a participant's page shows: facts, timeline, and per visit its forms, links, messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from qol_app.db.models import Participant, SurveyLink
from qol_app.domain.compliance import FormStatus
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.roles import Permission
from qol_app.domain.study import Protocol
from qol_app.services import facts
from qol_app.services.outbox import MessageStatus
from qol_app.services.participants import FormRecord, VisitRecord
from qol_app.web.navigation import in_words
from qol_app.web.staff import words
from qol_app.web.staff.lists import hand_over_url, may, participant_url

EDGE = 6.0
"""Room at both ends of the timeline for the words of the first and the last visit, in percent."""


@dataclass(frozen=True, kw_only=True)
class TimelineVisit:
    """One visit on the timeline; positions are percent of its width."""

    name: str
    date: str
    opens: float
    target: float
    closes: float
    accepted: float
    kind: str
    status: str


@dataclass(frozen=True, kw_only=True)
class FormRow:
    """One form of a visit."""

    title: str
    mark: str
    status: str
    answered_on: str
    answered: int
    shown: int
    key_url: str
    """Where it is keyed from paper; empty once it was sent, and for who may not key."""


@dataclass(frozen=True, kw_only=True)
class LinkRow:
    """One link of a visit; a moment that has not come is empty."""

    channel: str
    issued: str
    first_used: str
    withdrawn: str


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """One message of a visit."""

    channel: str
    status: str
    planned: str
    sent: str


@dataclass(frozen=True, kw_only=True)
class VisitBlock:
    """One visit with all that belongs to it."""

    code: str
    name: str
    mark: str
    status: str
    window: str
    late_until: str
    """The last day on which late forms are accepted; empty where lateness is not."""
    forms: tuple[FormRow, ...]
    links: tuple[LinkRow, ...]
    messages: tuple[MessageRow, ...]
    may_be_sent: bool
    has_good_link: bool
    has_answers: bool
    is_current: bool
    link_url: str
    send_url: str
    withdraw_url: str
    answers_url: str
    hand_over_url: str | None
    """None where the visit is not open, or the user may not hand a tablet over."""


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """A dated event of the participant's course."""

    what: str
    on: str


@dataclass(frozen=True, kw_only=True)
class ParticipantPage:
    """A participant's page."""

    number: str
    site: str
    facts: tuple[tuple[str, str], ...]
    timeline: tuple[TimelineVisit, ...]
    today: float | None
    visits: tuple[VisitBlock, ...]
    events: tuple[EventRow, ...]
    has_contact: bool
    may_send: bool
    may_see_answers: bool
    may_record: bool


def participant_page(
    protocol: Protocol, participant: Participant, visits: Sequence[VisitRecord], *, now: datetime
) -> ParticipantPage:
    """Return what the page of a participant shows."""
    axis = _Axis(visits)
    today = facts.today_of(participant, now)
    return ParticipantPage(
        number=participant.number,
        site=in_words(protocol.site(participant.site.code).name),
        facts=_facts(protocol, participant),
        timeline=tuple(_on_timeline(protocol, visit, axis) for visit in visits),
        today=axis.place(today) if axis.holds(today) else None,
        visits=tuple(_block(protocol, participant, visit) for visit in visits),
        events=tuple(
            EventRow(
                what=str(words.EVENTS[ParticipantEventKind(e.kind)]), on=words.day(e.happened_on)
            )
            for e in participant.events
        ),
        has_contact=participant.contact is not None,
        may_send=may(Permission.SEND_LINKS, participant),
        may_see_answers=may(Permission.SEE_ANSWERS, participant),
        may_record=may(Permission.RECORD_EVENTS, participant),
    )


def _facts(protocol: Protocol, participant: Participant) -> tuple[tuple[str, str], ...]:
    zone = ZoneInfo(participant.site.timezone)
    unknown = _("Not known")
    return (
        (_("Treatment group"), in_words(protocol.group(participant.group_code).name)),
        (in_words(protocol.schedule.anchor), words.day(participant.anchor_date)),
        (_("Year of birth"), str(participant.birth_year or unknown)),
        (_("Language"), words.language_name(participant.language)),
        (_("E-mail address"), _("On file") if participant.contact else _("None on file")),
        (_("Enrolled"), words.moment(participant.enrolled_at, zone)),
    )


class _Axis:
    """Turns dates into places between the edges of the timeline."""

    def __init__(self, visits: Sequence[VisitRecord]) -> None:
        self.first = min(each.state.visit.opens_on for each in visits)
        self.last = max(each.state.visit.closes_on for each in visits) + timedelta(days=1)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def place(self, day: date) -> float:
        share = (day - self.first) / (self.last - self.first)
        return round(EDGE + share * (100 - 2 * EDGE), 2)


def _on_timeline(protocol: Protocol, record: VisitRecord, axis: _Axis) -> TimelineVisit:
    state, visit = record.state, record.state.visit
    after = timedelta(days=1)
    return TimelineVisit(
        name=in_words(protocol.visit(visit.code).name),
        date=words.day(visit.target_on),
        opens=axis.place(visit.opens_on),
        target=axis.place(visit.target_on),
        closes=axis.place(visit.on_time_until + after),
        accepted=axis.place(visit.closes_on + after),
        kind=words.mark(state.status, state.work, started=state.is_started),
        status=words.status(state.status, state.work, started=state.is_started),
    )


def _block(protocol: Protocol, participant: Participant, record: VisitRecord) -> VisitBlock:
    state, visit = record.state, record.state.visit
    zone = ZoneInfo(participant.site.timezone)

    def url(endpoint: str) -> str:
        return participant_url(endpoint, participant.number, visit=visit.code)

    return VisitBlock(
        code=visit.code,
        name=in_words(protocol.visit(visit.code).name),
        mark=words.mark(state.status, state.work, started=state.is_started),
        status=words.status(state.status, state.work, started=state.is_started),
        window=f"{words.day(visit.opens_on)} – {words.day(visit.on_time_until)}",
        late_until=words.day(visit.closes_on) if visit.closes_on > visit.on_time_until else "",
        forms=tuple(_form(form, participant) for form in record.forms),
        links=tuple(_link(link, zone) for link in record.links),
        messages=tuple(
            MessageRow(
                channel=str(words.CHANNELS[message.channel]),
                status=str(words.MESSAGES[MessageStatus(message.status)]),
                planned=words.moment(message.planned_at, zone),
                sent=words.moment(message.sent_at, zone) if message.sent_at else "",
            )
            for message in record.messages
        ),
        may_be_sent=record.may_be_answered,
        has_good_link=any(link.revoked_at is None for link in record.links),
        has_answers=any(form.response.answers for form in record.forms),
        is_current=record.may_be_answered,
        link_url=url("staff.issue_link"),
        send_url=url("staff.send_link"),
        withdraw_url=url("staff.withdraw_links"),
        answers_url=url("staff.answers"),
        hand_over_url=hand_over_url(participant, visit.code) if record.may_be_answered else None,
    )


def _form(form: FormRecord, participant: Participant) -> FormRow:
    response = form.response
    mark, status = words.mark(form.status), words.status(form.status)
    if form.status is FormStatus.OPEN:
        is_started = response.started_at is not None
        mark = "partial" if is_started else "open"
        status = str(words.STARTED if is_started else words.NOT_STARTED)
    return FormRow(
        title=form.title,
        mark=mark,
        status=status,
        answered_on=words.day(response.answered_on) if response.answered_on else "",
        answered=form.items_answered,
        shown=form.items_shown,
        key_url=_key_url(form, participant),
    )


def _key_url(form: FormRecord, participant: Participant) -> str:
    is_open = form.response.submitted_at is None and form.status is not FormStatus.NOT_DUE
    if not is_open or not may(Permission.KEY_FORMS, participant):
        return ""
    visit, instrument = form.response.visit.code, form.response.instrument_id
    return participant_url("staff.keying", participant.number, visit=visit, instrument=instrument)


def _link(link: SurveyLink, zone: ZoneInfo) -> LinkRow:
    def moment(value: datetime | None) -> str:
        return words.moment(value, zone) if value else ""

    return LinkRow(
        channel=str(words.CHANNELS[link.channel]),
        issued=moment(link.issued_at),
        first_used=moment(link.first_used_at),
        withdrawn=moment(link.revoked_at),
    )
