"""The form in which staff change what is known of a participant."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from qol_app.domain.study import Protocol
from qol_app.services.enrolment import OLDEST
from qol_app.services.participant_edit import Details
from qol_app.web.navigation import in_words
from qol_app.web.staff import words
from qol_app.web.staff.contact_form import WishFields
from qol_app.web.staff.inputs import Day, Year, among, check_anchor, reason_field


class EditForm(WishFields):
    """What may be changed of a participant, and why; ``seen`` names the preview looked at."""

    group = RadioField(_l("Treatment group"), validate_choice=False)
    anchor_date = Day(_l("Date"), [InputRequired(_l("Enter the date."))])
    language = SelectField(_l("Language of the questionnaires"), validate_choice=False)
    birth_year = Year(_l("Year of birth"), [Optional()])
    reason = reason_field(_l("Why is this changed?"))
    seen = HiddenField()

    def __init__(self, protocol: Protocol, stored: Details, *, today: date) -> None:
        super().__init__(today=today, data=_as_data(stored))
        self.group.choices = [(group.code, in_words(group.name)) for group in protocol.groups]
        self.language.choices = [(tag, words.language_name(tag)) for tag in protocol.languages]
        self.anchor_date.label.text = in_words(protocol.schedule.anchor)

    def validate_group(self, field: RadioField) -> None:
        """Refuse a group that the protocol does not have."""
        among(field, str(_l("Choose a treatment group.")))

    def validate_language(self, field: SelectField) -> None:
        """Refuse a language that the study does not have."""
        among(field, str(_l("Choose a language.")))

    def validate_anchor_date(self, field: DateField) -> None:
        """Refuse a date that can only be a slip of the pen."""
        check_anchor(field, self.today)

    def validate_birth_year(self, field: IntegerField) -> None:
        """Refuse a year in which nobody alive was born."""
        bounds = {"min": self.today.year - OLDEST, "max": self.today.year}
        message = _l("Enter a year from %(min)s to %(max)s.", **bounds)
        NumberRange(**bounds, message=str(message))(self, field)

    def wanted(self) -> Details:
        """Return what was entered."""
        return Details(
            group=self.group.data,
            anchor_date=cast(date, self.anchor_date.data),  # required by its validator
            language=self.language.data,
            birth_year=self.birth_year.data,
            channel=self.wish(),
            refused_channels=self.refused(),
        )

    def fields_to_confirm(self) -> list[tuple[str, str]]:
        """Return names and values that a page of confirmation has to send again."""
        wanted = self.wanted()
        pairs = [
            ("group", wanted.group),
            ("anchor_date", wanted.anchor_date.isoformat()),
            ("language", wanted.language),
            ("birth_year", str(wanted.birth_year or "")),
            ("channel", wanted.channel or ""),
            ("reason", self.reason.data or ""),
        ]
        return pairs + [("refused_channels", way) for way in wanted.refused_channels]


def _as_data(stored: Details) -> dict[str, Any]:
    return {
        "group": stored.group,
        "anchor_date": stored.anchor_date,
        "language": stored.language,
        "birth_year": stored.birth_year,
        "channel": stored.channel or "",
        "refused_channels": list(stored.refused_channels),
    }
