"""What the worklist shows of the visits that wait, as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from qol_app.db.models import Message, Site
from qol_app.domain.roles import Permission
from qol_app.domain.study import Protocol
from qol_app.services import facts
from qol_app.services.outbox import MessageStatus
from qol_app.services.worklist import Narrowing, Sort, Standing, Task, Waiting
from qol_app.web import tablet, unit
from qol_app.web.navigation import in_words
from qol_app.web.staff import postponing, ways, words
from qol_app.web.staff.lists import Addresses, Option, hand_over_url, may

PAGE = 30
"""Visits on one page."""

STANDINGS = {
    Standing.OVERDUE: _l("Overdue"),
    Standing.CLOSING: _l("Closing"),
    Standing.DUE: _l("Due"),
    Standing.PUT_OFF: _l("Asked to wait"),
    Standing.STARTED: _l("Started"),
    Standing.NOT_STARTED: _l("Not started"),
}

SORTS = {
    Sort.URGENCY: _l("Urgency"),
    Sort.LAST_DAY: _l("Last day"),
    Sort.NUMBER: _l("Study number"),
    Sort.VISIT: _l("Visit"),
}


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """One visit to see to. An address is None where it may not or need not be done."""

    id: int
    number: str
    url: str
    site: str
    visit: str
    mark: str
    status: str
    urgency: str
    """``overdue``, ``closing`` or empty."""
    last_day: str
    days_left: int
    message: str
    waits: str
    """Until when the participant asked to wait and why; empty if they did not."""
    may_send: bool
    ways: tuple[Option, ...]
    """Channel and words of each way by which a message would go out now."""
    send_url: str
    link_url: str
    hand_over_url: str | None
    """None where this device is no tablet, or the user may not hand it over."""
    keying: tuple[tuple[str, str], ...]
    """Address and title of each form that can be keyed from paper."""
    missing_url: str | None
    postpone_url: str | None
    days: tuple[Option, ...]
    """Until when it can be put off."""


@dataclass(frozen=True, kw_only=True)
class TaskGroup:
    """The visits of one urgency, or those that wait as their participants asked."""

    label: str
    total: int
    """With those on other pages."""
    rows: tuple[TaskRow, ...]


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the worklist can be narrowed to and sorted by."""

    sites: tuple[Option, ...]
    visits: tuple[Option, ...]
    instruments: tuple[Option, ...]
    standings: tuple[Option, ...]
    sorts: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Worklist:
    """The worklist's page."""

    groups: tuple[TaskGroup, ...]
    is_grouped: bool
    total: int
    """Visits that wait today, those put off not counted."""
    first: int
    """Place of the first shown among all, from 1; 0 where there is none."""
    last: int
    count: int
    """Visits on all pages."""
    back: str
    """What leads back to this very page: the names and values of its address."""
    previous_url: str | None
    next_url: str | None
    choices: Choices
    waits: tuple[Option, ...]
    """Why a visit can be put off."""
    narrowing: Narrowing
    is_narrowed: bool
    sort: Sort
    may_enrol: bool
    may_send: bool


def choices(protocol: Protocol, sites: Sequence[Site], instruments: Mapping[str, str]) -> Choices:
    """Return what the reader can choose among."""
    return Choices(
        sites=tuple((s.code, in_words(protocol.site(s.code).name)) for s in sites),
        visits=tuple((visit.code, in_words(visit.name)) for visit in protocol.schedule.visits),
        instruments=tuple(instruments.items()),
        standings=tuple((standing.value, str(text)) for standing, text in STANDINGS.items()),
        sorts=tuple((sort.value, str(text)) for sort, text in SORTS.items()),
    )


def rows(
    protocol: Protocol, tasks: Sequence[Task], instruments: Mapping[str, str]
) -> list[TaskRow]:
    """Return the rows of some visits.

    Args:
        instruments: Titles by instrument.
    """
    possible, addresses = ways.offered([task.visit for task in tasks]), Addresses()
    return [_row(protocol, task, instruments, possible[task.visit.id], addresses) for task in tasks]


def groups(
    found: Sequence[Waiting], rows: Sequence[TaskRow], first: int, *, by_urgency: bool
) -> tuple[TaskGroup, ...]:
    """Return the rows under the name of what is urgent about them, with the size of each group.

    Args:
        found: All visits in their order, of which ``rows`` show those from ``first`` on.
        by_urgency: Whether that is their order; if not, they are one group without a name.
    """
    if not by_urgency:
        return (TaskGroup(label="", total=len(found), rows=tuple(rows)),) if rows else ()
    sizes = Counter(_standing(each) for each in found)
    together = zip(found[first:], rows, strict=False)
    return tuple(
        TaskGroup(
            label=str(STANDINGS[standing]),
            total=sizes[standing],
            rows=tuple(row for _each, row in members),
        )
        for standing, members in groupby(together, key=lambda pair: _standing(pair[0]))
    )


def _standing(each: Waiting) -> Standing:
    return Standing.PUT_OFF if each.is_put_off else Standing(each.state.value)


def _row(
    protocol: Protocol,
    task: Task,
    instruments: Mapping[str, str],
    possible: tuple[Option, ...],
    addresses: Addresses,
) -> TaskRow:
    participant, code, waiting = task.participant, task.visit.code, task.waiting
    today = facts.today_of(participant, unit.now())

    def url(endpoint: str) -> str:
        return addresses.of(endpoint, participant.number, visit=code)

    def if_may(permission: Permission, endpoint: str) -> str | None:
        return url(endpoint) if may(permission, participant) else None

    return TaskRow(
        id=task.visit.id,
        number=participant.number,
        url=addresses.of("staff.participant", participant.number),
        site=in_words(protocol.site(participant.site.code).name),
        visit=in_words(protocol.visit(code).name),
        mark="partial" if waiting.is_started else "open",
        status=str(words.STARTED if waiting.is_started else words.NOT_STARTED),
        urgency="" if _standing(waiting) is Standing.DUE else waiting.state.value,
        last_day=words.day(waiting.last_day),
        days_left=waiting.days_left,
        message=_last_message(task.last_message, ZoneInfo(participant.site.timezone)),
        waits=words.waits(task.put_off) if task.put_off else "",
        may_send=may(Permission.SEND_LINKS, participant),
        ways=possible,
        send_url=url("staff.send_link"),
        link_url=url("staff.issue_link"),
        hand_over_url=hand_over_url(participant, code) if tablet.is_one() else None,
        keying=_keying(task, instruments, addresses),
        missing_url=if_may(Permission.SET_REASONS, "staff.why_missing"),
        postpone_url=if_may(Permission.RECORD_EVENTS, "staff.postpone"),
        days=postponing.days(facts.window_of(task.visit), today),
    )


def _keying(
    task: Task, instruments: Mapping[str, str], addresses: Addresses
) -> tuple[tuple[str, str], ...]:
    if not may(Permission.KEY_FORMS, task.participant):
        return ()
    return tuple(
        (
            addresses.of(
                "staff.keying",
                task.participant.number,
                visit=task.visit.code,
                instrument=form.instrument_id,
            ),
            instruments.get(form.instrument_id, form.instrument_id),
        )
        for form in task.visit.responses
        if form.submitted_at is None
    )


def _last_message(message: Message | None, zone: ZoneInfo) -> str:
    if message is None:
        return ""
    channel = words.CHANNELS[message.channel]
    if message.sent_at is not None:
        return f"{channel}, {words.moment(message.sent_at, zone)}"
    return f"{channel}: {words.MESSAGES[MessageStatus(message.status)]}"
