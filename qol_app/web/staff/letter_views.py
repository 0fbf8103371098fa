"""All letters of a site at once: first who gets one, then the letters to be printed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from qol_app.db.models import Site
from qol_app.domain.roles import Permission
from qol_app.services import letters, participants, studies
from qol_app.services.letters import Addressee, Asked
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.navigation import in_words
from qol_app.web.staff import letter, words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.lists import Option, participant_url


@dataclass(frozen=True, kw_only=True)
class AddresseeRow:
    """One letter that would be printed."""

    number: str
    url: str
    visit: str
    last_day: str
    why: str
    """Why it goes on paper; empty where a message would reach its participant too."""


@dataclass(frozen=True, kw_only=True)
class LettersPage:
    """Who of a site gets a letter."""

    sites: tuple[Option, ...]
    site: str
    asked: Asked
    rows: tuple[AddresseeRow, ...]
    count: int
    """Letters that are printed now."""
    more: int
    """Those that follow with the next printing."""
    reachable: int
    put_off: int
    lost: int
    printed: int


@bp.get("/letters", endpoint="letters")
@requires(Permission.SEND_LINKS)
def show_letters() -> ResponseReturnValue:
    """Show who of a site gets a letter today, and why."""
    return render_template("staff/letters.html", page=_page())


@bp.post("/letters")
@requires(Permission.SEND_LINKS)
def print_letters() -> ResponseReturnValue:
    """Make the links and answer with the letters, the only place where they stand."""
    found = letters.issue(
        unit.session(),
        _due().addressees,
        code_key=current_app.extensions["settings"].code_key,
        actor=g.actor,
        now=unit.now(),
    )
    protocol = studies.in_force(g.study)
    written = [letter.write(protocol, visit, issued) for visit, issued in found]
    return render_template("staff/letters_made.html", letters=written)


def _due() -> letters.Due:
    return letters.due(
        unit.session(),
        g.study,
        _site(),
        ways=current_app.extensions["queue"].tasks.ways,
        asked=_asked(),
        now=unit.now(),
    )


def _asked() -> Asked:
    return Asked(everybody="everybody" in request.values, again="again" in request.values)


def _sites() -> list[Site]:
    return participants.sites(g.study, guards.sites(Permission.SEND_LINKS))


def _site() -> Site:
    """Return the site that was asked for, or the first; another's does not exist."""
    asked = request.values.get("site", "")
    found = [site for site in _sites() if asked in ("", site.code)]
    return found[0] if found else abort(404)


def _page() -> LettersPage:
    protocol, due = studies.in_force(g.study), _due()
    count = min(len(due.addressees), letters.MOST)
    return LettersPage(
        sites=tuple((s.code, in_words(protocol.site(s.code).name)) for s in _sites()),
        site=_site().code,
        asked=_asked(),
        rows=tuple(_row(each) for each in due.addressees[: letters.MOST]),
        count=count,
        more=len(due.addressees) - count,
        reachable=due.reachable,
        put_off=due.put_off,
        lost=due.lost,
        printed=due.printed,
    )


def _row(each: Addressee) -> AddresseeRow:
    visit = each.visit
    return AddresseeRow(
        number=visit.participant.number,
        url=participant_url("staff.participant", visit.participant.number),
        visit=in_words(studies.in_force(g.study).visit(visit.code).name),
        last_day=words.day(visit.closes_on),
        why=words.problem(each.why),
    )
