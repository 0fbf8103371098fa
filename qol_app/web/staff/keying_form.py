"""What is keyed from one form: where it came from, and a cell for each item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, ValidationError

from qol_app.db.models import Response
from qol_app.domain import helpers, keying
from qol_app.domain.errors import AnswerOutOfRange
from qol_app.domain.helpers import Helper
from qol_app.domain.keying import Keyed, Source
from qol_app.domain.said import Said
from qol_app.domain.study import Protocol
from qol_app.services import keying_steps
from qol_app.web.staff import item_words, words
from qol_app.web.staff.inputs import Day
from questionnaires.model import Item

SOURCES = {Source.PAPER: _l("Paper form"), Source.INTERVIEW: _l("Interview")}

HELPERS = {
    Helper.ALONE: _l("Nobody: the patient alone"),
    Helper.READ_ALOUD: _l("Someone read the questions"),
    Helper.WROTE_DOWN: _l("Someone wrote the answers down"),
    Helper.ANSWERED_FOR: _l("Someone answered for the patient"),
}
"""Who helped, as short choices."""


class Cells:
    """What was keyed for each item, read from the posted fields ``item-<id>``."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.raw: dict[str, str] = {}
        self.said: dict[str, Said] = {}
        self.errors: dict[str, str] = {}
        for item in items:
            self.raw[item.id] = raw = request.form.get(f"item-{item.id}", "")
            try:
                self.said[item.id] = keying.read_cell(item, raw)
            except AnswerOutOfRange:
                self.errors[item.id] = item_words.refused(item)


class KeyingForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """The facts of a form that is keyed. An unlikely date has to be confirmed."""

    source = RadioField(_l("What is keyed"), validate_choice=False)
    answered_on = Day(_l("Day it was answered"), [InputRequired(_l("Enter the date."))])
    language = SelectField(_l("Language of the form"), validate_choice=False)
    helper = SelectField(_l("Who helped"), validate_choice=False)
    outside = BooleanField(_l("The date is right: it was answered outside the window"))
    seen = HiddenField()

    def __init__(self, protocol: Protocol, response: Response, *, today: date) -> None:
        super().__init__()
        self.response, self.today, self.is_outside = response, today, False
        self.source.choices = [(each.value, str(label)) for each, label in SOURCES.items()]
        self.language.choices = [(tag, words.language_name(tag)) for tag in protocol.languages]
        said = [(each.value, str(label)) for each, label in HELPERS.items()]
        self.helper.choices = [("", str(_l("Not known"))), *said]
        if not self.is_submitted():
            self.source.data = Source.PAPER.value
            self.language.data = response.visit.participant.language
            self.seen.data = str(response.last_seq)

    def validate_source(self, field: RadioField) -> None:
        """Refuse what is neither paper nor interview."""
        if field.data not in list(Source):
            raise ValidationError(str(_l("Choose what is keyed.")))

    def validate_language(self, field: SelectField) -> None:
        """Refuse a language that the study does not have."""
        if field.data not in [value for value, *_ in field.iter_choices()]:
            raise ValidationError(str(_l("Choose a language.")))

    def validate_helper(self, field: SelectField) -> None:
        """Refuse what names no helper."""
        if field.data and field.data not in list(Helper):
            raise ValidationError(str(_l("Choose who helped.")))

    def validate_answered_on(self, field: Day) -> None:
        """Refuse a day that cannot be; have one outside the window confirmed."""
        if field.data is None:
            return
        if field.data > self.today:
            raise ValidationError(str(_l("This day has not come yet.")))
        if keying_steps.had_ended(self.response, field.data):
            text = _l("The participant had left the questionnaires before that day.")
            raise ValidationError(str(text))
        self.is_outside = not keying_steps.is_in_window(self.response, field.data)
        if self.is_outside and not self.outside.data:
            visit = self.response.visit
            text = _l(
                "That is outside the window, %(first)s to %(last)s. Correct it, or confirm it.",
                first=words.day(visit.opens_on),
                last=words.day(visit.on_time_until),
            )
            raise ValidationError(str(text))

    @property
    def drawn_at(self) -> int:
        """The form's ``last_seq`` when the page was drawn; -1 if the page does not say."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() else -1

    def keyed(self, said: Mapping[str, Said]) -> Keyed:
        """Return what was keyed."""
        return Keyed(
            source=Source(self.source.data),
            answered_on=cast(date, self.answered_on.data),  # required by its validator
            language=self.language.data,
            helper=helpers.parse(self.helper.data or ""),
            said=said,
        )
