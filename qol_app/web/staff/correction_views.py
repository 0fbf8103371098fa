"""Correct one answer of a form that was sent, with a reason. What was answered stays in view."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from qol_app.db.models import Response
from qol_app.domain import keying as rules
from qol_app.domain.answers import item_of, item_state
from qol_app.domain.errors import AnswerOutOfRange
from qol_app.domain.roles import Permission
from qol_app.domain.said import NOTHING, Said
from qol_app.services import answers_view, corrections, forms
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.navigation import in_words
from qol_app.web.staff import item_words, words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.keying_page import MARKS, NO_ANSWERS, wording
from qol_app.web.staff.keying_views import FORM, find_form, follow
from qol_app.web.staff.lists import participant_url
from questionnaires.model import AnswerType, Item, Wording

PAGE = f"{FORM}/items/<item>/correction"


class CorrectionForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """What counts from now on, and why. One of few codes is chosen, anything else is keyed."""

    choice = RadioField(_l("What counts from now on"), validate_choice=False)
    cell = StringField(_l("What counts from now on"))
    reason = TextAreaField(
        _l("Why"),
        [
            DataRequired(_l("Write down why.")),
            Length(max=corrections.LONGEST_REASON, message=_l("At most 500 characters.")),
        ],
        render_kw={"rows": 2},
    )

    def __init__(self, item: Item, shown: Wording) -> None:
        super().__init__()
        self.item, self.said = item, NOTHING
        self.is_chosen = item.type is AnswerType.ONE_OF
        options = shown.options.get(item.options or "", {})
        self.choice.choices = [
            *((str(code), f"{code} · {options.get(code, '')}") for code in item.codes),
            *((MARKS[word], str(NO_ANSWERS[word])) for word in item.no_answers),
            ("", str(_l("Left blank"))),
        ]

    @property
    def value(self) -> RadioField | StringField:
        """The field that this item is corrected in."""
        return self.choice if self.is_chosen else self.cell

    def validate_choice(self, field: RadioField) -> None:
        """Refuse what the item does not allow, and a page on which nothing was chosen."""
        if self.is_chosen:
            self.said = self._read(field.raw_data[0] if field.raw_data else None)

    def validate_cell(self, field: StringField) -> None:
        """Refuse what the item does not allow."""
        if not self.is_chosen:
            self.said = self._read(field.data or "")

    def _read(self, raw: str | None) -> Said:
        if raw is None:
            raise ValidationError(str(_l("Choose what counts.")))
        try:
            return rules.read_cell(self.item, raw)
        except AnswerOutOfRange:
            raise ValidationError(item_words.refused(self.item)) from None


@dataclass(frozen=True, kw_only=True)
class CorrectionPage:
    """One item to correct."""

    number: str
    visit: str
    title: str
    question: str
    item: str
    stands: str
    takes: str
    legend: str
    marks: tuple[str, ...]
    answers_url: str


@bp.get(PAGE, endpoint="correction")
@requires(Permission.CORRECT_ANSWERS)
def show_correction(number: str, visit: str, instrument: str, item: str) -> ResponseReturnValue:
    """Show what stands for an item, and what it takes."""
    response = find_form(number, visit, instrument, Permission.CORRECT_ANSWERS)
    found = _item(response, item)
    return _page(response, found, CorrectionForm(found, wording(response)))


@bp.post(PAGE)
@requires(Permission.CORRECT_ANSWERS)
def correct(number: str, visit: str, instrument: str, item: str) -> ResponseReturnValue:
    """Let another answer count. Its form is scored anew."""
    response = find_form(number, visit, instrument, Permission.CORRECT_ANSWERS)
    found = _item(response, item)
    form = CorrectionForm(found, wording(response))
    if not form.validate_on_submit():
        return _page(response, found, form), 422
    done = corrections.correct(
        unit.session(),
        response,
        found.id,
        form.said,
        reason=form.reason.data or "",
        actor=g.actor,
        now=unit.now(),
    )
    if done.is_new:
        follow([response.id], done.mails)
        flash(_("Corrected. The scores are calculated anew."), "success")
    else:
        flash(_("That is what counts already; nothing was changed."), "info")
    return redirect(_answers_url(response), 303)


def _item(response: Response, item_id: str) -> Item:
    return item_of(forms.questionnaire(response.form_version), item_id)


def _answers_url(response: Response) -> str:
    visit = response.visit
    url = participant_url("staff.answers", visit.participant.number, visit=visit.code)
    return f"{url}#form-{response.instrument_id}"


def _page(response: Response, item: Item, form: CorrectionForm) -> str:
    shown, visit = wording(response), response.visit
    state = item_state(item.id, response.answers, response.no_answers)
    answer = answers_view.answer_words(item, response.answers.get(item.id), shown)
    page = CorrectionPage(
        number=visit.participant.number,
        visit=in_words(guards.protocol().visit(visit.code).name),
        title=shown.title,
        question=shown.questions[item.id],
        item=item.id,
        stands=answer or str(words.ITEMS[state]),
        takes=item_words.takes(item),
        legend=item_words.legend(item, shown),
        marks=tuple(MARKS[word] for word in item.no_answers),
        answers_url=_answers_url(response),
    )
    is_sent = response.submitted_at is not None
    return render_template("staff/correction.html", page=page, form=form, is_sent=is_sent)
