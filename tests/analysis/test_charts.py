"""What a reader of a trajectory sees, read from the figure's own data."""

from __future__ import annotations

import json
from typing import Any

from qol_app.analysis.charts import ChartLabels, trajectory_figure
from qol_app.analysis.descriptives import describe
from tests.analysis.frames import VISITS, frame

LABELS = ChartLabels(
    title="",
    x_axis="随访",
    y_axis="平均分",
    visits={"baseline": "基线", "m3": "3个月", "m6": "6个月"},
    groups={"A": "第一组", "B": "第二组"},
    direction="分数越高越好",
    n="例数",
)
SCORES = {(f"{i:03}", "A"): [50 + i, None if i > 3 else 60, 70] for i in range(1, 7)} | {
    (f"{i:03}", "B"): [40, 45, 50 + i] for i in range(11, 17)
}


def figure(value: str = "score", **options: Any) -> dict[str, Any]:
    described = describe(frame(SCORES), by_group=True, value=value, visits=VISITS)
    return trajectory_figure(described, labels=LABELS, **options)


def test_a_withheld_mean_is_a_gap_that_no_line_crosses() -> None:
    first = figure()["data"][0]
    assert first["y"] == [53.5, None, 70.0]
    assert first["connectgaps"] is False


def test_the_numbers_of_answers_stand_under_every_visit_of_every_group() -> None:
    texts = [note["text"] for note in figure()["layout"]["annotations"]]
    assert texts[:8] == ["例数", "6", "3", "6", "例数", "6", "6", "6"]


def test_groups_differ_by_more_than_colour() -> None:
    first, second = figure()["data"]
    assert first["line"]["color"] == "#0072B2"
    assert second["line"]["color"] == "#D55E00"
    assert first["line"]["dash"] != second["line"]["dash"]
    assert first["marker"]["symbol"] != second["marker"]["symbol"]


def test_scores_are_drawn_on_the_whole_scale_and_changes_about_zero() -> None:
    assert figure()["layout"]["yaxis"]["range"] == [0, 100]
    low, high = figure("change")["layout"]["yaxis"]["range"]
    assert low == -high


def test_the_threshold_is_a_band_on_changes_only() -> None:
    band = figure("change", threshold=10)["layout"]["shapes"][0]
    assert (band["y0"], band["y1"]) == (-10, 10)
    assert figure("score", threshold=10)["layout"]["shapes"] == []


def test_the_direction_is_said_in_words() -> None:
    assert LABELS.direction in [note["text"] for note in figure()["layout"]["annotations"]]


def test_a_figure_is_plain_json() -> None:
    for theme in ("light", "dark"):
        for compact in (False, True):
            assert json.loads(json.dumps(figure(theme=theme, compact=compact), allow_nan=False))
