"""What the tablet's templates show, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g, url_for
from sqlalchemy.orm import Session

from qol_app.db.models import Handover, Tablet, User
from qol_app.domain import pins, tablet_check
from qol_app.domain.study import Protocol
from qol_app.domain.tablet_check import Ending, TabletState
from qol_app.services import handovers, studies, tablets
from qol_app.web.kiosk import words
from qol_app.web.navigation import in_words
from qol_app.web.written import moment


@dataclass(frozen=True, kw_only=True)
class CheckPage:
    """The check of who holds the tablet."""

    study: str
    contact: str
    has_failed: bool
    tries_left: int


@dataclass(frozen=True, kw_only=True)
class LockPage:
    """The page of a locked tablet."""

    study: str
    tablet: str
    is_thanking: bool
    """Whether its patient has just sent everything."""
    is_frozen: bool
    is_blocked: bool
    has_wrong_pin: bool
    tries_left: int
    is_signed_in: bool


@dataclass(frozen=True, kw_only=True)
class UnlockedPage:
    """What a nurse may do after the PIN."""

    study: str
    tablet: str
    may_give_back: bool
    was_frozen: bool


@dataclass(frozen=True, kw_only=True)
class TabletRow:
    """One tablet of the list."""

    name: str
    url: str
    site: str
    registered: str
    handed_over: str
    state: str
    mark: str
    unlock_url: str | None


@dataclass(frozen=True, kw_only=True)
class TabletsPage:
    """The tablets of the user's sites, and whether this device is one of them."""

    rows: tuple[TabletRow, ...]
    has_sites: bool
    this_tablet: str | None
    """This device's name, if it is registered in this study."""


def check(tablet: Tablet, handover: Handover) -> CheckPage:
    """Return what the check shows: of the participant, nothing."""
    protocol = studies.in_force(tablet.study)
    return CheckPage(
        study=in_words(protocol.patient_title),
        contact=in_words(protocol.contact),
        has_failed=handover.check_failures > 0,
        tries_left=tablet_check.MOST_FAILURES - handover.check_failures,
    )


def locked(
    tablet: Tablet, handover: Handover | None, *, has_wrong_pin: bool, is_signed_in: bool
) -> LockPage:
    """Return what a locked tablet shows."""
    ended_as = handover.ended_as if handover is not None else None
    return LockPage(
        study=in_words(studies.in_force(tablet.study).patient_title),
        tablet=tablet.name,
        is_thanking=ended_as == Ending.FINISHED,
        is_frozen=ended_as == Ending.FROZEN,
        is_blocked=tablets.is_blocked(tablet),
        has_wrong_pin=has_wrong_pin and tablet.pin_failures > 0,
        tries_left=pins.MOST_FAILURES - tablet.pin_failures,
        is_signed_in=is_signed_in,
    )


def unlocked(tablet: Tablet, handover: Handover | None, *, now: datetime) -> UnlockedPage:
    """Return what a nurse may do after the PIN."""
    return UnlockedPage(
        study=in_words(studies.in_force(tablet.study).patient_title),
        tablet=tablet.name,
        may_give_back=handovers.may_give_back(handover, now=now),
        was_frozen=handover is not None and handover.ended_as == Ending.FROZEN,
    )


def tablet_list(
    session: Session,
    protocol: Protocol,
    sites: frozenset[int] | None,
    *,
    this_tablet: Tablet | None,
    now: datetime,
) -> TabletsPage:
    """Return the list of the tablets at ``sites``."""
    found = tablets.at_sites(session, g.study, sites)
    states = handovers.states(session, found, now=now)
    return TabletsPage(
        rows=tuple(_row(session, protocol, each, *states[each.id]) for each in found),
        has_sites=len({each.site_id for each in found}) > 1,
        this_tablet=this_tablet.name if this_tablet is not None else None,
    )


def _row(
    session: Session,
    protocol: Protocol,
    tablet: Tablet,
    state: TabletState,
    latest: Handover | None,
) -> TabletRow:
    zone = ZoneInfo(tablet.site.timezone)
    unlock_url = url_for("kiosk.unlock", study=g.study.code, tablet_id=tablet.id)
    return TabletRow(
        name=tablet.name,
        url=url_for("kiosk.manage", study=g.study.code, tablet_id=tablet.id),
        site=in_words(protocol.site(tablet.site.code).name),
        registered=registered(session, tablet),
        handed_over=moment(latest.handed_at, zone) if latest is not None else "",
        state=str(words.STATES[state]),
        mark=words.MARKS[state],
        unlock_url=unlock_url if state is TabletState.BLOCKED else None,
    )


def registered(session: Session, tablet: Tablet) -> str:
    """Return when a tablet was registered, and by whom."""
    by = session.get_one(User, tablet.registered_by)
    return f"{moment(tablet.registered_at, ZoneInfo(tablet.site.timezone))}, {by.name}"
