"""A trajectory as plotly figures: for wide and narrow pages, light and dark."""

from __future__ import annotations

from typing import Any, Literal

from flask_babel import gettext as _

from qol_app.analysis.charts import ChartLabels, trajectory_figure
from qol_app.services.trajectories import Shown, Trajectory
from qol_app.web.analysis import sentences
from qol_app.web.analysis.sentences import Names

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")


def variants(trajectory: Trajectory, shown: Shown, names: Names) -> dict[str, dict[str, Any]]:
    """Return the figure for each theme and width: ``{"light": {"wide": ..., "narrow": ...}}``."""
    labels = ChartLabels(
        title="",
        x_axis=_("Visit"),
        y_axis=_("Mean change from baseline") if shown is Shown.CHANGE else _("Mean score"),
        visits=names.visits,
        groups=names.groups or {"all": _("All")},
        direction=sentences.direction(trajectory),
        n="n",
    )
    return {
        theme: {
            name: trajectory_figure(
                trajectory.descriptives,
                labels=labels,
                theme=theme,
                compact=compact,
                extent=(trajectory.scale.low, trajectory.scale.high),
                threshold=trajectory.threshold,
            )
            for name, compact in (("wide", False), ("narrow", True))
        }
        for theme in THEMES
    }
