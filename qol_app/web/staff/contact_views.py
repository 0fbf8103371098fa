"""A participant's contact details: shown on request with a record of it, changed, erased."""

from __future__ import annotations

from flask import current_app, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from qol_app.db.models import Participant
from qol_app.db.vault import Vault
from qol_app.domain.contact import spaced
from qol_app.domain.roles import Permission
from qol_app.services import contacts, facts
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.contact_form import ContactForm, EraseForm
from qol_app.web.staff.lists import may, participant_url

CONTACT = "/participants/<number>/contact"


@bp.get(CONTACT, endpoint="contact")
@requires(Permission.SEE_CONTACT)
def contact_page(number: str) -> ResponseReturnValue:
    """Say which details are on file, without showing any."""
    participant = guards.participant(number, Permission.SEE_CONTACT)
    return _page(participant, _form(participant))


@bp.post(f"{CONTACT}/show")
@requires(Permission.SEE_CONTACT)
def show_contact(number: str) -> ResponseReturnValue:
    """Show the details, which is recorded, in a form where they can be changed."""
    participant = guards.participant(number, Permission.SEE_CONTACT)
    known = contacts.show(
        unit.session(), participant, vault=_vault(), actor=g.actor, now=unit.now()
    )
    form = _form(participant)
    form.email.data, form.consented_on.data = known.email, known.consented_on
    form.phone.data = spaced(known.phone) if known.phone else None
    return _page(participant, form, is_shown=True)


@bp.post(CONTACT)
@requires(Permission.SEE_CONTACT)
def change_contact(number: str) -> ResponseReturnValue:
    """Store contact details in place of those before."""
    participant = guards.participant(number, Permission.SEE_CONTACT)
    form = _form(participant)
    if not form.validate_on_submit():
        return _page(participant, form, is_shown=True), 422
    contacts.change(
        unit.session(),
        participant,
        form.contact(),
        vault=_vault(),
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The contact details are saved."), "success")
    return redirect(participant_url("staff.participant", number), 303)


@bp.post(f"{CONTACT}/erase")
@requires(Permission.ERASE_CONTACT)
def erase_contact(number: str) -> ResponseReturnValue:
    """Erase the details for good; messages that wait are cancelled."""
    participant = guards.participant(number, Permission.ERASE_CONTACT)
    form = EraseForm()
    if not form.validate_on_submit():
        return _page(participant, _form(participant), erasing=form), 422
    cancelled = contacts.erase(
        unit.session(), participant, reason=form.reason.data or "", actor=g.actor, now=unit.now()
    )
    flash(_("The contact details are erased."), "success")
    if cancelled:
        told = ngettext(
            "%(num)s waiting message was cancelled.",
            "%(num)s waiting messages were cancelled.",
            cancelled,
        )
        flash(told, "info")
    return redirect(participant_url("staff.participant", number), 303)


def _vault() -> Vault:
    vault: Vault = current_app.extensions["vault"]
    return vault


def _form(participant: Participant) -> ContactForm:
    return ContactForm(today=facts.today_of(participant, unit.now()))


def _page(
    participant: Participant,
    form: ContactForm,
    *,
    is_shown: bool = False,
    erasing: EraseForm | None = None,
) -> str:
    return render_template(
        "staff/contact.html",
        number=participant.number,
        contact=participant.contact,
        is_shown=is_shown or participant.contact is None,
        may_erase=may(Permission.ERASE_CONTACT, participant),
        form=form,
        erasing=erasing or EraseForm(formdata=None),
    )
