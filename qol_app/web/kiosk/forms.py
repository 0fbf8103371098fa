"""The forms around a shared tablet. Nothing typed into them is kept by the browser."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from qol_app.db.models import Site, Visit
from qol_app.domain import pins
from qol_app.domain.errors import InvalidInput
from qol_app.domain.study import Protocol
from qol_app.web.navigation import in_words
from qol_app.web.written import language_name

LONGEST_NAME = 40


class NewPinForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """A new PIN, typed twice."""

    pin = StringField(_l("PIN"), [InputRequired(_l("Choose a PIN."))])
    again = StringField(_l("The same PIN again"), [InputRequired(_l("Type the PIN again."))])

    def validate_pin(self, field: StringField) -> None:
        """Refuse a PIN that is short or guessed first."""
        try:
            pins.check_pin(field.data or "")
        except InvalidInput as error:
            raise ValidationError(
                str(
                    _l(
                        "Choose %(low)s to %(high)s digits that nobody guesses: "
                        "not 123456, not 111111.",
                        low=pins.SHORTEST,
                        high=pins.LONGEST,
                    )
                )
            ) from error

    def validate_again(self, field: StringField) -> None:
        """Refuse two PINs that differ."""
        if pins.digits(field.data or "") != pins.digits(self.pin.data or ""):
            raise ValidationError(str(_l("The two PINs are not the same.")))

    def chosen_pin(self) -> str:
        """Return the PIN as digits."""
        return pins.check_pin(self.pin.data or "")


class RegistrationForm(NewPinForm):
    """What a site says of a tablet: where it is used, its name, its PIN."""

    site = SelectField(_l("Site"), validate_choice=False)
    name = StringField(
        _l("Name of the tablet"),
        [
            DataRequired(_l("Give the tablet a name.")),
            Length(max=LONGEST_NAME, message=_l("Choose a shorter name.")),
        ],
    )

    def __init__(self, protocol: Protocol, sites: Sequence[Site]) -> None:
        super().__init__()
        self.sites = sites
        self.site.choices = [(site.code, in_words(protocol.site(site.code).name)) for site in sites]
        self.names: Collection[str] = ()
        if not self.site.data and sites:
            self.site.data = sites[0].code

    def validate_site(self, field: SelectField) -> None:
        """Refuse a site whose tablets the user does not manage."""
        if self.chosen_site is None:
            raise ValidationError(str(_l("Choose a site.")))

    def validate_name(self, field: StringField) -> None:
        """Refuse a name that another tablet of the site has."""
        if self.chosen_name() in self.names:
            raise ValidationError(str(_l("Another tablet of this site has this name.")))

    def chosen_name(self) -> str:
        """Return the name without the spaces around it."""
        return (self.name.data or "").strip()

    @property
    def chosen_site(self) -> Site | None:
        """The chosen one of the sites that were offered."""
        return next((site for site in self.sites if site.code == self.site.data), None)


class HandOverForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """Which visit the participant answers, and in which language."""

    visit = RadioField(_l("Visit"), [InputRequired(_l("Choose the visit."))])
    language = RadioField(_l("Language of the questionnaire"))

    def __init__(self, protocol: Protocol, visits: Sequence[Visit], *, language: str) -> None:
        super().__init__()
        self.visit.choices = [(v.code, in_words(protocol.visit(v.code).name)) for v in visits]
        self.language.choices = [(tag, language_name(tag)) for tag in protocol.languages]
        if not self.is_submitted():
            self.language.data = language
            if len(visits) == 1:
                self.visit.data = visits[0].code


class CheckForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """What only the participant is likely to know of both: a year and three digits."""

    year = StringField(_l("The year you were born"))
    digits = StringField(_l("The last three digits of your study number"))

    def __init__(self, *, asks_year: bool) -> None:
        super().__init__()
        if not asks_year:
            del self.year

    def validate_year(self, field: StringField) -> None:
        """Ask again where nothing was typed; that is no wrong answer."""
        if not pins.digits(field.data or ""):
            raise ValidationError(str(_l("Please type the year, for example 1950.")))

    def validate_digits(self, field: StringField) -> None:
        """Ask again where nothing was typed; that is no wrong answer."""
        if not pins.digits(field.data or ""):
            raise ValidationError(str(_l("Please type the three digits.")))

    def typed_digits(self) -> str:
        """Return what was typed as the last digits."""
        return self.digits.data or ""

    def typed_year(self) -> str:
        """Return what was typed as the year; empty where it is not asked."""
        return str(self.year.data or "") if "year" in self else ""


class PinForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """The PIN that opens a locked tablet."""

    pin = StringField(_l("PIN"), [InputRequired(_l("Type the PIN."))])

    def typed_pin(self) -> str:
        """Return what was typed as digits."""
        return pins.digits(self.pin.data or "")
