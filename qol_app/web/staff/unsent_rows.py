"""Tablets that may hold answers, on top of the worklist: which, whose, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import g

from qol_app.domain.roles import Permission
from qol_app.services import studies, unsent
from qol_app.services.unsent import Unsent
from qol_app.web import guards, unit
from qol_app.web.navigation import in_words
from qol_app.web.staff import words
from qol_app.web.staff.lists import participant_url


@dataclass(frozen=True, kw_only=True)
class UnsentRow:
    """One visit begun on a tablet and not sent."""

    tablet: str
    number: str
    url: str
    visit: str
    begun: str
    arrived: str
    """When its last answer arrived; empty if none has."""


def waiting() -> tuple[UnsentRow, ...]:
    """Return those of the user's sites, newest first."""
    sites = guards.sites(Permission.SEE_PARTICIPANTS)
    found = unsent.on_tablets(unit.session(), g.study, sites=sites, now=unit.now())
    return tuple(_row(each) for each in found)


def _row(found: Unsent) -> UnsentRow:
    participant, at = found.participant, found.last_arrived_at
    zone = ZoneInfo(participant.site.timezone)
    return UnsentRow(
        tablet=found.tablet.name,
        number=participant.number,
        url=participant_url("staff.participant", participant.number),
        visit=in_words(studies.in_force(g.study).visit(found.visit.code).name),
        begun=words.moment(found.begun_at, zone),
        arrived=words.moment(at, zone) if at else "",
    )
