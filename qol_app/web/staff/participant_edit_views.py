"""Editing a participant: the form, what a new anchor date would move, and saving it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from qol_app.db.models import Participant
from qol_app.domain.moving import Effect
from qol_app.domain.roles import Permission
from qol_app.domain.schedule import Window
from qol_app.domain.study import Protocol
from qol_app.services import facts, participant_edit, studies
from qol_app.services.participant_edit import Preview, VisitMove
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.navigation import in_words
from qol_app.web.staff import words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.edit_form import EditForm
from qol_app.web.staff.lists import participant_url

EFFECTS = {
    Effect.OPENS: _l("Can be answered from now on"),
    Effect.WAITS: _l("Can no longer be answered now; it opens later"),
    Effect.CLOSES: _l("Can be answered now, and then no more"),
    Effect.IS_PAST: _l("Will be over before it opened"),
}


@dataclass(frozen=True, kw_only=True)
class MoveRow:
    """One visit under the new anchor date."""

    name: str
    before: str
    after: str
    """Empty where the visit keeps its dates."""
    shift: str
    touched: tuple[str, ...]
    """What hangs on it: links, half-filled forms, what the move means today."""


@dataclass(frozen=True, kw_only=True)
class MovesPage:
    """What a new anchor date does, before it is saved."""

    number: str
    anchor: str
    before: str
    after: str
    rows: tuple[MoveRow, ...]
    moving: int
    has_kept: bool
    overlapping: tuple[str, ...]
    is_stale: bool
    """Whether something changed since the page was shown before."""


@bp.get("/participants/<number>/edit")
@requires(Permission.EDIT_PARTICIPANTS)
def edit_participant(number: str) -> ResponseReturnValue:
    """Show what may be changed."""
    participant = guards.participant(number, Permission.EDIT_PARTICIPANTS)
    return _form_page(participant, _form(participant))


@bp.post("/participants/<number>/edit")
@requires(Permission.EDIT_PARTICIPANTS)
def save_participant(number: str) -> ResponseReturnValue:
    """Save the change; of a new anchor date show first what it moves, and store nothing."""
    participant = guards.participant(number, Permission.EDIT_PARTICIPANTS)
    form = _form(participant)
    if not form.validate_on_submit():
        return _form_page(participant, form), 422
    wanted, seen = form.wanted(), form.seen.data or ""
    found = participant_edit.preview(unit.session(), participant, wanted)
    if found.fingerprint != seen and wanted != participant_edit.details(participant):
        return _moves_page(participant, form, found)
    has_changed = participant_edit.change(
        unit.session(),
        participant,
        wanted,
        reason=form.reason.data or "",
        seen=seen,
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The change is saved.") if has_changed else _("Nothing was changed."), "success")
    return redirect(participant_url("staff.participant", number), 303)


def _form(participant: Participant) -> EditForm:
    return EditForm(
        studies.in_force(g.study),
        participant_edit.details(participant),
        today=facts.today_of(participant, unit.now()),
    )


def _form_page(participant: Participant, form: EditForm) -> str:
    return render_template("staff/participant_edit.html", number=participant.number, form=form)


def _moves_page(participant: Participant, form: EditForm, found: Preview) -> str:
    page = moves_page(
        studies.in_force(g.study),
        participant,
        form.wanted().anchor_date,
        found,
        today=facts.today_of(participant, unit.now()),
        is_stale=bool(form.seen.data),
    )
    fields = [*form.fields_to_confirm(), ("seen", found.fingerprint)]
    return render_template("staff/participant_moves.html", page=page, fields=fields)


def moves_page(
    protocol: Protocol,
    participant: Participant,
    anchor: date,
    found: Preview,
    *,
    today: date,
    is_stale: bool,
) -> MovesPage:
    """Return what a new anchor date does, visit by visit."""
    names = {visit.code: in_words(visit.name) for visit in protocol.schedule.visits}
    return MovesPage(
        number=participant.number,
        anchor=in_words(protocol.schedule.anchor),
        before=words.day(participant.anchor_date),
        after=words.day(anchor),
        rows=tuple(_row(names[each.move.code], each, today) for each in found.visits),
        moving=sum(not each.move.is_kept for each in found.visits),
        has_kept=any(each.move.is_kept for each in found.visits),
        overlapping=tuple(
            str(_("%(one)s and %(other)s", one=names[one], other=names[other]))
            for one, other in found.overlapping
        ),
        is_stale=is_stale,
    )


def _row(name: str, each: VisitMove, today: date) -> MoveRow:
    move = each.move
    return MoveRow(
        name=name,
        before=_window(move.before),
        after="" if move.is_kept else _window(move.after),
        shift="" if move.is_kept else _shift(move.days),
        touched=() if move.is_kept else tuple(_touched(each, today)),
    )


def _touched(each: VisitMove, today: date) -> list[str]:
    told = []
    if each.good_links:
        told.append(ngettext("%(num)s open link", "%(num)s open links", each.good_links))
    if each.half_filled:
        told.append(
            ngettext("%(num)s half-filled form", "%(num)s half-filled forms", each.half_filled)
        )
    if (effect := each.move.effect(today)) is not None:
        told.append(str(EFFECTS[effect]))
    return told


def _window(window: Window) -> str:
    return f"{words.day(window.opens)} – {words.day(window.closes_on_time)}"


def _shift(days: int) -> str:
    if days > 0:
        return str(ngettext("%(num)s day later", "%(num)s days later", days))
    return str(ngettext("%(num)s day earlier", "%(num)s days earlier", -days)) if days else ""
