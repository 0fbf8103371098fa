"""Scale maps: what probing a scoring package tells about the scales of many instruments.

A map is a CSV file with one row per scale: ``instrument``, ``scale``, ``items`` (joined by ``;``),
``item_direction`` (``+`` where a higher answer gives a higher score, ``-`` where it gives a lower
one; joined by ``;``), ``item_range`` (``1-4`` for all, or one per item, joined by blanks),
``min_answered``, ``score_all_lowest``, ``score_all_highest`` and ``source``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

FACIT_RANGE = (0, 4)
"""The range of every FACIT item; no EORTC item has it."""


class ScaleMapInvalid(ValueError):
    """The map cannot be used; the message names instrument, scale and mistake."""


@dataclass(frozen=True, kw_only=True)
class MappedScale:
    """One row of a map."""

    code: str
    items: tuple[str, ...]
    directions: str
    """One ``+`` or ``-`` per item."""
    ranges: tuple[tuple[int, int], ...]
    """Lowest and highest answer of every item."""
    min_answered: int
    lowest: float
    """The score when every item has its lowest answer."""
    highest: float
    source: str

    @property
    def is_facit(self) -> bool:
        """Whether the scale is a sum, as in the FACIT family, and not a 0-100 scale."""
        return self.ranges[0] == FACIT_RANGE

    def turned(self) -> list[str]:
        """Return the items whose high answers give low scores."""
        pairs = zip(self.items, self.directions, strict=True)
        return [item for item, sign in pairs if sign == "-"]


def read_map(path: Path) -> dict[str, list[MappedScale]]:
    """Return the scales of every instrument, in the order of the file.

    Raises:
        ScaleMapInvalid: a row does not hold together.
    """
    found: dict[str, list[MappedScale]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                found.setdefault(row["instrument"], []).append(_scale(row))
            except (KeyError, ValueError) as error:
                raise ScaleMapInvalid(f"{path} line {line}: {error}") from error
    return found


def _scale(row: dict[str, str]) -> MappedScale:
    items = tuple(row["items"].split(";"))
    ranges = [_range(text) for text in row["item_range"].split()]
    scale = MappedScale(
        code=row["scale"],
        items=items,
        directions=row["item_direction"].replace(";", ""),
        ranges=tuple(ranges * len(items) if len(ranges) == 1 else ranges),
        min_answered=int(row["min_answered"]),
        lowest=float(row["score_all_lowest"]),
        highest=float(row["score_all_highest"]),
        source=row["source"],
    )
    if not len(scale.items) == len(scale.directions) == len(scale.ranges):
        raise ValueError(f"{scale.code} needs one direction and one range per item")
    return scale


def _range(text: str) -> tuple[int, int]:
    low, high = text.split("-")
    return int(low), int(high)


def parts(scale: MappedScale, scales: list[MappedScale]) -> list[MappedScale]:
    """Return the scales that together have the items of ``scale``, each once; none if it is no sum.

    A part is no such sum itself.
    """
    inside = [one for one in scales if set(one.items) < set(scale.items) and not parts(one, scales)]
    for size in range(2, len(inside) + 1):
        for chosen in combinations(inside, size):
            items = [item for one in chosen for item in one.items]
            if len(items) == len(scale.items) and set(items) == set(scale.items):
                return list(chosen)
    return []
