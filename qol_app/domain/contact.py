"""Ways to reach a participant: mobile numbers as they are typed, and wishes about messages."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from qol_app.domain.errors import InvalidInput

HOME = "CN"
"""The country of a number typed without one."""

_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class Wish(StrEnum):
    """How a participant wants to be asked."""

    EMAIL = "email"
    SMS = "sms"
    PAPER = "paper"


REFUSABLE = (Wish.EMAIL, Wish.SMS)
"""The ways by which a participant may want no message."""


class PhoneProblem(StrEnum):
    """What is wrong with a typed phone number."""

    NOT_A_NUMBER = "not_a_number"
    LANDLINE = "landline"
    """It exists, but takes no text messages."""


class PhoneInvalid(InvalidInput):
    """A typed phone number cannot be written to."""

    def __init__(self, problem: PhoneProblem) -> None:
        words = {
            PhoneProblem.NOT_A_NUMBER: "no mobile number; write it like 138 0013 8000",
            PhoneProblem.LANDLINE: "a landline takes no text messages; give a mobile number",
        }
        super().__init__([f"phone: {words[problem]}"])
        self.problem = problem


def mobile_number(text: str) -> str:
    """Return a typed mobile number as ``+8613800138000``.

    Spaces, dashes, brackets, full-width characters and ``0086`` do not matter. A number without
    a country is one of mainland China; others begin with ``+``.

    Raises:
        PhoneInvalid: it is no number, or one of a landline.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        number = phonenumbers.parse(plain, HOME)
    except phonenumbers.NumberParseException:
        raise PhoneInvalid(PhoneProblem.NOT_A_NUMBER) from None
    if number.extension or any(character.isalpha() for character in plain):
        raise PhoneInvalid(PhoneProblem.NOT_A_NUMBER)
    if not phonenumbers.is_valid_number(number):
        raise PhoneInvalid(PhoneProblem.NOT_A_NUMBER)
    if phonenumbers.number_type(number) not in _MOBILE:
        raise PhoneInvalid(PhoneProblem.LANDLINE)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def spaced(number: str) -> str:
    """Return a stored number as people read it: ``+86 138 0013 8000``."""
    known = phonenumbers.parse(number)
    return phonenumbers.format_number(known, PhoneNumberFormat.INTERNATIONAL)
