"""Reading the rows of a file of participants, and everything that is wrong with them.

Values are read as people and spreadsheets write them; what can be meant in two ways is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email

from qol_app.domain.contact import REFUSABLE, PhoneInvalid, PhoneProblem, Wish, mobile_number
from qol_app.domain.errors import InvalidInput
from qol_app.domain.languages import own_name
from qol_app.domain.numbers import check_number, site_part
from qol_app.domain.participant_file import WISHES, Candidate, Column, Fault, Mistake, RawRow
from qol_app.domain.study import Protocol

OLDEST = 120
YEARS_AROUND = 10


def check(
    rows: Sequence[RawRow], protocol: Protocol, *, sites: frozenset[str], today: date
) -> tuple[list[Candidate], list[Mistake]]:
    """Read all rows, and return the participants with every mistake of every row.

    Args:
        sites: Codes of the sites at which the asker may enrol.
        today: The date at the asker's first site.
    """
    found, mistakes = [], []
    for row in rows:
        reader = _Reader(row=row, protocol=protocol, sites=sites, today=today)
        found.append(reader.candidate())
        mistakes += reader.mistakes
    good = [candidate for candidate in found if candidate is not None]
    return good, mistakes + _twice(good)


def _twice(found: Sequence[Candidate]) -> list[Mistake]:
    mistakes = []
    for column, name in (
        (Column.NUMBER, "number"),
        (Column.EMAIL, "email"),
        (Column.PHONE, "phone"),
    ):
        first: dict[str, int] = {}
        for one in found:
            value = getattr(one, name)
            if value is None:
                continue
            before = first.setdefault(value.casefold(), one.line)
            if before != one.line:
                fault = Fault.TWICE_IN_FILE
                mistakes.append(
                    Mistake(fault=fault, line=one.line, column=column, detail=str(before))
                )
    return mistakes


@dataclass(kw_only=True)
class _Reader:
    """Reads the cells of one row and notes what is wrong with them."""

    row: RawRow
    protocol: Protocol
    sites: frozenset[str]
    today: date
    mistakes: list[Mistake] = field(default_factory=list)

    def candidate(self) -> Candidate | None:
        """Return the participant, or None where the row has a mistake."""
        site, group = self._site(), self._group()
        anchor, language = self._anchor(), self._language()
        number, birth_year = self._number(site), self._birth_year()
        email, phone = self._email(), self._phone()
        consented_on, channel = self._consent(), self._wish(Column.WISH)
        refused = self._refused(channel)
        if self.mistakes or not (site and group and anchor and language):
            return None
        return Candidate(
            line=self.row.line,
            number=number,
            site=site,
            group=group,
            anchor_date=anchor,
            language=language,
            birth_year=birth_year,
            email=email,
            phone=phone,
            consented_on=consented_on if email or phone else None,
            channel=channel,
            refused=refused,
        )

    def _cell(self, column: Column) -> str:
        return self.row.cells.get(column, "")

    def _wrong(self, column: Column, fault: Fault, detail: str = "") -> None:
        self.mistakes.append(Mistake(fault=fault, line=self.row.line, column=column, detail=detail))

    def _needed(self, column: Column) -> str:
        text = self._cell(column)
        if not text and column in self.row.cells:
            self._wrong(column, Fault.MISSING)
        return text

    def _among(self, column: Column, known: Mapping[str, str], fault: Fault) -> str | None:
        """Return the code that a cell names. ``known`` leads from words to codes."""
        text = self._needed(column)
        if not text:
            return None
        code = {word.casefold(): code for word, code in known.items()}.get(text.casefold())
        if code is None:
            self._wrong(column, fault, ", ".join(dict.fromkeys(known.values())))
        return code

    def _site(self) -> str | None:
        known = _named(self.protocol.sites, lambda site: site.name.values())
        code = self._among(Column.SITE, known, Fault.UNKNOWN_SITE)
        if code is not None and code not in self.sites:
            self._wrong(Column.SITE, Fault.SITE_NOT_YOURS, ", ".join(sorted(self.sites)))
        return code

    def _group(self) -> str | None:
        groups = self.protocol.groups
        known = _named(groups, lambda group: (*group.name.values(), *group.short.values()))
        return self._among(Column.GROUP, known, Fault.UNKNOWN_GROUP)

    def _language(self) -> str | None:
        known = {tag: tag for tag in self.protocol.languages}
        known |= {own_name(tag): tag for tag in self.protocol.languages}
        known |= {
            tag.partition("-")[0]: tag
            for tag in reversed(self.protocol.languages)
        }  # fmt: skip
        return self._among(Column.LANGUAGE, known, Fault.UNKNOWN_LANGUAGE)

    def _anchor(self) -> date | None:
        day = self._day(Column.ANCHOR, self._needed(Column.ANCHOR))
        if day and abs((day - self.today).days) > 366 * YEARS_AROUND:
            self._wrong(Column.ANCHOR, Fault.FAR_DATE, day.isoformat())
        return day

    def _consent(self) -> date | None:
        day = self._day(Column.CONSENT, self._cell(Column.CONSENT))
        has_address = self._cell(Column.EMAIL) or self._cell(Column.PHONE)
        if day and day > self.today:
            self._wrong(Column.CONSENT, Fault.FUTURE, day.isoformat())
        if has_address and not self._cell(Column.CONSENT):
            self._wrong(Column.CONSENT, Fault.NO_CONSENT)
        return day

    def _day(self, column: Column, text: str) -> date | None:
        if not text:
            return None
        try:
            return day_of(text)
        except UnclearDate:
            self._wrong(column, Fault.UNCLEAR_DATE, text)
        except ValueError:
            self._wrong(column, Fault.NO_SUCH_DAY, text)
        return None

    def _birth_year(self) -> int | None:
        text = self._cell(Column.BIRTH_YEAR).removesuffix("年")
        if not text:
            return None
        bounds = range(self.today.year - OLDEST, self.today.year + 1)
        if not (text.isascii() and text.isdigit() and int(text) in bounds):
            self._wrong(Column.BIRTH_YEAR, Fault.NO_YEAR, text)
            return None
        return int(text)

    def _email(self) -> str | None:
        text = self._cell(Column.EMAIL)
        if not text:
            return None
        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError:
            self._wrong(Column.EMAIL, Fault.NO_EMAIL)
            return None

    def _phone(self) -> str | None:
        text = self._cell(Column.PHONE)
        if not text:
            return None
        try:
            return mobile_number(text)
        except PhoneInvalid as error:
            is_landline = error.problem is PhoneProblem.LANDLINE
            self._wrong(Column.PHONE, Fault.LANDLINE if is_landline else Fault.NO_PHONE)
            return None

    def _wish(self, column: Column, text: str | None = None) -> str | None:
        text = self._cell(column) if text is None else text
        if not text:
            return None
        for wish, names in WISHES.items():
            if text.casefold() in names:
                return wish.value
        self._wrong(column, Fault.UNKNOWN_WISH, ", ".join(Wish))
        return None

    def _refused(self, channel: str | None) -> tuple[str, ...]:
        parts = [part for part in re.split(r"[,;、/\s]+", self._cell(Column.REFUSED)) if part]
        chosen = {self._wish(Column.REFUSED, part) for part in parts}
        if Wish.PAPER in chosen:
            self._wrong(Column.REFUSED, Fault.UNKNOWN_WISH, ", ".join(REFUSABLE))
        if channel is not None and channel in chosen:
            self._wrong(Column.WISH, Fault.REFUSED_WISH)
        return tuple(way.value for way in REFUSABLE if way in chosen)

    def _number(self, site: str | None) -> str | None:
        text = self._cell(Column.NUMBER)
        if not text:
            return None
        scheme = self.protocol.numbers
        try:
            number = check_number(scheme, text)
        except InvalidInput:
            self._wrong(Column.NUMBER, Fault.BAD_NUMBER, text)
            return None
        if site is not None and not number.startswith(f"{scheme.prefix}{site_part(site)}-"):
            self._wrong(Column.NUMBER, Fault.NUMBER_OF_OTHER_SITE, site)
        return number


def _named(values: Sequence[Any], names: Callable[[Any], Any]) -> dict[str, str]:
    """Return the codes by every name that a value goes by, its code last, so that it holds."""
    found = {name: value.code for value in values for name in names(value)}
    return found | {value.code: value.code for value in values}


class UnclearDate(ValueError):
    """A date that can be read in two ways, or in none."""


_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0+:00(?::00)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


def day_of(text: str) -> date:
    """Return a date that is written year first, with any of ``- / . 年月日`` or none of them.

    Raises:
        UnclearDate: the year does not come first, so that day and month could be swapped.
        ValueError: there is no such day.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _DATE.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if match is None:
        raise UnclearDate(text)
    year, month, day = (int(part) for part in match.groups())
    return date(year, month, day)
