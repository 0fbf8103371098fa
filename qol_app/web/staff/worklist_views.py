"""The worklist: all that needs something done today, and what came in lately."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qol_app.domain.roles import Permission
from qol_app.domain.study import Protocol
from qol_app.services import arrivals, participants, studies, worklist
from qol_app.services.arrivals import Arrival
from qol_app.services.worklist import Narrowing, Sort, Standing
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.navigation import in_words
from qol_app.web.staff import (
    alert_views,
    calls,
    instrument_titles,
    missing_views,
    stray_views,
    undelivered,
    words,
    worklist_page,
)
from qol_app.web.staff.back import NAMES
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.lists import may, participant_url
from qol_app.web.staff.worklist_page import PAGE, Worklist

Word = TypeVar("Word", Sort, Standing)


@dataclass(frozen=True, kw_only=True)
class ArrivalRow:
    """A visit whose answers came lately; ``url`` leads to them, or to the participant."""

    number: str
    visit: str
    at: str
    url: str


@bp.get("/worklist", endpoint="worklist")
@requires(Permission.SEE_PARTICIPANTS)
def show_worklist() -> ResponseReturnValue:
    """Show every visit of the user's sites that needs something done, most urgent first."""
    protocol = studies.in_force(g.study)
    came = arrivals.lately(
        unit.session(), g.study, sites=guards.sites(Permission.SEE_PARTICIPANTS), now=unit.now()
    )
    return render_template(
        "staff/worklist.html",
        page=_page(protocol),
        alerts=alert_views.waiting(),
        calls=calls.waiting(),
        strays=stray_views.waiting_visits(),
        undelivered=undelivered.waiting(),
        missing=missing_views.lately_closed(),
        arrivals=[_arrival(protocol, each) for each in came],
    )


def _page(protocol: Protocol) -> Worklist:
    session, sites = unit.session(), guards.sites(Permission.SEE_PARTICIPANTS)
    narrowing, sort = _narrowing(), _word(Sort, "sort") or Sort.URGENCY
    found = worklist.waiting(
        session, g.study, sites=sites, now=unit.now(), narrowing=narrowing, sort=sort
    )
    number = min(max(request.args.get("page", 1, type=int), 1), max(-(-len(found) // PAGE), 1))
    first = (number - 1) * PAGE
    titles = instrument_titles.of(protocol)
    tasks = worklist.tasks(session, found[first : first + PAGE])
    rows = worklist_page.rows(protocol, tasks, titles)
    is_grouped = sort is Sort.URGENCY
    return Worklist(
        groups=worklist_page.groups(found, rows, first, by_urgency=is_grouped),
        is_grouped=is_grouped,
        total=sum(not each.is_put_off for each in found),
        first=first + 1 if rows else 0,
        last=first + len(rows),
        count=len(found),
        back=urlencode({k: v for k, v in request.args.items() if k in NAMES and v}),
        previous_url=_url(number - 1) if number > 1 else None,
        next_url=_url(number + 1) if first + PAGE < len(found) else None,
        choices=worklist_page.choices(protocol, participants.sites(g.study, sites), titles),
        waits=tuple((reason.value, str(text)) for reason, text in words.WAITS.items()),
        narrowing=narrowing,
        is_narrowed=narrowing != Narrowing(),
        sort=sort,
        may_enrol=guards.holds(Permission.ENROL),
    )


def _narrowing() -> Narrowing:
    return Narrowing(
        site=request.args.get("site", ""),
        visit=request.args.get("visit", ""),
        instrument=request.args.get("instrument", ""),
        standing=_word(Standing, "status"),
        number=request.args.get("q", "").strip(),
    )


def _word(words_of: type[Word], name: str) -> Word | None:
    """Return what the address asks for; a word that is none asks for nothing."""
    asked = request.args.get(name, "")
    return words_of(asked) if asked in set(words_of) else None


def _url(number: int) -> str:
    kept = {k: v for k, v in request.args.items() if k in NAMES and v} | {"page": str(number)}
    return f"{url_for('staff.worklist', study=g.study.code)}?{urlencode(kept)}"


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
