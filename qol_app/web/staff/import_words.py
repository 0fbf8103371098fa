"""The words about a file of participants: its columns, its mistakes, whom it would enrol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from qol_app.db.models import Site
from qol_app.domain.participant_file import HEADERS, NEEDED, Column, Fault, Mistake
from qol_app.domain.study import Protocol
from qol_app.services.participant_import import Plan
from qol_app.web.locale import language
from qol_app.web.navigation import in_words
from qol_app.web.staff import words

FAULTS = {
    Fault.EMPTY: _l("The file holds no participant below its heads."),
    Fault.TOO_LONG: _l("The file has too many lines. Split it into files of at most 1000."),
    Fault.NO_COLUMN: _l("This column is missing. Take the heads from the template."),
    Fault.TWICE_A_COLUMN: _l("This column is there twice. Remove one."),
    Fault.UNKNOWN_COLUMN: _l("No column has this head. Take the heads from the template."),
    Fault.MISSING: _l("This cell is empty and must be filled in."),
    Fault.UNKNOWN_SITE: _l("There is no such site."),
    Fault.SITE_NOT_YOURS: _l("You do not enrol at this site."),
    Fault.UNKNOWN_GROUP: _l("There is no such group."),
    Fault.UNKNOWN_LANGUAGE: _l("The study does not have this language."),
    Fault.NO_SUCH_DAY: _l("There is no such day."),
    Fault.UNCLEAR_DATE: _l("Write dates with the year first, such as 2026-03-05."),
    Fault.FAR_DATE: _l("That is more than ten years from today."),
    Fault.FUTURE: _l("This day has not come yet."),
    Fault.NO_YEAR: _l("Write the year of birth with four digits."),
    Fault.NO_EMAIL: _l("This is no e-mail address."),
    Fault.NO_PHONE: _l("This is no mobile number. Write it like 138 0013 8000."),
    Fault.LANDLINE: _l("A landline takes no text messages. Give a mobile number."),
    Fault.NO_CONSENT: _l("An address or a number needs the day on which the participant agreed."),
    Fault.UNKNOWN_WISH: _l("There is no such way."),
    Fault.REFUSED_WISH: _l("The preferred way is also refused."),
    Fault.BAD_NUMBER: _l("This is no study number of this study; look for a slip in it."),
    Fault.NUMBER_OF_OTHER_SITE: _l("This study number belongs to another site."),
    Fault.TWICE_IN_FILE: _l("The same stands in another line of the file."),
    Fault.STORED_OTHERWISE: _l(
        "This number is enrolled with another site, group, date or year of birth."
    ),
    Fault.CONTACT_OF_OTHER: _l("An enrolled participant has the same."),
}


CHOICES = (
    Fault.UNKNOWN_SITE,
    Fault.SITE_NOT_YOURS,
    Fault.UNKNOWN_GROUP,
    Fault.UNKNOWN_LANGUAGE,
    Fault.UNKNOWN_WISH,
)


@dataclass(frozen=True, kw_only=True)
class MistakeRow:
    """One mistake with its place."""

    line: str
    column: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ColumnRow:
    """One column of the file, and what it takes."""

    head: str
    is_needed: bool
    takes: str


@dataclass(frozen=True, kw_only=True)
class NewRow:
    """One participant who would be enrolled; no contact detail is shown."""

    line: int
    number: str
    site: str
    group: str
    anchor_date: str
    language: str
    birth_year: str
    contact: str
    like: str
    """The number of an enrolled participant with the same facts; empty if there is none."""


@dataclass(frozen=True, kw_only=True)
class ImportPreview:
    """Whom a file would enrol."""

    anchor: str
    rows: tuple[NewRow, ...]
    enrolled: tuple[str, ...]
    """Numbers of those in the file who are enrolled already."""
    was_imported: bool


def head(column: Column) -> str:
    """Return the head of a column in the reader's language."""
    english, chinese = HEADERS[column]
    return chinese if language().startswith("zh") else english


def mistake(found: Mistake) -> MistakeRow:
    """Return a mistake in words."""
    text = str(FAULTS[found.fault])
    if found.fault is Fault.TWICE_IN_FILE:
        text = str(_("The same stands in line %(line)s.", line=found.detail))
    elif found.fault in CHOICES:
        text = str(_("%(mistake)s Choose one of: %(choices)s", mistake=text, choices=found.detail))
    elif found.detail:
        text = f"{text} ({found.detail})"
    return MistakeRow(
        line=str(found.line or ""), column=head(found.column) if found.column else "", text=text
    )


def columns(protocol: Protocol, sites: Sequence[Site]) -> list[ColumnRow]:
    """Return what each column takes."""
    takes = {
        Column.NUMBER: _("Only if it was given elsewhere; otherwise the site's next is given."),
        Column.SITE: ", ".join(site.code for site in sites),
        Column.GROUP: ", ".join(group.code for group in protocol.groups),
        Column.ANCHOR: f"{in_words(protocol.schedule.anchor)}: 2026-03-05",
        Column.LANGUAGE: ", ".join(protocol.languages),
        Column.BIRTH_YEAR: "1951",
        Column.EMAIL: "name@example.org",
        Column.PHONE: "138 0013 8000",
        Column.CONSENT: "2026-03-05",
        Column.WISH: "email, sms, paper",
        Column.REFUSED: "email, sms",
    }
    return [
        ColumnRow(head=head(column), is_needed=column in NEEDED, takes=str(text))
        for column, text in takes.items()
    ]


def preview(protocol: Protocol, plan: Plan) -> ImportPreview:
    """Return whom a file would enrol."""
    like = dict(plan.similar)
    return ImportPreview(
        anchor=in_words(protocol.schedule.anchor),
        rows=tuple(
            NewRow(
                line=one.line,
                number=one.number or "",
                site=in_words(protocol.site(one.site).name),
                group=in_words(protocol.group(one.group).short),
                anchor_date=words.day(one.anchor_date),
                language=words.language_name(one.language),
                birth_year=str(one.birth_year or ""),
                contact=_ways(one.email is not None, one.phone is not None),
                like=like.get(one.line, ""),
            )
            for one in ([] if plan.was_imported else plan.new)
        ),
        enrolled=tuple(number for _line, number in plan.enrolled),
        was_imported=plan.was_imported,
    )


def _ways(has_email: bool, has_phone: bool) -> str:
    ways = [str(_("E-mail"))] * has_email + [str(_("Mobile phone"))] * has_phone
    return ", ".join(ways)
