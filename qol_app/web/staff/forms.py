"""The staff's forms. What a field refuses, it says beside itself; the services refuse it too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, IntegerField, RadioField, SelectField
from wtforms.validators import Email, InputRequired, NumberRange, Optional, ValidationError

from qol_app.db.models import Site
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.study import Protocol
from qol_app.services.enrolment import OLDEST, NewParticipant
from qol_app.web.navigation import in_words
from qol_app.web.staff import words

YEARS_AROUND = 10


class Day(DateField):
    """A native date input whose mistakes are told in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the date; what is none is refused."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_l("Enter a date that exists."))) from error


class _Year(IntegerField):
    """A year whose mistakes are told in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not any(value.strip() for value in valuelist):
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_l("Enter the year with four digits."))) from error


class EnrolmentForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """What is asked of a new participant; no name is among it."""

    site = SelectField(_l("Site"), [InputRequired(_l("Choose a site."))], validate_choice=False)
    group = RadioField(_l("Treatment group"), validate_choice=False)
    anchor_date = Day(_l("Date"), [InputRequired(_l("Enter the date."))])
    language = SelectField(_l("Language of the questionnaires"), validate_choice=False)
    birth_year = _Year(_l("Year of birth"), [Optional()])
    email = EmailField(
        _l("E-mail address"), [Optional(), Email(_l("Enter an address such as name@example.org."))]
    )

    def __init__(self, protocol: Protocol, sites: Sequence[Site], *, today: date) -> None:
        super().__init__()
        self.today, self.sites = today, sites
        self.site.choices = [(site.code, in_words(protocol.site(site.code).name)) for site in sites]
        self.group.choices = [(group.code, in_words(group.name)) for group in protocol.groups]
        self.language.choices = [(tag, words.language_name(tag)) for tag in protocol.languages]
        self.anchor_date.label.text = in_words(protocol.schedule.anchor)
        if not self.site.data and len(sites) == 1:
            self.site.data = sites[0].code

    def validate_site(self, field: SelectField) -> None:
        """Refuse a site at which the user may not enrol."""
        _among(field, str(_l("Choose a site.")))

    def validate_group(self, field: RadioField) -> None:
        """Refuse a group that the protocol does not have."""
        _among(field, str(_l("Choose a treatment group.")))

    def validate_language(self, field: SelectField) -> None:
        """Refuse a language that the study does not have."""
        _among(field, str(_l("Choose a language.")))

    def validate_anchor_date(self, field: DateField) -> None:
        """Refuse a date that can only be a slip of the pen."""
        if field.data and abs((field.data - self.today).days) > 366 * YEARS_AROUND:
            raise ValidationError(str(_l("That is more than ten years from today.")))

    def validate_birth_year(self, field: IntegerField) -> None:
        """Refuse a year in which nobody alive was born."""
        bounds = {"min": self.today.year - OLDEST, "max": self.today.year}
        message = _l("Enter a year from %(min)s to %(max)s.", **bounds)
        NumberRange(**bounds, message=str(message))(self, field)

    @property
    def chosen_site(self) -> Site:
        """The chosen one of the sites that were offered."""
        return next(site for site in self.sites if site.code == self.site.data)

    def participant(self) -> NewParticipant:
        """Return what was entered."""
        return NewParticipant(
            group=self.group.data,
            anchor_date=cast(date, self.anchor_date.data),  # required by its validator
            language=self.language.data,
            birth_year=self.birth_year.data,
            email=self.email.data or None,
        )


class EventForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """What happened to a participant, and when."""

    kind = SelectField(_l("What happened"), validate_choice=False)
    happened_on = Day(_l("On which day"), [InputRequired(_l("Enter the date."))])

    def __init__(self, *, today: date, **settings: Any) -> None:
        super().__init__(**settings)
        self.today = today
        events = [(kind.value, str(text)) for kind, text in words.EVENTS.items()]
        self.kind.choices = [("", str(_l("Choose"))), *events]  # nothing is chosen beforehand

    def validate_kind(self, field: SelectField) -> None:
        """Refuse an event that the ledger does not know."""
        _among(field, str(_l("Choose what happened.")))

    def validate_happened_on(self, field: DateField) -> None:
        """Refuse a day that has not come yet."""
        if field.data and field.data > self.today:
            raise ValidationError(str(_l("This day has not come yet.")))

    def event(self) -> ParticipantEventKind:
        """Return the chosen event."""
        return ParticipantEventKind(self.kind.data)

    def day(self) -> date:
        """Return the day on which it happened."""
        return cast(date, self.happened_on.data)  # required by its validator


def _among(field: SelectField, message: str) -> None:
    if field.data not in [value for value, *_ in field.iter_choices() if value]:
        raise ValidationError(message)
