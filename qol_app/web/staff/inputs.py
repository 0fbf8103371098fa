"""Inputs that staff's forms share; their mistakes are told in our words."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, IntegerField, SelectField, StringField, TelField
from wtforms.validators import DataRequired, Length, ValidationError

from qol_app.domain.contact import PhoneInvalid, PhoneProblem, mobile_number
from qol_app.services.participant_edit import LONGEST_REASON

YEARS_AROUND = 10

PHONE_PROBLEMS = {
    PhoneProblem.NOT_A_NUMBER: _l("Enter a mobile number such as 138 0013 8000."),
    PhoneProblem.LANDLINE: _l("A landline takes no text messages. Enter a mobile number."),
}


class Day(DateField):
    """A native date input."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the date. Raises ValueError where there is no such day."""
        if not any(value.strip() for value in valuelist):
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_l("Enter a date that exists."))) from error


class Year(IntegerField):
    """A year of four digits."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the year. Raises ValueError where it is no number."""
        if not any(value.strip() for value in valuelist):
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_l("Enter the year with four digits."))) from error


class Mobile(TelField):
    """A mobile number, typed in any style; ``number`` is the one that is stored."""

    number: str | None = None

    def pre_validate(self, form: object) -> None:
        """Read the number. Raises ValidationError where nobody can write to it."""
        if not (self.data or "").strip():
            return
        try:
            self.number = mobile_number(self.data or "")
        except PhoneInvalid as error:
            raise ValidationError(str(PHONE_PROBLEMS[error.problem])) from error


def plain(text: str | None) -> str:
    """Return a typed text without blanks around it."""
    return (text or "").strip()


def reason_field(label: Any) -> StringField:
    """Return the field in which staff say why; it must be filled in."""
    return StringField(
        label,
        [
            DataRequired(_l("Say why.")),
            Length(max=LONGEST_REASON, message=_l("Write at most 500 characters.")),
        ],
        filters=[plain],
    )


def among(field: SelectField, message: str) -> None:
    """Raise ValidationError where nothing that was offered is chosen."""
    if field.data not in [value for value, *_ in field.iter_choices() if value]:
        raise ValidationError(message)


def check_anchor(field: DateField, today: date) -> None:
    """Raise ValidationError for a date that can only be a slip of the pen."""
    if field.data and abs((field.data - today).days) > 366 * YEARS_AROUND:
        raise ValidationError(str(_l("That is more than ten years from today.")))


def check_past(field: Field, today: date) -> None:
    """Raise ValidationError for a day that has not come yet."""
    if field.data and field.data > today:
        raise ValidationError(str(_l("This day has not come yet.")))
