"""The forms around signing in and one's own account."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from qol_app.domain import passwords
from qol_app.domain.passwords import PasswordFault

LONGEST_NAME = 80

FAULTS = {
    PasswordFault.TOO_SHORT: _l("Use at least 12 characters, for example four words."),
    PasswordFault.TOO_LONG: _l("Use at most 200 characters."),
    PasswordFault.TOO_PLAIN: _l("Use more different characters."),
    PasswordFault.OWN_WORDS: _l("Leave out your name, your address and the name of the study."),
}


class SignInForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """Address and password, and where to go then."""

    email = EmailField(_l("E-mail address"), [DataRequired()])
    password = PasswordField(_l("Password"), [InputRequired()])
    next = HiddenField()

    def typed_email(self) -> str:
        """Return what was typed as the address."""
        return self.email.data or ""

    def typed_password(self) -> str:
        """Return what was typed as the password."""
        return self.password.data or ""


class CodeForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """A one-time code, or a recovery code."""

    code = StringField(_l("Code"), [DataRequired(_l("Type the code."))])

    def typed(self) -> str:
        """Return what was typed."""
        return self.code.data or ""


class AddressForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """The address of an account whose password is forgotten."""

    email = EmailField(_l("E-mail address"), [DataRequired(_l("Type your e-mail address."))])

    def typed(self) -> str:
        """Return what was typed."""
        return self.email.data or ""


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """A new password, typed twice. ``own`` are texts whose words it must not hold."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password."))])
    again = PasswordField(
        _l("The same password again"), [InputRequired(_l("Type the password again."))]
    )

    def __init__(self, own: Sequence[str]) -> None:
        super().__init__()
        self.own = own

    def validate_password(self, field: PasswordField) -> None:
        """Refuse a password that is easily guessed."""
        fault = passwords.fault(field.data or "", own=self.own)
        if fault is not None:
            raise ValidationError(str(FAULTS[fault]))

    def validate_again(self, field: PasswordField) -> None:
        """Refuse two passwords that differ."""
        if field.data != self.password.data:
            raise ValidationError(str(_l("The two passwords are not the same.")))

    def chosen(self) -> str:
        """Return the new password."""
        return self.password.data or ""


class ChangePasswordForm(NewPasswordForm):
    """The password as it is, and a new one."""

    current = PasswordField(_l("Your password now"), [InputRequired(_l("Type your password."))])

    def typed_current(self) -> str:
        """Return what was typed as the password as it is."""
        return self.current.data or ""


class WelcomeForm(NewPasswordForm):
    """Who was invited: a name as others read it, and a password."""

    name = StringField(
        _l("Your name"),
        [
            DataRequired(_l("Type your name.")),
            Length(max=LONGEST_NAME, message=_l("Write at most 80 characters.")),
        ],
    )

    def __init__(self, own: Sequence[str], *, name: str) -> None:
        super().__init__(own)
        if not self.is_submitted():
            self.name.data = name

    def chosen_name(self) -> str:
        """Return the name without the spaces around it."""
        return (self.name.data or "").strip()

    def validate_password(self, field: PasswordField) -> None:
        """Refuse a password that is easily guessed, also from the name typed here."""
        self.own = (*self.own, self.chosen_name())
        super().validate_password(field)
