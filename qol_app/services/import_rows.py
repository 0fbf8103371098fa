"""Read a file of answers by its map into plain rows, collecting every problem with its place."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NoReturn

from qol_app.domain.answers import parse, visible_items
from qol_app.domain.errors import AnswerOutOfRange, InvalidInput
from qol_app.domain.study import Protocol
from qol_app.services.import_map import Choice, DayColumn, ImportMap, choices, needed_columns
from questionnaires.model import Questionnaire, Value

UTF8_MARK = b"\xef\xbb\xbf"
OTHER_DELIMITERS = ",;\t|"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the file: one participant and visit."""

    line: int
    number: str
    group: str
    site: str
    language: str
    visit: str
    anchor: date
    birth_year: int | None
    died_on: date | None
    withdrew_on: date | None
    answered_on: date | None
    """None if the visit was not done."""
    answers: Mapping[str, Value]
    """Item id to value, None for a blank; empty if the visit was not done. A blank of an item
    that a skip rule hides is left out: it was never seen."""


@dataclass
class Problems:
    """What is wrong with a file, in the order of its lines."""

    name: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, reason: str, column: str | None = None) -> None:
        """Note a problem at a line and, if it lies in one cell, its column."""
        place = f"line {line}, column {column}" if column else f"line {line}"
        self.found.append((line, f"{self.name} {place}: {reason}"))

    def refuse(self) -> None:
        """Raise InvalidInput with all problems, if there are any."""
        if self.found:
            raise InvalidInput([text for _, text in sorted(self.found, key=lambda each: each[0])])


def read_rows(
    content: bytes,
    chosen: ImportMap,
    protocol: Protocol,
    questionnaire: Questionnaire,
    problems: Problems,
) -> list[Row]:
    """Return the rows that can be read; those that cannot are noted in ``problems``.

    Raises:
        InvalidInput: the file as a whole cannot be read (encoding, delimiter, columns).
    """
    lines = _lines(_decoded(content, chosen, problems.name), chosen.delimiter, problems.name)
    header = _header(next(lines, (1, []))[1], chosen, questionnaire, problems.name)
    rows = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.add(line, f"has {len(cells)} cells, the first line has {len(header)}")
            continue
        reader = _RowReader(line, dict(zip(header, cells, strict=True)), chosen, problems)
        row = reader.row(protocol, questionnaire)
        if row is not None:
            rows.append(row)
    _check_together(rows, problems)
    return rows


def _fail(name: str, *reasons: str) -> NoReturn:
    raise InvalidInput([f"{name}: {reason}" for reason in reasons])


def _decoded(content: bytes, chosen: ImportMap, name: str) -> str:
    encoding = chosen.encoding
    if content.startswith(UTF8_MARK) and "utf-8" not in encoding.lower().replace("_", "-"):
        _fail(name, f'is UTF-8, not {encoding}; write encoding = "utf-8" in the map')
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content[:start].count(b"\n") + 1
        _fail(name, f"line {line}: is not {encoding}; name the file's encoding in the map")


def _lines(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line on which it begins; a quoted cell may span lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            _fail(name, f"line {line}: cannot be read ({error}); look for a stray quote")


def _header(
    cells: Sequence[str], chosen: ImportMap, questionnaire: Questionnaire, name: str
) -> list[str]:
    header = [cell.strip() for cell in cells]
    if not any(header):
        _fail(name, "is empty; its first line must name the columns")
    missing = list(dict.fromkeys(needed_columns(chosen, questionnaire)))
    missing = [column for column in missing if column not in header]
    if len(header) == 1 and missing:
        others = [each for each in OTHER_DELIMITERS if each in header[0]]
        if others:
            _fail(name, f'has one column only; write delimiter = "{others[0]}" in the map')
    repeated = sorted({column for column in header if header.count(column) > 1 and column})
    reasons = [f"has no column {column}; correct the map or the file" for column in missing]
    reasons += [f"has the column {column} more than once" for column in repeated]
    if reasons:
        _fail(name, *reasons)
    return header


class _RowReader:
    """Reads one record; every cell that cannot be read is a problem of its own."""

    def __init__(
        self, line: int, cells: Mapping[str, str], chosen: ImportMap, problems: Problems
    ) -> None:
        self.line = line
        self.cells = cells
        self.map = chosen
        self.problems = problems
        self.is_good = True

    def row(self, protocol: Protocol, questionnaire: Questionnaire) -> Row | None:
        """Return the row, or None if anything in it was refused."""
        codes = {
            key: self._code(choice, allowed)
            for key, (choice, allowed) in choices(self.map, protocol).items()
        }
        number, anchor = self._number(), self._anchor()
        birth_year = self._birth_year()
        died_on = self._day(self.map.death, anchor)
        withdrew_on = self._day(self.map.withdrawal, anchor)
        answered_on = self._day(self.map.answered, anchor)
        answers = self._answers(questionnaire)
        undated = not self._cell(self.map.answered.column)
        if undated and any(value is not None for value in answers.values()):
            self._refuse("has answers but no date", self.map.answered.column)
        if not self.is_good or anchor is None:
            return None
        return Row(
            line=self.line,
            number=number,
            anchor=anchor,
            birth_year=birth_year,
            died_on=died_on,
            withdrew_on=withdrew_on,
            answered_on=answered_on,
            answers=answers if answered_on is not None else {},
            **codes,
        )

    def _refuse(self, reason: str, column: str | None = None) -> None:
        self.is_good = False
        self.problems.add(self.line, reason, column)

    def _cell(self, column: str) -> str:
        return self.cells[column].strip()

    def _code(self, choice: Choice, allowed: list[str]) -> str:
        if choice.column is None:
            return choice.value or ""
        raw = self._cell(choice.column)
        code = choice.codes.get(raw, "") if choice.codes else raw
        if code not in allowed:
            known = ", ".join(choice.codes or allowed)
            self._refuse(f"must be one of {known}" if raw else "is empty", choice.column)
        return code

    def _number(self) -> str:
        chosen = self.map.participant
        raw = unicodedata.normalize("NFKC", self._cell(chosen.column))
        if not raw:
            self._refuse("is empty", chosen.column)
        if chosen.width is not None and len(raw) > chosen.width:
            self._refuse(f"is longer than {chosen.width} characters", chosen.column)
        return chosen.prefix + raw.rjust(chosen.width or 0, "0")

    def _anchor(self) -> date | None:
        anchor = self.map.anchor
        if anchor.column is None:
            return anchor.date
        if not self._cell(anchor.column):
            self._refuse("is empty", anchor.column)
            return None
        return self._date(anchor.column, anchor.format)

    def _birth_year(self) -> int | None:
        if self.map.birth_year is None:
            return None
        raw = unicodedata.normalize("NFKC", self._cell(self.map.birth_year.column))
        if raw and not (len(raw) == 4 and raw.isdecimal()):
            self._refuse("must be a year of four digits", self.map.birth_year.column)
            return None
        return int(raw) if raw else None

    def _day(self, source: DayColumn | None, anchor: date | None) -> date | None:
        if source is None or not self._cell(source.column) or anchor is None:
            return None
        if not source.days:
            return self._date(source.column, source.format)
        raw = unicodedata.normalize("NFKC", self._cell(source.column))
        try:
            return anchor + timedelta(days=int(raw))
        except (ValueError, OverflowError):
            self._refuse("must be a whole number of days", source.column)
            return None

    def _date(self, column: str, form: str) -> date | None:
        raw = unicodedata.normalize("NFKC", self._cell(column))
        try:
            return datetime.strptime(f"{raw} +0000", f"{form} %z").date()
        except ValueError:
            self._refuse(f"must be a date written {form}", column)
            return None

    def _answers(self, questionnaire: Questionnaire) -> dict[str, Value]:
        answers: dict[str, Value] = {}
        for item in questionnaire.items:
            column = self.map.items.column(item.id)
            text = self.map.items.recoded(item.id, self.cells[column])
            try:
                answers[item.id] = parse(item, text)
            except AnswerOutOfRange as error:
                self._refuse(str(error).removeprefix(f"{item.id}: "), column)
        shown = frozenset(visible_items(questionnaire, answers))
        return {
            item: value for item, value in answers.items() if value is not None or item in shown
        }


def _check_together(rows: Sequence[Row], problems: Problems) -> None:
    """Note rows that contradict one another: a visit twice, a participant in two groups."""
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        first = seen.setdefault((row.number, row.visit), row)
        if first is not row:
            reason = f"participant {row.number} has visit {row.visit} on lines {first.line} and"
            for line in (first.line, row.line):
                problems.add(line, f"{reason} {row.line}; keep one of them")
    for number, own in by_participant(rows).items():
        for fact in ("group", "site", "language", "anchor", "birth_year"):
            _check_same(number, fact, own, problems)
    if len({len(row.number) for row in rows}) > 1:
        raise InvalidInput(
            [f"{problems.name}: study numbers must have one width; set participant.width"]
        )


def _check_same(number: str, fact: str, own: Sequence[Row], problems: Problems) -> None:
    first = own[0]
    for row in own[1:]:
        if getattr(row, fact) != getattr(first, fact):
            words = fact.replace("_", " ")
            problems.add(row.line, f"{words} of {number} differs from line {first.line}")


def by_participant(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows of each participant, in the order of the file."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(row)
    return found
