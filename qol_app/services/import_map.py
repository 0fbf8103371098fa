"""The map of an import: which column of a file means what. Read from TOML, checked at once.

``studies/qlq-c30-two-arms.map.toml`` explains every key.
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from qol_app.domain.errors import InvalidInput
from qol_app.domain.study import Protocol, Strict
from qol_app.domain.study_problems import file_key, shown
from questionnaires.model import Questionnaire

Name = Annotated[str, Field(min_length=1)]
"""The name of a column, as in the file's first line."""
Day = date  # pydantic cannot read ``date | None`` beside a field named ``date``
Codes = dict[str, str]
"""From a value in the file to the value that it stands for."""


class ParticipantColumn(Strict):
    """How the file's ids become study numbers of one width."""

    column: Name
    prefix: str = ""
    width: int | None = Field(default=None, ge=1, le=32)
    """Ids are filled with zeros on the left to this many characters."""


class Choice(Strict):
    """A code: the same for all rows (``value``), or from a column, recoded by ``codes``."""

    value: Name | None = None
    column: Name | None = None
    codes: Codes = Field(default_factory=dict)
    """If any are given, a value that is not among them is refused."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.value is None) == (self.column is None):
            raise ValueError("must have either value or column")
        return self

    def results(self) -> tuple[str, ...]:
        """Return the codes that are known beforehand to come out."""
        return (self.value,) if self.value is not None else tuple(self.codes.values())


class Anchor(Strict):
    """The date from which days are counted: one for all, or from a column."""

    date: Day | None = None
    column: Name | None = None
    format: str = "%Y-%m-%d"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.date is None) == (self.column is None):
            raise ValueError("must have either date or column")
        return self


class DayColumn(Strict):
    """A date: written in ``format``, or a number of days from the anchor (``days = true``)."""

    column: Name
    format: str = "%Y-%m-%d"
    days: bool = False


class EventColumn(DayColumn):
    """The day of a participant's event; rows of one participant may be told to disagree."""

    disagreement: Literal["refuse", "earliest", "latest"] = "refuse"


class YearColumn(Strict):
    """A year of four digits."""

    column: Name


class Items(Strict):
    """How answers are written: column names, recoded values, codes for missing."""

    columns: Codes = Field(default_factory=dict)
    """Item id to column name, where the two differ."""
    missing: tuple[str, ...] = ()
    """What stands for no answer, besides an empty cell."""
    codes: Codes = Field(default_factory=dict)
    """Recoding of all items; other values are kept."""
    codes_of: dict[str, Codes] = Field(default_factory=dict)
    """Recoding of single items, instead of ``codes``."""

    def column(self, item: str) -> str:
        """Return the column of an item."""
        return self.columns.get(item, item)

    def recoded(self, item: str, raw: str) -> str:
        """Return a cell's text as an answer's text; empty for no answer."""
        text = raw.strip()
        if text in self.missing:
            return ""
        return self.codes_of.get(item, self.codes).get(text, text)


class ImportMap(Strict):
    """Everything that has to be known to read one file of answers to one instrument."""

    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    instrument: str
    version: str
    participant: ParticipantColumn
    group: Choice
    site: Choice
    visit: Choice
    language: Choice
    anchor: Anchor
    answered: DayColumn
    items: Items = Field(default_factory=Items)
    birth_year: YearColumn | None = None
    death: EventColumn | None = None
    withdrawal: EventColumn | None = None

    @field_validator("encoding")
    @classmethod
    def _encoding_is_known(cls, encoding: str) -> str:
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise ValueError("is not a known encoding, such as utf-8 or gb18030") from None
        return encoding


def read_map(path: Path) -> ImportMap:
    """Read a map, encoded in UTF-8.

    Raises:
        InvalidInput: the file cannot be read or has mistakes; all are listed with their keys.
    """
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
        return ImportMap.model_validate(document)
    except ValidationError as invalid:
        problems = [_problem(error) for error in invalid.errors(include_url=False)]
    except OSError as error:
        problems = [f"the file cannot be read ({error.strerror})"]
    except UnicodeDecodeError:
        problems = ["is not UTF-8; save the map in that encoding"]
    except tomllib.TOMLDecodeError as error:
        problems = [f"is not TOML: {error}"]
    raise InvalidInput([f"{path.name}: {problem}" for problem in problems])


def _problem(error: ErrorDetails) -> str:
    key = file_key(list(error["loc"]))
    if error["type"] == "missing":
        return f"{key}: is missing; add it"
    if error["type"] == "extra_forbidden":
        return f"{key}: is not a key of import maps; remove it"
    message = error["msg"].removeprefix("Value error, ")
    return f"{key}: {message[:1].lower()}{message[1:]} (got {shown(error['input'])})"


def check_map(
    chosen: ImportMap, protocol: Protocol, questionnaire: Questionnaire | None, *, name: str
) -> Questionnaire:
    """Return the questionnaire, or refuse a map that does not fit the study.

    Args:
        chosen: The map.
        protocol: The study's protocol in force.
        questionnaire: The instrument as the study uses it; None if it does not.
        name: The map's file name, put before each problem.

    Raises:
        InvalidInput: names every key whose codes the study does not have.
    """
    problems = []
    if questionnaire is None:
        used = ", ".join(f"{use.id} {use.version}" for use in protocol.instruments)
        problems.append(
            f"instrument: the study has no {chosen.instrument} {chosen.version}: {used}"
        )
    else:
        ids = {item.id for item in questionnaire.items}
        for key, given in (("columns", chosen.items.columns), ("codes_of", chosen.items.codes_of)):
            problems += [
                f"items.{key}.{i}: {questionnaire.id} has no such item"
                for i in given
                if i not in ids
            ]
    for key, choice, allowed in _code_lists(chosen, protocol):
        problems += [
            f"{key}: {code} is not one of {', '.join(allowed)}"
            for code in choice.results()
            if code not in allowed
        ]
    if questionnaire is None or problems:
        raise InvalidInput([f"{name}: {problem}" for problem in problems])
    return questionnaire


def _code_lists(chosen: ImportMap, protocol: Protocol) -> list[tuple[str, Choice, list[str]]]:
    visits = [v.code for v in protocol.schedule.visits if chosen.instrument in v.instruments]
    return [
        ("group", chosen.group, [group.code for group in protocol.groups]),
        ("site", chosen.site, [site.code for site in protocol.sites]),
        ("visit", chosen.visit, visits),
        ("language", chosen.language, list(protocol.languages)),
    ]


def choices(chosen: ImportMap, protocol: Protocol) -> Mapping[str, tuple[Choice, list[str]]]:
    """Return the coded facts of a row: name to where it comes from and its allowed codes."""
    return {key: (choice, allowed) for key, choice, allowed in _code_lists(chosen, protocol)}


def needed_columns(chosen: ImportMap, questionnaire: Questionnaire) -> list[str]:
    """Return the columns that the file must have, in the order of the map."""
    sources = (
        chosen.participant,
        chosen.group,
        chosen.site,
        chosen.visit,
        chosen.language,
        chosen.anchor,
        chosen.answered,
        chosen.birth_year,
        chosen.death,
        chosen.withdrawal,
    )
    facts = [source.column for source in sources if source is not None and source.column]
    return [*facts, *(chosen.items.column(item.id) for item in questionnaire.items)]
