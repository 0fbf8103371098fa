"""The administrator's form to invite somebody."""

from __future__ import annotations

from collections.abc import Sequence

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from qol_app.db.models import Site
from qol_app.domain.roles import EVERYWHERE, Role
from qol_app.domain.study import Protocol
from qol_app.services.invitations import Guest
from qol_app.web.locale import LANGUAGES
from qol_app.web.navigation import in_words
from qol_app.web.role_words import ROLES
from qol_app.web.written import language_name

ALL_SITES = ""


class InvitationForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """Who is invited, in which role, at which site."""

    email = EmailField(_l("E-mail address"), [DataRequired(_l("Type the address."))])
    name = StringField(
        _l("Name"),
        [
            DataRequired(_l("Type the name.")),
            Length(max=80, message=_l("Write at most 80 characters.")),
        ],
    )
    role = RadioField(_l("Role"))
    site = SelectField(_l("Site"))
    language = RadioField(_l("Language of the mail"))

    def __init__(
        self, protocol: Protocol, sites: Sequence[Site], *, manages_all: bool, spoken: str
    ) -> None:
        super().__init__()
        self.sites = sites
        self.role.choices = [
            (role.value, ROLES[role]) for role in Role if manages_all or role not in EVERYWHERE
        ]
        everywhere = [(ALL_SITES, _l("All sites"))] if manages_all else []
        self.site.choices = everywhere + [
            (site.code, in_words(protocol.site(site.code).name)) for site in sites
        ]
        self.language.choices = [(tag, language_name(tag)) for tag in LANGUAGES]
        if not self.is_submitted():
            self.language.data = spoken
            self.role.data = Role.STAFF.value
            self.site.data = sites[0].code if sites else ALL_SITES

    def validate_email(self, field: EmailField) -> None:
        """Refuse what is no address."""
        try:
            validate_email(
                (field.data or "").strip(), check_deliverability=False, test_environment=True
            )
        except EmailNotValidError as error:
            told = _l("This is not an e-mail address, like name@hospital.example.")
            raise ValidationError(str(told)) from error

    def validate_site(self, field: SelectField) -> None:
        """Refuse one site for a role that covers all."""
        if self.role.data in set(EVERYWHERE) and field.data != ALL_SITES:
            raise ValidationError(str(_l("A coordinator covers all sites. Choose All sites.")))

    def guest(self) -> Guest:
        """Return who is invited."""
        return Guest(
            email=self.email.data or "",
            name=(self.name.data or "").strip(),
            role=Role(self.role.data),
            site=next((site for site in self.sites if site.code == self.site.data), None),
            language=self.language.data or "en",
        )
