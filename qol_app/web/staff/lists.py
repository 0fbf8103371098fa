"""What the list of participants shows, as plain values, and addresses that lists lead to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import current_app, g, url_for

from qol_app.db.models import Participant, Response
from qol_app.domain.roles import Permission, allows
from qol_app.domain.study import Protocol
from qol_app.services.participants import Listed, ParticipantsPage, VisitState
from qol_app.web.navigation import in_words
from qol_app.web.staff import words

Option = tuple[str, str]


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


class Addresses:
    """Makes the addresses of a page's many rows, each from a pattern that is made once."""

    def __init__(self) -> None:
        self._patterns: dict[str, str] = {}

    def of(self, endpoint: str, number: str, **names: str) -> str:
        """Return the address of a page about a participant of this study."""
        given = {"number": number, **names}
        if endpoint not in self._patterns:
            blanks: dict[str, Any] = {name: f"~{name}~" for name in given}
            self._patterns[endpoint] = url_for(endpoint, study=g.study.code, **blanks)
        pattern = self._patterns[endpoint]
        return _BLANK.sub(lambda blank: quote(given[str(blank[1])], safe=""), pattern)


_BLANK = re.compile(r"~(\w+)~")


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
