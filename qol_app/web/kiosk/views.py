"""The tablet's own pages: the check, the lock, the PIN. Nothing on them says who has or had it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user, verify_password

from qol_app.db.models import Handover
from qol_app.domain.errors import TabletRetired, TabletUnknown
from qol_app.domain.tablet_check import Ending, Outcome
from qol_app.services import handovers, opened, tablets
from qol_app.web import running, tablet, unit
from qol_app.web.guards import public, with_tablet
from qol_app.web.kiosk import pages
from qol_app.web.kiosk.blueprint import bp
from qol_app.web.kiosk.forms import CheckForm, PinForm
from qol_app.web.locale import CHOSEN, LANGUAGES, speak, survey_session

PIN_LASTS = timedelta(minutes=5)
"""For so long after its PIN a tablet waits for what the nurse wants."""

UNLOCKED = "tablet_unlocked_at"


@bp.get("/tablet")
@with_tablet
def show() -> ResponseReturnValue:
    """Show what the tablet waits for: the check, its patient, the nurse's choice, or the PIN."""
    handover = _last()
    if handover is not None and handovers.is_open(unit.session(), handover, now=unit.now()):
        if handover.confirmed_at is None:
            return _check_page(handover, _check_form(handover))
        if survey_session().get("handover") == handover.id:
            return redirect(url_for("patient.resume"), 303)
    session.pop("survey", None)
    if _is_unlocked():
        page = pages.unlocked(g.tablet, handover, now=unit.now())
        return render_template("kiosk/unlocked.html", page=page)
    return _lock_page(handover, PinForm())


@bp.post("/tablet/check")
@with_tablet
def check() -> ResponseReturnValue:
    """Start the survey if what was typed fits its participant."""
    handover = _last()
    if handover is None:
        return redirect(url_for(".show"), 303)
    form = _check_form(handover)
    if not form.validate_on_submit():
        return _check_page(handover, form), 422
    checked = handovers.check(
        unit.session(),
        g.tablet.id,
        typed_digits=form.typed_digits(),
        typed_year=form.typed_year(),
        now=unit.now(),
    )
    if checked is None or checked[0] is not Outcome.MATCH:
        return redirect(url_for(".show"), 303)
    _start_survey(checked[1])
    return redirect(url_for("patient.resume"), 303)


def _start_survey(handover: Handover) -> None:
    session.clear()
    running.begin(opened.by_id(unit.reading(), handover.link_id), handover_id=handover.id)


@bp.post("/tablet/lock")
@public
def lock() -> ResponseReturnValue:
    """End what the tablet is doing, and forget in this browser all that belonged to it."""
    try:
        found = tablets.by_token(unit.reading(), tablet.token())
    except (TabletUnknown, TabletRetired):
        found = None  # nothing to lock; what this browser holds goes all the same
    if found is not None:
        by_itself = request.form.get("how") == Ending.IDLE
        handovers.lock(unit.session(), found.id, by_itself=by_itself, now=unit.now())
    session.clear()
    return tablet.forget_pages(redirect(url_for(".show"), 303))


@bp.post("/tablet/pin")
@with_tablet
def enter_pin() -> ResponseReturnValue:
    """Open the lock page for staff if the PIN is right; count it if it is not."""
    handover, form = _last(), PinForm()
    if not form.validate_on_submit():
        return _lock_page(handover, form), 422
    is_right = verify_password(form.typed_pin(), g.tablet.pin_hash)
    if tablets.try_pin(unit.session(), g.tablet.id, is_right=is_right, now=unit.now()):
        session[UNLOCKED] = unit.now().timestamp()
        return redirect(url_for(".show"), 303)
    return redirect(url_for(".show", pin="wrong"), 303)


@bp.post("/tablet/give-back")
@with_tablet
def give_back() -> ResponseReturnValue:
    """Give the tablet to the same patient again, who passes the check again."""
    if not _is_unlocked():
        return redirect(url_for(".show"), 303)
    handovers.give_back(unit.session(), g.tablet.id, now=unit.now())
    session.clear()
    return tablet.forget_pages(redirect(url_for(".show"), 303))


def _last() -> Handover | None:
    handover = handovers.last(unit.reading(), g.tablet.id)
    if handover is not None and session.get(CHOSEN) not in LANGUAGES:
        speak(handover.link.visit.participant.language)
    return handover


def recognise_reader() -> None:
    """Speak the language of the patient who has this tablet, or had it last, unless staff read."""
    if request.blueprint not in ("kiosk", "patient", None) or current_user.is_authenticated:
        return
    with suppress(TabletUnknown, TabletRetired):
        g.tablet = tablets.by_token(unit.reading(), tablet.token())
        _last()


def _is_unlocked() -> bool:
    since = session.get(UNLOCKED)
    if since is None:
        return False
    return unit.now() - datetime.fromtimestamp(since, UTC) < PIN_LASTS


def _check_form(handover: Handover) -> CheckForm:
    return CheckForm(asks_year=handover.link.visit.participant.birth_year is not None)


def _check_page(handover: Handover, form: CheckForm) -> str:
    page = pages.check(g.tablet, handover)
    return render_template("kiosk/check.html", page=page, form=form)


def _lock_page(handover: Handover | None, form: PinForm) -> str:
    page = pages.locked(
        g.tablet,
        handover,
        has_wrong_pin="pin" in request.args,
        is_signed_in=current_user.is_authenticated,
    )
    return render_template("kiosk/locked.html", page=page, form=form)
