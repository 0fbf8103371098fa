"""Staff's pages about the tablets of their sites: register, unlock, change the PIN, retire."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import hash_password
from werkzeug.wrappers import Response

from qol_app.db.models import Tablet
from qol_app.domain.errors import NotFound, TabletRetired, TabletUnknown
from qol_app.domain.roles import Permission, allows
from qol_app.services import participants, studies, tablets
from qol_app.web import guards, tablet, unit
from qol_app.web.guards import requires
from qol_app.web.kiosk import pages
from qol_app.web.kiosk.blueprint import bp
from qol_app.web.kiosk.forms import NewPinForm, RegistrationForm

TABLETS = "/studies/<study>/tablets"


def here() -> Tablet | None:
    """Return the tablet in use that this browser is; None if it is none."""
    try:
        return tablets.by_token(unit.session(), tablet.token())
    except (TabletUnknown, TabletRetired):
        return None


@bp.get(TABLETS, endpoint="tablets")
@requires(Permission.MANAGE_TABLETS)
def list_tablets() -> ResponseReturnValue:
    """List the tablets of the user's sites, and offer to register this device."""
    return _list_page(_registration_form())


@bp.post(TABLETS)
@requires(Permission.MANAGE_TABLETS)
def register_tablet() -> ResponseReturnValue:
    """Make this device a tablet of the chosen site."""
    form = _registration_form()
    if form.chosen_site is not None:
        form.names = tablets.names(unit.session(), form.chosen_site)
    if not form.validate_on_submit() or form.chosen_site is None:
        return _list_page(form), 422
    _made, token = tablets.register(
        unit.session(),
        g.study,
        form.chosen_site,
        name=form.chosen_name(),
        pin_hash=hash_password(form.chosen_pin()),
        actor=g.actor,
        now=unit.now(),
    )
    return tablet.remember(_to_list(), token)


def _registration_form() -> RegistrationForm:
    sites = participants.sites(g.study, guards.sites(Permission.MANAGE_TABLETS))
    return RegistrationForm(studies.in_force(g.study), sites)


def _list_page(form: RegistrationForm) -> str:
    this = here()
    page = pages.tablet_list(
        unit.session(),
        studies.in_force(g.study),
        guards.sites(Permission.MANAGE_TABLETS),
        this_tablet=this if this is not None and this.study_id == g.study.id else None,
        now=unit.now(),
    )
    return render_template("kiosk/tablets.html", page=page, form=form)


def _to_list() -> Response:
    return redirect(url_for("kiosk.tablets", study=g.study.code), 303)


@bp.get(f"{TABLETS}/<int:tablet_id>")
@requires(Permission.MANAGE_TABLETS)
def manage(tablet_id: int) -> ResponseReturnValue:
    """Show one tablet, with what can be changed about it."""
    return _tablet_page(_own_tablet(tablet_id), NewPinForm())


@bp.post(f"{TABLETS}/<int:tablet_id>/pin")
@requires(Permission.MANAGE_TABLETS)
def change_pin(tablet_id: int) -> ResponseReturnValue:
    """Give a tablet another PIN."""
    found, form = _own_tablet(tablet_id), NewPinForm()
    if not form.validate_on_submit():
        return _tablet_page(found, form), 422
    pin_hash = hash_password(form.chosen_pin())
    tablets.change_pin(unit.session(), found, pin_hash, actor=g.actor, now=unit.now())
    flash(_("The PIN is changed."), "success")
    return _to_list()


@bp.post(f"{TABLETS}/<int:tablet_id>/unlock")
@requires(Permission.MANAGE_TABLETS)
def unlock(tablet_id: int) -> ResponseReturnValue:
    """Let a tablet take its PIN again."""
    found = _own_tablet(tablet_id)
    tablets.unlock(unit.session(), found, actor=g.actor, now=unit.now())
    flash(_("The tablet takes its PIN again."), "success")
    return _to_list()


@bp.post(f"{TABLETS}/<int:tablet_id>/retire")
@requires(Permission.MANAGE_TABLETS)
def retire(tablet_id: int) -> ResponseReturnValue:
    """Take a tablet out of use."""
    found = _own_tablet(tablet_id)
    tablets.retire(unit.session(), found, actor=g.actor, now=unit.now())
    flash(_("The tablet is out of use."), "success")
    return _to_list()


def _own_tablet(tablet_id: int) -> Tablet:
    found = tablets.of_study(unit.session(), g.study, tablet_id)
    grants = g.user.grant_values()
    if not allows(grants, Permission.MANAGE_TABLETS, study_id=g.study.id, site_id=found.site_id):
        raise NotFound(f"no tablet {tablet_id}")
    return found


def _tablet_page(found: Tablet, form: NewPinForm) -> str:
    registered = pages.registered(unit.session(), found)
    return render_template("kiosk/tablet.html", tablet=found, registered=registered, form=form)
