"""A study's own words of a message: which fields they may have, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from qol_app.domain.recipients import Channel

FIELDS = ("study", "link", "last_day", "contact", "visit")
LINK = "{link}"
LONGEST_SUBJECT, LONGEST_MAIL, LONGEST_SMS = 150, 4000, 300

_BRACES = re.compile(r"\{([^{}]*)\}")


class Fault(StrEnum):
    """What is wrong with a text."""

    EMPTY = "empty"
    UNKNOWN_FIELD = "unknown_field"
    STRAY_BRACE = "stray_brace"
    NO_LINK = "no_link"
    LINK_IN_SUBJECT = "link_in_subject"
    TOO_LONG = "too_long"


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake in the ``subject`` or the ``body``; ``detail`` is the field or the limit."""

    place: str
    fault: Fault
    detail: str = ""


def mistakes(subject: str, body: str, channel: Channel) -> list[Mistake]:
    """Return everything that is wrong with a message's words; a text message has no subject."""
    found = list(_part("body", body, LONGEST_SMS if channel is Channel.SMS else LONGEST_MAIL))
    if body.strip() and LINK not in body:
        found.append(Mistake(place="body", fault=Fault.NO_LINK, detail=LINK))
    if channel is Channel.EMAIL:
        found += _part("subject", subject, LONGEST_SUBJECT)
        if LINK in subject:
            found.append(Mistake(place="subject", fault=Fault.LINK_IN_SUBJECT, detail=LINK))
    return found


def _part(place: str, text: str, longest: int) -> Iterator[Mistake]:
    if not text.strip():
        yield Mistake(place=place, fault=Fault.EMPTY)
    for name in dict.fromkeys(_BRACES.findall(text)):
        if name not in FIELDS:
            yield Mistake(place=place, fault=Fault.UNKNOWN_FIELD, detail=f"{{{name}}}")
    if set(_BRACES.sub("", text)) & set("{}"):
        yield Mistake(place=place, fault=Fault.STRAY_BRACE)
    if len(text) > longest:
        yield Mistake(place=place, fault=Fault.TOO_LONG, detail=str(longest))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its fields' values; a value is never searched for fields itself."""
    return _BRACES.sub(lambda match: values[match[1]], text)
