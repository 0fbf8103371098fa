"""Answers that found no place in their form: listed for staff, taken or left aside by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from qol_app.db.models import Response, StrayAnswer, Visit
from qol_app.domain.roles import Permission
from qol_app.domain.strays import Settled, Why, may_be_taken
from qol_app.services import answers_view, forms, participants, strays
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.locale import language
from qol_app.web.navigation import in_words
from qol_app.web.staff import words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.lists import participant_url

PAGE = "/participants/<number>/visits/<visit>/late-answers"

WHY = {
    Why.SUBMITTED: _l("The form had been sent already."),
    Why.CLOSED: _l("The time for the questionnaire was over."),
    Why.ENDED: _l("The questionnaires had ended for this participant."),
    Why.REVOKED: _l("The link had been withdrawn."),
    Why.UNKNOWN_FORM: _l("The visit has another version of this form."),
    Why.NOT_ALLOWED: _l("The form has no such question or answer."),
}

SETTLED = {
    Settled.TAKEN: _l("Taken into the form"),
    Settled.LEFT: _l("Left aside"),
}


class SettleForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """What becomes of one answer, and why."""

    note = TextAreaField(
        _l("Why"), [InputRequired(_l("Write down why.")), Length(max=500)], render_kw={"rows": 2}
    )
    taken = SubmitField(_l("Take into the form"))
    left = SubmitField(_l("Leave aside"))

    def choice(self) -> Settled:
        """Return what was pressed; leaving aside is what changes nothing."""
        return Settled.TAKEN if self.taken.data else Settled.LEFT


@dataclass(frozen=True, kw_only=True)
class StrayRow:
    """One answer without a place; ``settled`` is empty while it waits."""

    id: int
    question: str
    answer: str
    stands: str
    """The answer that the form has now."""
    at: str
    why: str
    may_be_taken: bool
    settled: str
    note: str
    settle_url: str


@dataclass(frozen=True, kw_only=True)
class StraysPage:
    """All such answers of one visit."""

    number: str
    visit: str
    participant_url: str
    rows: tuple[StrayRow, ...]


@dataclass(frozen=True, kw_only=True)
class StrayVisit:
    """A visit on the worklist with answers that nobody has settled."""

    number: str
    visit: str
    count: int
    url: str


def waiting_visits() -> tuple[StrayVisit, ...]:
    """Return the visits of the user's sites with answers to settle; none where they may not."""
    if not guards.holds(Permission.CORRECT_ANSWERS):
        return ()
    sites = guards.sites(Permission.CORRECT_ANSWERS)
    found = strays.waiting(unit.session(), g.study, sites=sites)
    return tuple(
        StrayVisit(
            number=participant.number,
            visit=in_words(guards.protocol().visit(visit.code).name),
            count=count,
            url=url_for(
                "staff.late_answers",
                study=g.study.code,
                number=participant.number,
                visit=visit.code,
            ),
        )
        for participant, visit, count in found
    )


@bp.get(PAGE)
@requires(Permission.SEE_ANSWERS)
def late_answers(number: str, visit: str) -> ResponseReturnValue:
    """Show what came when its form no longer took it."""
    return _page(_visit(number, visit, Permission.SEE_ANSWERS), SettleForm())


@bp.post(f"{PAGE}/<int:stray>")
@requires(Permission.CORRECT_ANSWERS)
def settle_late_answer(number: str, visit: str, stray: int) -> ResponseReturnValue:
    """Take one answer into its form, or leave it aside for good."""
    found, form = _visit(number, visit, Permission.CORRECT_ANSWERS), SettleForm()
    if not form.validate_on_submit():
        return _page(found, form, mistaken=stray), 422
    strays.settle(
        unit.session(),
        found,
        stray,
        form.choice(),
        note=(form.note.data or "").strip(),
        user_id=g.user.id,
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("That is settled."), "success")
    return redirect(url_for(".late_answers", study=g.study.code, number=number, visit=visit), 303)


def _visit(number: str, code: str, permission: Permission) -> Visit:
    return participants.visit(unit.session(), guards.participant(number, permission), code)


def _page(visit: Visit, form: SettleForm, *, mistaken: int | None = None) -> str:
    zone = ZoneInfo(visit.participant.site.timezone)
    by_id = {response.id: response for response in visit.responses}
    kept = strays.of_visit(unit.session(), visit)
    page = StraysPage(
        number=visit.participant.number,
        visit=in_words(guards.protocol().visit(visit.code).name),
        participant_url=participant_url("staff.participant", visit.participant.number),
        rows=tuple(_row(visit, stray, by_id, zone) for stray in kept),
    )
    may_settle = guards.holds(Permission.CORRECT_ANSWERS)
    return render_template(
        "staff/late_answers.html",
        page=page,
        form=form,
        mistaken=mistaken,
        may_settle=may_settle,
    )


def _row(
    visit: Visit, stray: StrayAnswer, by_id: Mapping[int, Response], zone: ZoneInfo
) -> StrayRow:
    response = by_id.get(stray.response_id or 0)
    question, answer, stands = _in_words(stray, response, visit)
    why = Why(stray.why)
    return StrayRow(
        id=stray.id,
        question=question,
        answer=answer,
        stands=stands,
        at=words.moment(stray.answered_at, zone),
        why=str(WHY[why]),
        may_be_taken=response is not None and may_be_taken(why),
        settled=str(SETTLED[Settled(stray.settled_as)]) if stray.settled_as else "",
        note=stray.note or "",
        settle_url=url_for(
            ".settle_late_answer",
            study=g.study.code,
            number=visit.participant.number,
            visit=visit.code,
            stray=stray.id,
        ),
    )


def _in_words(stray: StrayAnswer, response: Response | None, visit: Visit) -> tuple[str, str, str]:
    """Return question, answer and the answer that stands; codes where the form does not fit."""
    if response is None or not may_be_taken(Why(stray.why)):
        return stray.item, str(stray.value), ""
    spoken = participants.spoken_in(visit.participant, language())
    shown = forms.wording(unit.session(), response.form_version, spoken)
    item = forms.questionnaire(response.form_version).item(stray.item)
    return (
        shown.questions[item.id],
        answers_view.answer_words(item, stray.value, shown) or str(_("Left blank")),
        answers_view.answer_words(item, response.answers.get(item.id), shown) or "–",
    )
