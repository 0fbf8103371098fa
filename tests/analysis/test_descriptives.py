"""Means, intervals and changes from baseline, worked by hand."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

from qol_app.analysis.descriptives import change_from_baseline, describe
from qol_app.analysis.frames import FrameInvalid
from tests.analysis.frames import VISITS, frame

SIX = {
    ("001", "A"): [50, 60, None],
    ("002", "A"): [60, 70, 40],
    ("003", "A"): [70, 80, None],
    ("004", "A"): [80, 60, None],
    ("005", "A"): [90, 90, None],
    ("006", "B"): [None, 40, 30],
}


def cell(table: pd.DataFrame, group: str, visit: str) -> pd.Series:
    return table[(table["group"] == group) & (table["visit"] == visit)].iloc[0]


def test_mean_and_interval_of_five_scores() -> None:
    described = describe(frame(SIX), by_group=True, value="score", visits=VISITS)
    baseline = cell(described.table, "A", "baseline")
    assert baseline["n"] == 5
    assert baseline["mean"] == 70
    assert baseline["sd"] == pytest.approx(15.811388300841896)
    assert baseline["se"] == pytest.approx(7.0710678118654755)
    assert baseline["lower"] == pytest.approx(50.3675684, abs=1e-6)
    assert baseline["upper"] == pytest.approx(89.6324316, abs=1e-6)
    assert (baseline["q1"], baseline["median"], baseline["q3"]) == (60, 70, 80)


def test_every_scheduled_visit_is_a_row_with_or_without_data() -> None:
    described = describe(frame(SIX), by_group=True, value="score", visits=VISITS)
    assert list(zip(described.table["group"], described.table["visit"], strict=True)) == [
        ("A", "baseline"), ("A", "m3"), ("A", "m6"), ("B", "baseline"), ("B", "m3"), ("B", "m6"),
    ]  # fmt: skip
    nobody = cell(described.table, "B", "baseline")
    assert nobody["n"] == 0
    assert pd.isna(nobody["mean"])


def test_a_cell_with_fewer_than_five_answers_is_not_shown() -> None:
    described = describe(frame(SIX), by_group=True, value="score", visits=VISITS)
    assert list(described.table["shown"]) == [True, True, False, False, False, False]
    assert "A, m6: only 1 answered, no mean shown" in described.warnings


def test_one_answer_has_no_interval() -> None:
    described = describe(frame(SIX), by_group=True, value="score", visits=VISITS)
    alone = cell(described.table, "A", "m6")
    assert alone["mean"] == 40
    assert pd.isna(alone["sd"])
    assert pd.isna(alone["lower"])


def test_pooled_means_know_no_group() -> None:
    described = describe(frame(SIX), by_group=False, value="score", visits=VISITS)
    assert set(described.table["group"]) == {"all"}
    assert cell(described.table, "all", "m3")["n"] == 6


def test_change_needs_both_scores() -> None:
    described = describe(frame(SIX), by_group=True, value="change", visits=VISITS)
    assert list(described.table["visit"].unique()) == ["m3", "m6"]
    assert cell(described.table, "A", "m3")["mean"] == 2
    assert cell(described.table, "A", "m6")["n"] == 1
    assert cell(described.table, "A", "m6")["mean"] == -20


def test_a_missing_baseline_is_never_replaced_by_a_later_visit() -> None:
    changes = change_from_baseline(frame(SIX)).set_index(["participant", "visit"])["change"]
    assert pd.isna(changes["006", "m3"])
    assert pd.isna(changes["006", "m6"])
    described = describe(frame(SIX), by_group=True, value="change", visits=VISITS)
    assert cell(described.table, "B", "m6")["n"] == 0
    assert described.without_baseline == {"B": 1}


def test_the_order_of_rows_changes_nothing() -> None:
    sorted_rows = describe(frame(SIX), by_group=True, value="change", visits=VISITS)
    mixed = frame(SIX).sample(frac=1, random_state=7)
    again = describe(mixed, by_group=True, value="change", visits=VISITS)
    pd.testing.assert_frame_equal(sorted_rows.table, again.table)


def test_two_rows_for_one_form_are_refused() -> None:
    doubled = pd.concat([frame(SIX), frame(SIX).head(1)], ignore_index=True)
    with pytest.raises(FrameInvalid, match="two rows for 001 / baseline"):
        describe(doubled, by_group=True, value="score", visits=VISITS)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(FrameInvalid, match="no column visit_number, month"):
        describe(
            frame(SIX).drop(columns=["visit_number", "month"]),
            by_group=True,
            value="score",
            visits=VISITS,
        )


@pytest.mark.parametrize("package", ["qol_app.analysis.descriptives", "qol_app.analysis.charts"])
def test_analysis_needs_neither_web_nor_database(package: str) -> None:
    code = f"import sys, {package}; print({{'flask', 'sqlalchemy', 'plotly'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
