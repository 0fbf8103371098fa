"""Hand this tablet to a participant. The session of staff ends with it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import logout_user

from qol_app.db.models import Participant, Visit
from qol_app.domain.errors import Conflict
from qol_app.domain.roles import Permission
from qol_app.services import facts, handovers, participants, studies
from qol_app.web import guards, tablet, unit
from qol_app.web.guards import requires
from qol_app.web.kiosk.blueprint import bp
from qol_app.web.kiosk.forms import HandOverForm
from qol_app.web.kiosk.tablet_views import here

HAND_OVER = "/studies/<study>/participants/<number>/hand-over"

_SIGNING_OUT = "_remember"
"""Flask-Login's note to itself to remove the cookie that would sign the user in again."""


@bp.get(HAND_OVER)
@requires(Permission.HAND_OVER)
def prepare(number: str) -> ResponseReturnValue:
    """Let staff choose visit and language; on another device, say how to make it a tablet."""
    person = guards.participant(number, Permission.HAND_OVER)
    form = _form(person, _answerable(person))
    asked_for = request.args.get("visit")
    if asked_for in [code for code, *_rest in form.visit.iter_choices()]:
        form.visit.data = asked_for
    return _page(person, form)


@bp.post(HAND_OVER)
@requires(Permission.HAND_OVER)
def hand_over(number: str) -> ResponseReturnValue:
    """Hand the tablet over: staff are signed out, and the tablet asks who holds it."""
    person, this = guards.participant(number, Permission.HAND_OVER), here()
    if this is None or this.site_id != person.site_id:
        raise Conflict("this device is no tablet of the participant's site")
    visits = _answerable(person)
    form = _form(person, visits)
    if not form.validate_on_submit():
        return _page(person, form), 422
    visit = next(each for each in visits if each.code == form.visit.data)
    write, actor, now = unit.session(), g.actor, unit.now()
    participants.set_language(write, person.id, form.language.data, actor=actor, now=now)
    handovers.hand_over(write, this.id, visit, actor=actor, now=now)
    _end_session()
    to_check = redirect(url_for("kiosk.show"), 303)
    return tablet.forget_pages(tablet.remember(to_check, tablet.token()))


def _end_session() -> None:
    logout_user()
    for key in set(session) - {_SIGNING_OUT}:
        session.pop(key)


def _answerable(person: Participant) -> list[Visit]:
    every = participants.visits(unit.session(), person)
    return [visit for visit in every if facts.eligibility(visit, now=unit.now()).allowed]


def _form(person: Participant, visits: Sequence[Visit]) -> HandOverForm:
    return HandOverForm(studies.in_force(g.study), visits, language=person.language)


def _page(person: Participant, form: HandOverForm) -> str:
    this = here()
    return render_template(
        "kiosk/hand_over.html",
        form=form,
        number=person.number,
        tablet=this,
        is_of_site=this is not None and this.site_id == person.site_id,
        may_register=guards.holds(Permission.MANAGE_TABLETS),
    )
