"""What a participant's page shows: facts, timeline, and per visit its forms, links, messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from qol_app.db.models import Participant, ParticipantEvent, SurveyLink
from qol_app.domain.compliance import ENDED, FormStatus
from qol_app.domain.contact import Wish
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.roles import Permission
from qol_app.domain.study import Protocol
from qol_app.services import facts
from qol_app.services.participants import FormRecord, VisitRecord
from qol_app.web.navigation import in_words
from qol_app.web.staff import missing_views, ways, words
from qol_app.web.staff.contact_form import ANY_WAY, REFUSALS, WISHES
from qol_app.web.staff.lists import Option, hand_over_url, may, participant_url
from qol_app.web.staff.message_rows import MessageRow, held, message_row
from qol_app.web.staff.timeline import Axis, TimelineVisit, on_timeline


@dataclass(frozen=True, kw_only=True)
class FormRow:
    """One form of a visit."""

    title: str
    mark: str
    status: str
    answered_on: str
    answered: int
    shown: int
    missing: str
    """Why it is missing, as staff said; empty where nothing was said."""
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
    ways: tuple[Option, ...]
    """Channel and words of each way by which a message would go out now."""
    obstacle: str
    """Why no message goes out; empty where one does, or nothing can be asked now."""
    has_good_link: bool
    has_answers: bool
    is_current: bool
    link_url: str
    send_url: str
    withdraw_url: str
    answers_url: str
    missing_url: str | None
    """Where staff say why its forms are missing; None where none is, or the user may not."""
    hand_over_url: str | None
    """None where the visit is not open, or the user may not hand a tablet over."""


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """A dated event of the participant's course."""

    what: str
    on: str
    note: str
    is_struck: bool
    strike_url: str | None
    """None where it is struck out, or the user may not."""


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
    edit_url: str | None
    """None where the user may not."""
    contact_url: str | None
    export_url: str | None


def participant_page(
    protocol: Protocol, participant: Participant, visits: Sequence[VisitRecord], *, now: datetime
) -> ParticipantPage:
    """Return what the page of a participant shows."""
    axis, why_not = Axis(visits), held(visits, now=now)
    open_now = [each.state.visit for each in visits if each.may_be_answered]
    sending = _Sending(ways.offered(open_now), ways.obstacles(open_now), why_not)
    today = facts.today_of(participant, now)
    return ParticipantPage(
        number=participant.number,
        site=in_words(protocol.site(participant.site.code).name),
        facts=facts_of(protocol, participant),
        timeline=tuple(on_timeline(protocol, visit, axis) for visit in visits),
        today=axis.place(today) if axis.holds(today) else None,
        visits=tuple(_block(protocol, participant, visit, sending) for visit in visits),
        events=tuple(_event(participant, each) for each in _by_day(participant)),
        has_contact=participant.contact is not None,
        may_send=may(Permission.SEND_LINKS, participant),
        may_see_answers=may(Permission.SEE_ANSWERS, participant),
        may_record=may(Permission.RECORD_EVENTS, participant),
        edit_url=_url(participant, "staff.edit_participant", Permission.EDIT_PARTICIPANTS),
        contact_url=_url(participant, "staff.contact", Permission.SEE_CONTACT),
        export_url=_url(participant, "staff.export_subject", Permission.EXPORT_SUBJECT),
    )


def _url(participant: Participant, endpoint: str, permission: Permission) -> str | None:
    is_mine = may(permission, participant)
    return participant_url(endpoint, participant.number) if is_mine else None


def _by_day(participant: Participant) -> list[ParticipantEvent]:
    return sorted(participant.events, key=lambda event: (event.happened_on, event.id))


def _event(participant: Participant, event: ParticipantEvent) -> EventRow:
    url = participant_url("staff.ask_to_strike", participant.number, event_id=event.id)
    may_strike = event.struck_at is None and may(Permission.RECORD_EVENTS, participant)
    return EventRow(
        what=str(words.EVENTS[ParticipantEventKind(event.kind)]),
        on=words.day(event.happened_on),
        note=event.note or "",
        is_struck=event.struck_at is not None,
        strike_url=url if may_strike else None,
    )


def facts_of(protocol: Protocol, participant: Participant) -> tuple[tuple[str, str], ...]:
    """Return what is known of a participant, without any address."""
    zone = ZoneInfo(participant.site.timezone)
    group = in_words(protocol.group(participant.group_code).name)
    return (
        (_("Treatment group"), group),
        (in_words(protocol.schedule.anchor), words.day(participant.anchor_date)),
        (_("Year of birth"), str(participant.birth_year or _("Not known"))),
        (_("Language"), words.language_name(participant.language)),
        *_ways(participant),
        (_("Enrolled"), words.moment(participant.enrolled_at, zone)),
    )


def _ways(participant: Participant) -> tuple[tuple[str, str], ...]:
    """Return how the participant can be reached and wants to be, without any address."""
    contact = participant.contact
    on_file, none = _("On file"), _("None on file")
    wish = participant.channel
    ways = [
        (_("E-mail address"), on_file if contact and contact.has_email else none),
        (_("Mobile phone"), on_file if contact and contact.has_phone else none),
        (_("Prefers"), str(WISHES[Wish(wish)] if wish else ANY_WAY)),
    ]
    if participant.refused_channels:
        refused = ", ".join(str(REFUSALS[Wish(way)]) for way in participant.refused_channels)
        ways.append((_("Refuses"), refused))
    return tuple(ways)


@dataclass(frozen=True)
class _Sending:
    """What is known of writing to the participant, by visit and by message."""

    ways: Mapping[int, tuple[Option, ...]]
    obstacles: Mapping[int, str]
    held: Mapping[int, str]


def _block(
    protocol: Protocol,
    participant: Participant,
    record: VisitRecord,
    sending: _Sending,
) -> VisitBlock:
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
        messages=tuple(message_row(participant, each, sending.held) for each in record.messages),
        may_be_sent=record.may_be_answered,
        ways=sending.ways.get(visit.id, ()),
        obstacle=words.problem(sending.obstacles.get(visit.id)),
        has_good_link=any(link.revoked_at is None for link in record.links),
        has_answers=any(form.response.answers for form in record.forms),
        is_current=record.may_be_answered,
        link_url=url("staff.issue_link"),
        send_url=url("staff.send_link"),
        withdraw_url=url("staff.withdraw_links"),
        answers_url=url("staff.answers"),
        missing_url=url("staff.why_missing") if _is_missing(participant, record) else None,
        hand_over_url=hand_over_url(participant, visit.code) if record.may_be_answered else None,
    )


def _is_missing(participant: Participant, record: VisitRecord) -> bool:
    """Tell whether a form of the visit is missing, and whether the user may say why."""
    unsent = any(form.response.submitted_at is None for form in record.forms)
    expected = record.state.status not in ENDED | {FormStatus.NOT_DUE}
    return unsent and expected and may(Permission.SET_REASONS, participant)


def _form(form: FormRecord, participant: Participant) -> FormRow:
    response = form.response
    mark, status = words.mark(form.status), words.status(form.status)
    if form.status is FormStatus.OPEN:
        is_started = response.started_at is not None
        mark = "partial" if is_started else "open"
        status = str(words.STARTED if is_started else words.NOT_STARTED)
    if form.keyings and response.submitted_at is None:
        mark, status = "partial", str(words.KEYED[form.keyings])
    return FormRow(
        title=form.title,
        mark=mark,
        status=status,
        answered_on=words.day(response.answered_on) if response.answered_on else "",
        answered=form.items_answered,
        shown=form.items_shown,
        missing=missing_views.reason_in_words(response),
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
