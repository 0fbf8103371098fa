"""What staff enter of how a participant is reached: addresses with consent, and wishes."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, RadioField, SelectMultipleField
from wtforms.validators import Email, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from qol_app.domain.contact import Wish
from qol_app.services.contacts import ContactDetails
from qol_app.web.staff.inputs import Day, Mobile, check_past, reason_field

WISHES = {
    Wish.EMAIL: _l("E-mail"),
    Wish.SMS: _l("Text message"),
    Wish.PAPER: _l("On paper only"),
}
"""How a participant wants to be asked."""

REFUSALS = {Wish.EMAIL: _l("No e-mails"), Wish.SMS: _l("No text messages")}
"""What a participant wants no message by."""

ANY_WAY = _l("Any way")


class DatedForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """A form that knows the date at the site."""

    def __init__(self, *, today: date, **settings: Any) -> None:
        super().__init__(**settings)
        self.today = today


class ContactFields(DatedForm):
    """E-mail address, mobile number, and the day of consent, which any of them needs."""

    email = EmailField(
        _l("E-mail address"), [Optional(), Email(_l("Enter an address such as name@example.org."))]
    )
    phone = Mobile(_l("Mobile phone"), [])
    consented_on = Day(_l("Agreed to be written to on"), [])

    def validate_consented_on(self, field: DateField) -> None:
        """Refuse a day to come, and an address without any day."""
        check_past(field, self.today)
        has_address = (self.email.data or "").strip() or (self.phone.data or "").strip()
        if has_address and not field.data and not field.errors:
            raise StopValidation(
                str(_l("Enter the day on which the participant agreed to be written to."))
            )

    def contact(self) -> ContactDetails:
        """Return what was entered."""
        email = (self.email.data or "").strip() or None
        given = ContactDetails(email=email, phone=self.phone.number)
        day = None if given.is_empty else self.consented_on.data
        return ContactDetails(email=email, phone=self.phone.number, consented_on=day)


class ContactForm(ContactFields):
    """Contact details in place of those before."""

    def validate_phone(self, field: Mobile) -> None:
        """Refuse to store nothing: that is what erasing is for."""
        if not (field.data or "").strip() and not (self.email.data or "").strip():
            raise StopValidation(str(_l("Enter an e-mail address or a mobile number.")))


class EraseForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """Why contact details are erased."""

    reason = reason_field(_l("Who asked for it, and when"))


class WishFields(DatedForm):
    """How the participant wants to be asked, and how not."""

    channel = RadioField(_l("The participant prefers"), validate_choice=False, default="")
    refused_channels = SelectMultipleField(
        _l("The participant refuses"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.channel.choices = [("", str(ANY_WAY)), *((w.value, str(t)) for w, t in WISHES.items())]
        self.refused_channels.choices = [(w.value, str(t)) for w, t in REFUSALS.items()]

    def validate_channel(self, field: RadioField) -> None:
        """Refuse a wish that nobody offered, or that is refused below."""
        if field.data and field.data not in set(Wish):
            raise StopValidation(str(_l("Choose one of the ways.")))
        if field.data and field.data in self.refused():
            raise StopValidation(str(_l("The preferred way is refused below.")))

    def wish(self) -> str | None:
        """Return the preferred way; None is any."""
        return self.channel.data or None

    def refused(self) -> tuple[str, ...]:
        """Return the refused ways, in one order."""
        chosen = self.refused_channels.data or []
        return tuple(way.value for way in REFUSALS if way.value in chosen)
