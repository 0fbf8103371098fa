"""Which column of a file answers which item, and what the texts in it mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan

import numpy as np

from questionnaires.model import Item, Questionnaire
from scoring.answers import allowed_text, is_allowed

BLANK = ("", "NA")
LONGEST_SHOWN = 60
_NUMBERED = re.compile(r"q([0-9]+)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class BadCell:
    """A cell whose text its item does not allow."""

    line: int
    column: str
    item: str
    text: str
    allowed: str

    def __str__(self) -> str:
        column = self.column if self.column == self.item else f"{self.column} (item {self.item})"
        long = len(self.text) > LONGEST_SHOWN
        text = self.text[:LONGEST_SHOWN] + "..." if long else self.text
        return f"line {self.line}, column {column}: {text!r} is not allowed ({self.allowed})"


class Meanings(dict[str, float]):
    """What each text in an item's cells means; a text that occurs again is only looked up.

    A number, NaN for a blank, infinity for what the item does not allow (which is not kept, for
    there is no end to it).
    """

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._item = item

    def __missing__(self, text: str) -> float:
        stripped = text.strip()
        if stripped in BLANK:
            self[text] = nan
            return nan
        if not _NUMBER.fullmatch(stripped):
            return inf
        value = float(stripped)
        if value in self._item.missing_codes:
            self[text] = nan
            return nan
        for code, answer in self._item.read_as:
            value = answer if value == code else value
        if not is_allowed(self._item, np.array([value]))[0]:
            return inf
        self[text] = value
        return value


def allowed_in_cell(item: Item) -> str:
    """Say what a cell of ``item`` may hold."""
    return f"{allowed_text(item)}, or blank"


def scored_items(questionnaire: Questionnaire) -> list[Item]:
    """Return the items that some scale needs, in the definition's order."""
    used = {item for scale in questionnaire.scales for item in scale.items}
    return [item for item in questionnaire.items if item.id in used]


def find_columns(
    questionnaire: Questionnaire, header: Sequence[str]
) -> tuple[dict[str, int], list[str]]:
    """Find the column of every scored item, and say what is wrong with the header.

    A column belongs to the item whose id it has; else to the one whose id differs only in case;
    else, for ids like q7, to the one with its bare number; else to the one with its CDISC code.
    A name that two items share names neither.

    Returns:
        The place of each item's column, by item id, and the problems: items without a column or
        with several, names that occur twice, names that a score would overwrite.
    """
    found: dict[str, list[int]] = {item.id: [] for item in scored_items(questionnaire)}
    items = _items_by_name(questionnaire)
    for place, name in enumerate(header):
        item = items.get(name.strip()) or items.get(name.strip().casefold())
        if item in found:
            found[item].append(place)
    twice = sorted({name for name in header if header.count(name) > 1})
    problems = [f"two columns are named {name!r}" for name in twice]
    for item, places in found.items():
        if not places:
            problems.append(f"no column {item}{_other_names(questionnaire.item(item))}")
        names = [repr(name) for name in dict.fromkeys(header[place] for place in places)]
        if len(names) > 1:
            problems.append(f"columns {' and '.join(names)} are all item {item}; rename one")
    problems += [
        f"column {scale.code} would be overwritten; rename it"
        for scale in questionnaire.scales
        if scale.code in header and scale.code not in found
    ]
    return {item: places[0] for item, places in found.items() if places}, problems


def _items_by_name(questionnaire: Questionnaire) -> dict[str, str]:
    """Return item ids by every name a column may have, folded but for the ids themselves."""
    found = {item.id: item.id for item in questionnaire.items}
    for name_of in (_folded_id, _number, _folded_cdisc):
        names = Counter(name_of(item) for item in questionnaire.items)
        for item in questionnaire.items:
            name = name_of(item)
            if name and names[name] == 1:
                found.setdefault(name, item.id)
    return found


def _folded_id(item: Item) -> str:
    return item.id.casefold()


def _number(item: Item) -> str:
    numbered = _NUMBERED.fullmatch(item.id)
    return numbered[1] if numbered else ""


def _folded_cdisc(item: Item) -> str:
    return (item.cdisc or "").casefold()


def _other_names(item: Item) -> str:
    others = [name for name in (_number(item), item.cdisc) if name]
    return f" (nor {', nor '.join(others)})" if others else ""
