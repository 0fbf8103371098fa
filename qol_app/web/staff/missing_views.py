"""Why forms are missing: asked on the worklist when a window has closed, or on a visit's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from qol_app.db.models import Response, Visit
from qol_app.domain.missing import MissingReason
from qol_app.domain.roles import Permission
from qol_app.domain.study import Protocol
from qol_app.services import facts, missing, participants, studies
from qol_app.services.missing import LONGEST_NOTE, SHOWN, Unexplained
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.locale import language
from qol_app.web.navigation import in_words
from qol_app.web.staff import back, words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.lists import Option, may, participant_url

LATELY = timedelta(days=28)
"""How far back the worklist asks for reasons; older ones have a page of their own."""
FIRST = 10
"""Closed visits that the worklist shows at most."""

PAGE = "/participants/<number>/visits/<visit>/missing"

REASONS = {
    MissingReason.TOO_ILL: _l("Too ill"),
    MissingReason.DECLINED: _l("Did not want to answer"),
    MissingReason.NO_TIME: _l("Had no time"),
    MissingReason.FORGOT: _l("Forgot"),
    MissingReason.TECHNICAL: _l("Technical failure"),
    MissingReason.NOT_OFFERED: _l("Was not offered it"),
    MissingReason.LANGUAGE: _l("Could not read the language"),
    MissingReason.DIED: _l("Died after the window closed"),
    MissingReason.OTHER: _l("Another reason"),
}


class MissingForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """Which forms are missing, and why."""

    forms = SelectMultipleField(
        _l("Questionnaires"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    reason = RadioField(_l("Why is it missing?"), validate_choice=False)
    note = TextAreaField(
        _l("Note"),
        [Length(max=LONGEST_NOTE, message=_l("At most 500 characters."))],
        render_kw={"rows": 3, "maxlength": LONGEST_NOTE},
    )

    def __init__(self, offered: Sequence[tuple[str, str]], *, may_have_died: bool) -> None:
        super().__init__()
        self.offered = dict(offered)
        self.forms.choices = list(offered)
        self.reasons = dict(offered_reasons(may_have_died=may_have_died))
        self.reason.choices = list(self.reasons.items())

    def validate_forms(self, field: SelectMultipleField) -> None:
        """Refuse to explain nothing, or a form of another visit."""
        if not field.data or not self.offered.keys() >= set(field.data):
            raise ValidationError(str(_l("Choose at least one questionnaire.")))

    def validate_reason(self, field: RadioField) -> None:
        """Refuse a reason that is not offered."""
        if field.data not in self.reasons:
            raise ValidationError(str(_l("Choose a reason.")))

    def validate_note(self, field: TextAreaField) -> None:
        """Refuse another reason without words."""
        if self.reason.data == MissingReason.OTHER and not (field.data or "").strip():
            raise ValidationError(str(_l("Say in a few words what the other reason is.")))


def offered_reasons(*, may_have_died: bool) -> list[tuple[str, str]]:
    """Return value and words of each reason; that of death only where one is recorded."""
    return [
        (reason.value, str(text))
        for reason, text in REASONS.items()
        if may_have_died or reason is not MissingReason.DIED
    ]


@dataclass(frozen=True, kw_only=True)
class MissingRow:
    """One closed visit without answers on the worklist."""

    number: str
    url: str
    site: str
    visit: str
    closed_on: str
    reasons: tuple[Option, ...]
    proposal: str
    """The value of the reason that is chosen beforehand; empty where nothing suggests one."""
    save_url: str | None
    """None where the reader may not say why."""
    page_url: str


@dataclass(frozen=True, kw_only=True)
class MissingSection:
    """Closed visits that want a reason: some of them, and how many there are."""

    rows: tuple[MissingRow, ...]
    total: int
    first: int
    """Place of the first shown among all, from 1."""
    came_from: str
    """The list on which they stand, as forms name it."""
    page: int

    @property
    def last(self) -> int:
        """The place of the last shown."""
        return self.first + len(self.rows) - 1


def lately_closed() -> MissingSection:
    """Return those of the user's sites that closed in the last four weeks."""
    return _section(1, "worklist", FIRST, since=unit.now().date() - LATELY)


@bp.get("/closed-visits")
@requires(Permission.SEE_PARTICIPANTS)
def closed_visits() -> ResponseReturnValue:
    """Show all closed visits of the user's sites that want a reason, however long ago."""
    page = max(request.args.get("page", 1, type=int), 1)
    return render_template("staff/closed_visits.html", missing=_section(page, "closed", SHOWN))


def _section(page: int, came_from: str, size: int, since: date | None = None) -> MissingSection:
    protocol, sites = studies.in_force(g.study), guards.sites(Permission.SEE_PARTICIPANTS)
    found = missing.unexplained(
        unit.session(), g.study, sites=sites, now=unit.now(), since=since, page=page, size=size
    )
    offered = {died: tuple(offered_reasons(may_have_died=died)) for died in (False, True)}
    return MissingSection(
        rows=tuple(_row(protocol, each, offered) for each in found.shown),
        total=found.total,
        first=(page - 1) * size + 1,
        came_from=came_from,
        page=page,
    )


def _row(
    protocol: Protocol, found: Unexplained, offered: Mapping[bool, tuple[Option, ...]]
) -> MissingRow:
    participant, code = found.participant, found.visit.code
    died = facts.participant_facts(participant.events).died_on is not None
    url = participant_url("staff.say_why_missing", participant.number, visit=code)
    return MissingRow(
        number=participant.number,
        url=participant_url("staff.participant", participant.number),
        site=in_words(protocol.site(participant.site.code).name),
        visit=in_words(protocol.visit(code).name),
        closed_on=words.day(found.visit.closes_on),
        reasons=offered[died],
        proposal=found.proposal.value if found.proposal else "",
        save_url=url if may(Permission.SET_REASONS, participant) else None,
        page_url=url,
    )


@bp.get(PAGE)
@requires(Permission.SET_REASONS)
def why_missing(number: str, visit: str) -> ResponseReturnValue:
    """Ask why forms of a visit are missing, with what is known chosen beforehand."""
    found = _visit(number, visit)
    form = _form(found)
    unsent = [response for response in found.responses if response.submitted_at is None]
    form.forms.data = [response.instrument_id for response in unsent]
    said = next((response for response in unsent if response.missing_reason), None)
    proposal = missing.proposed(unit.session(), [found])[found.id]
    form.reason.data = said.missing_reason if said else (proposal.value if proposal else None)
    form.note.data = said.missing_note if said else ""
    return _page(found, form)


@bp.post(PAGE)
@requires(Permission.SET_REASONS)
def say_why_missing(number: str, visit: str) -> ResponseReturnValue:
    """Write the reason down. From the worklist it is that of all forms that were not sent."""
    found = _visit(number, visit)
    form = _form(found)
    if "forms" not in request.form and "from" in request.form:
        form.forms.data = list(form.offered)
    if not form.validate_on_submit():
        return _page(found, form), 422
    missing.set_reason(
        unit.session(),
        found,
        form.forms.data or (),
        MissingReason(form.reason.data),
        note=form.note.data or "",
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The reason is noted."), "success")
    return redirect(back.to_list() or participant_url("staff.participant", number), 303)


def _visit(number: str, code: str) -> Visit:
    person = guards.participant(number, Permission.SET_REASONS)
    return participants.visit(unit.session(), person, code)


def _form(visit: Visit) -> MissingForm:
    unsent = [response for response in visit.responses if response.submitted_at is None]
    titles = participants.titles(unit.session(), visit, language())
    offered = [(form.instrument_id, titles[form.form_version_id]) for form in unsent]
    died = facts.participant_facts(visit.participant.events).died_on is not None
    return MissingForm(offered, may_have_died=died)


def _page(visit: Visit, form: MissingForm) -> str:
    name = studies.in_force(g.study).visit(visit.code).name
    return render_template(
        "staff/missing.html",
        number=visit.participant.number,
        visit=in_words(name),
        form=form,
        is_open=facts.eligibility(visit, now=unit.now()).allowed,
    )


def reason_in_words(response: Response) -> str:
    """Return why a form is missing, with the note; empty where nothing was said or it was sent."""
    if response.missing_reason is None or response.submitted_at is not None:
        return ""
    text = str(REASONS[MissingReason(response.missing_reason)])
    return f"{text}: {response.missing_note}" if response.missing_note else text
