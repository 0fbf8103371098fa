"""Trajectories as plotly figures, plain JSON values: what is seen, without decoration.

Groups are told apart by hue, line and marker, so they survive greyscale and colour blindness; a
group keeps its look everywhere. The numbers of answers stand under the axis in the group's colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from qol_app.analysis.descriptives import Descriptives

Theme = Literal["light", "dark"]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How one group is drawn: Okabe-Ito hues on light and dark paper, line, marker."""

    light: str
    dark: str
    dash: str
    symbol: str


LOOKS = (
    Look(light="#0072B2", dark="#56B4E9", dash="solid", symbol="circle"),
    Look(light="#D55E00", dark="#F0894A", dash="dash", symbol="square"),
    Look(light="#007A5A", dark="#35C49A", dash="dot", symbol="diamond"),
    Look(light="#A6487F", dark="#E29CC4", dash="dashdot", symbol="triangle-up"),
)
INK: dict[Theme, str] = {"light": "#23302d", "dark": "#e6ebe8"}
SOFT: dict[Theme, str] = {"light": "#56635f", "dark": "#a9b5b0"}
GRID: dict[Theme, str] = {"light": "rgba(35,48,45,0.12)", "dark": "rgba(230,235,232,0.14)"}
BAND: dict[Theme, str] = {"light": "rgba(35,48,45,0.06)", "dark": "rgba(230,235,232,0.08)"}

DODGE = 0.13
"""Distance between the points of two groups at one visit, in visits."""


@dataclass(frozen=True, kw_only=True)
class ChartLabels:
    """All words of a figure."""

    title: str
    x_axis: str
    y_axis: str
    visits: Mapping[str, str]
    groups: Mapping[str, str]
    direction: str
    n: str
    short_visits: Mapping[str, str] = field(default_factory=dict)
    """Shorter names for narrow figures, where there are any."""


def trajectory_figure(
    descriptives: Descriptives,
    *,
    labels: ChartLabels,
    theme: Theme = "light",
    compact: bool = False,
    extent: tuple[float, float] = (0, 100),
    threshold: float | None = None,
) -> dict[str, Any]:
    """Draw means with 95% intervals by visit, one line per group.

    Cells with few answers are left out and leave a gap: no line crosses a visit without a mean.

    Args:
        descriptives: What to draw; for a change the axis is symmetrical about zero.
        labels: All words.
        theme: For light or dark paper; the paper itself stays transparent.
        compact: For narrow pages.
        extent: Lowest and highest possible score.
        threshold: Points of change; drawn as a faint band about zero, a guide to the eye.

    Returns:
        ``{"data": [...], "layout": {...}}``, plain JSON values.
    """
    table = descriptives.table
    groups = list(dict.fromkeys(table["group"]))
    places = {visit: place for place, visit in enumerate(dict.fromkeys(table["visit"]))}
    traces = [
        _trace(table[table["group"] == group], group, number, len(groups), places, labels, theme)
        for number, group in enumerate(groups)
    ]
    is_change = descriptives.value == "change"
    return {
        "data": traces,
        "layout": {
            **_frame(theme, compact, len(groups)),
            "xaxis": _x_axis(places, labels, theme, compact),
            "yaxis": _y_axis(table, labels, theme, extent, is_change=is_change),
            "annotations": [
                *_counts(table, groups, places, labels, theme, compact),
                *([] if compact else _names(table, groups, places, labels, theme)),
                _direction(labels, theme),
            ],
            "shapes": _band(threshold, theme) if is_change else [],
            "showlegend": compact and len(groups) > 1,
        },
    }


def _look(number: int, theme: Theme) -> tuple[str, Look]:
    look = LOOKS[number % len(LOOKS)]
    return (look.dark if theme == "dark" else look.light), look


def _shift(number: int, count: int) -> float:
    return (number - (count - 1) / 2) * DODGE


def _trace(
    rows: pd.DataFrame,
    group: str,
    number: int,
    count: int,
    places: Mapping[str, int],
    labels: ChartLabels,
    theme: Theme,
) -> dict[str, Any]:
    colour, look = _look(number, theme)
    seen = rows["mean"].where(rows["shown"])
    name = labels.groups.get(group, group)
    half = (rows["upper"] - rows["mean"]).where(rows["shown"])
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [places[visit] + _shift(number, count) for visit in rows["visit"]],
        "y": _plain(seen),
        "connectgaps": False,
        "cliponaxis": False,
        "line": {"color": colour, "width": 2.5, "dash": look.dash},
        "marker": {"color": colour, "size": 8, "symbol": look.symbol},
        "error_y": {
            "type": "data",
            "array": _plain(half),
            "thickness": 1.25,
            "width": 0,
            "color": colour,
        },
        "customdata": [[group, row.visit, row.n] for row in rows.itertuples()],
        "text": [labels.visits.get(visit, visit) for visit in rows["visit"]],
        "hovertemplate": f"%{{text}}<br>%{{y:.1f}}<br>{labels.n} = %{{customdata[2]}}"
        f"<extra>{name}</extra>",
    }


def _plain(values: pd.Series[Any]) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in values]


def _frame(theme: Theme, compact: bool, count: int) -> dict[str, Any]:
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "inherit", "size": 13 if compact else 15, "color": INK[theme]},
        "hoverlabel": {"font": {"size": 14}},
        "height": (400 if compact else 460) + 22 * count,
        "margin": {
            "l": 44 if compact else 64,
            "r": 12 if compact else 150,
            "t": 44,
            "b": 64 + 22 * count,
        },
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "xanchor": "left"},
    }


def _x_axis(
    places: Mapping[str, int], labels: ChartLabels, theme: Theme, compact: bool
) -> dict[str, Any]:
    names = {**labels.visits, **(labels.short_visits if compact else {})}
    every = 2 if compact and len(places) > 5 else 1
    ticks = list(places.items())[::every]
    return {
        "tickvals": [place for _, place in ticks],
        "ticktext": [names.get(visit, visit) for visit, _ in ticks],
        "range": [-0.4, len(places) - 0.6],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "tickangle": 0,
        "tickfont": {"color": SOFT[theme], "size": 11 if compact else 13},
    }


def _y_axis(
    table: pd.DataFrame,
    labels: ChartLabels,
    theme: Theme,
    extent: tuple[float, float],
    *,
    is_change: bool,
) -> dict[str, Any]:
    low, high = extent
    if is_change:
        seen = table.loc[table["shown"], ["lower", "upper"]].abs().max().max()
        reach = (high - low) * 0.1 if pd.isna(seen) else max(float(seen) * 1.1, (high - low) * 0.1)
        low, high = -reach, reach
    return {
        "title": {"text": labels.y_axis, "standoff": 8, "font": {"size": 13}},
        "range": [low, high],
        "gridcolor": GRID[theme],
        "zeroline": is_change,
        "zerolinecolor": SOFT[theme],
        "zerolinewidth": 1.5,
        "fixedrange": True,
        "tickfont": {"color": SOFT[theme]},
    }


def _counts(
    table: pd.DataFrame,
    groups: list[str],
    places: Mapping[str, int],
    labels: ChartLabels,
    theme: Theme,
    compact: bool,
) -> list[dict[str, Any]]:
    """Return the numbers of answers, a row per group under the visits."""
    found = []
    for number, group in enumerate(groups):
        colour, _ = _look(number, theme)
        base = {
            "yref": "paper",
            "y": 0,
            "yshift": -44 - 22 * number,
            "showarrow": False,
            "font": {"color": colour, "size": 11 if compact else 13},
        }
        found.append(
            {**base, "xref": "paper", "x": 0, "xshift": -14, "text": labels.n, "xanchor": "right"}
        )
        rows = table[table["group"] == group]
        for visit, n in zip(rows["visit"], rows["n"], strict=True):
            found.append({**base, "xref": "x", "x": places[visit], "text": str(n)})
    return found


def _names(
    table: pd.DataFrame,
    groups: list[str],
    places: Mapping[str, int],
    labels: ChartLabels,
    theme: Theme,
) -> list[dict[str, Any]]:
    """Return the groups' names at the ends of their lines, kept apart where lines meet."""
    ends = []
    for number, group in enumerate(groups):
        rows = table[(table["group"] == group) & table["shown"]]
        if len(groups) > 1 and not rows.empty:
            ends.append((float(rows["mean"].iloc[-1]), rows["visit"].iloc[-1], number, group))
    found = []
    for rank, (mean, visit, number, group) in enumerate(sorted(ends)):
        colour, _ = _look(number, theme)
        found.append(
            {
                "x": places[visit] + _shift(number, len(groups)),
                "y": mean,
                "xshift": 12,
                "yshift": 12 * (2 * rank - (len(ends) - 1)),
                "xanchor": "left",
                "showarrow": False,
                "text": labels.groups.get(group, group),
                "font": {"color": colour, "size": 14},
                "align": "left",
            }
        )
    return found


def _direction(labels: ChartLabels, theme: Theme) -> dict[str, Any]:
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 22,
        "showarrow": False,
        "text": labels.direction,
        "font": {"color": SOFT[theme], "size": 13},
    }


def _band(threshold: float | None, theme: Theme) -> list[dict[str, Any]]:
    if threshold is None:
        return []
    return [
        {
            "type": "rect",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": -threshold,
            "y1": threshold,
            "fillcolor": BAND[theme],
            "line": {"width": 0},
            "layer": "below",
        }
    ]
