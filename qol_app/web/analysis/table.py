"""The numbers of a trajectory: as rows of the page's table, and as a frame for the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from qol_app.services.trajectories import Trajectory

STATISTICS = ("mean", "sd", "se", "lower", "upper", "median", "q1", "q3", "minimum", "maximum")
NARROW_RANGE = 10
"""Points; a scale whose whole range is narrower shows three decimals instead of one."""
MINUS = "\u2212"
DASH = "\u2013"


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One visit of one group, or of all participants, in words and figures ready to show."""

    visit: str
    n: int
    is_shown: bool
    """False where so few answered that their statistics are withheld."""
    mean: str = ""
    sd: str = ""
    interval: str = ""
    median: str = ""
    quartiles: str = ""
    extent: str = ""


@dataclass(frozen=True, kw_only=True)
class TableGroup:
    """The rows of one group; ``name`` is empty for all participants together."""

    name: str
    rows: tuple[TableRow, ...]


def number(value: float, trajectory: Trajectory) -> str:
    """Return a statistic as text; a dash where there is none."""
    if pd.isna(value):
        return DASH
    narrow = trajectory.scale.high - trajectory.scale.low < NARROW_RANGE
    text = f"{value:.{3 if narrow else 1}f}"
    is_zero = not text.strip("-0.")
    return text.lstrip("-") if is_zero else text.replace("-", MINUS)


def groups(
    trajectory: Trajectory, *, visit_names: Mapping[str, str], group_names: Mapping[str, str]
) -> tuple[TableGroup, ...]:
    """Return the table, groups and visits in the protocol's order."""
    found: dict[str, list[TableRow]] = {}
    for line in trajectory.descriptives.table.to_dict("records"):
        row = _row(line, trajectory, visit_names[str(line["visit"])])
        found.setdefault(str(line["group"]), []).append(row)
    return tuple(
        TableGroup(name=group_names.get(group, ""), rows=tuple(rows))
        for group, rows in found.items()
    )


def _row(line: Mapping[Any, Any], trajectory: Trajectory, visit: str) -> TableRow:
    n = int(str(line["n"]))
    if not line["shown"]:
        return TableRow(visit=visit, n=n, is_shown=False)

    def text(name: str) -> str:
        return number(float(str(line[name])), trajectory)

    def span(low: str, high: str) -> str:
        return str(_("%(low)s to %(high)s", low=text(low), high=text(high)))

    return TableRow(
        visit=visit,
        n=n,
        is_shown=True,
        mean=text("mean"),
        sd=text("sd"),
        interval=span("lower", "upper"),
        median=text("median"),
        quartiles=span("q1", "q3"),
        extent=span("minimum", "maximum"),
    )


def as_frame(trajectory: Trajectory) -> pd.DataFrame:
    """Return the numbers for the file: those of the page, unrounded.

    Statistics that the page withholds are empty; ``withheld`` is then 1.
    """
    frame = trajectory.descriptives.table.copy()
    withheld = ~frame.pop("shown").astype(bool) & (frame["n"] > 0)
    frame.loc[withheld, list(STATISTICS)] = float("nan")
    frame.insert(0, "instrument", trajectory.measure.instrument)
    frame.insert(1, "scale", trajectory.measure.scale)
    frame["withheld"] = withheld.astype("int64")
    return frame
