"""Calls for help on top of the worklist: who could not open a questionnaire, and settling it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from qol_app.domain.errors import (
    AlreadySubmitted,
    LinkExpired,
    LinkRevoked,
    LinkSuperseded,
    LinkTooEarly,
    WindowClosed,
)
from qol_app.domain.roles import Permission
from qol_app.domain.study import Protocol
from qol_app.services import help_requests, studies
from qol_app.services.help_requests import LONGEST_NOTE, Call
from qol_app.services.refusals import WRONG_VISIT
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.navigation import in_words
from qol_app.web.staff import words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.lists import may, participant_url

PAGES = {
    AlreadySubmitted.code: _l("The page said that it was sent already"),
    LinkExpired.code: _l("The page said that the time is over"),
    LinkRevoked.code: _l("The page said that the link was withdrawn"),
    LinkSuperseded.code: _l("The page said that there is a newer link"),
    LinkTooEarly.code: _l("The page said that it is not open yet"),
    WindowClosed.code: _l("The page said that the time is over"),
    WRONG_VISIT: _l("Opened the link of an earlier visit while another visit is open"),
}


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """One call that waits."""

    number: str
    url: str
    visit: str
    page: str
    """Which page the participant saw."""
    asked: str
    settle_url: str | None
    """None where the reader may not settle it."""
    longest_note: int = LONGEST_NOTE


def waiting() -> tuple[CallRow, ...]:
    """Return the calls of the user's sites, the longest waiting first."""
    protocol = studies.in_force(g.study)
    sites = guards.sites(Permission.SEE_PARTICIPANTS)
    found = help_requests.waiting(unit.session(), g.study, sites=sites)
    return tuple(_row(protocol, call) for call in found)


def _row(protocol: Protocol, call: Call) -> CallRow:
    participant, request_ = call.participant, call.request
    settle = participant_url("staff.settle_call", participant.number, call=request_.id)
    return CallRow(
        number=participant.number,
        url=participant_url("staff.participant", participant.number),
        visit=in_words(protocol.visit(call.visit.code).name),
        page=str(PAGES[request_.why]),
        asked=words.moment(request_.asked_at, ZoneInfo(participant.site.timezone)),
        settle_url=settle if may(Permission.SEND_LINKS, participant) else None,
    )


@bp.post("/participants/<number>/calls/<int:call>/settle")
@requires(Permission.SEND_LINKS)
def settle_call(number: str, call: int) -> ResponseReturnValue:
    """Note that a call was seen to."""
    help_requests.settle(
        unit.session(),
        guards.participant(number, Permission.SEND_LINKS),
        call,
        note=request.form.get("note", "").strip() or None,
        user_id=g.user.id,
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The call is settled."), "success")
    return redirect(url_for("staff.worklist", study=g.study.code), 303)
