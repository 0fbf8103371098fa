"""Wherever the plan's threshold shows: the step, what it needs, its kind, source and confidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qol_app.db.session import Sessions
from qol_app.domain.study import Measure
from qol_app.services.trajectories import Shown, Trajectory, trajectory
from qol_app.web.analysis import figures, threshold_words
from qol_app.web.analysis.sentences import Names
from tests import builders
from tests.web.conftest import World

PAGE = "/studies/example/trajectories"
Of = Callable[[str, str], Trajectory]


@pytest.fixture
def of(app: Flask, sessions: Sessions, now: datetime) -> Iterator[Of]:
    """Give a scale of the trial's instruments."""
    with sessions.write() as session:
        study = builders.study(session, now, "nct06449937")
        session.commit()

        def make(instrument: str, scale: str) -> Trajectory:
            measure = Measure(instrument=instrument, scale=scale)
            return trajectory(session, study, measure, shown=Shown.CHANGE, grouped=False)

        yield make


def line(app: Flask, given: Trajectory, language: str = "en") -> str:
    with app.test_request_context(headers={"Accept-Language": language}):
        return threshold_words.line(given)


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        ("QL2", "One step of this scale: 8.33; 10 points need 2 steps (16.67)."),
        ("PF2", "One step of this scale: 6.67; 10 points need 2 steps (13.33)."),
        ("RF2", "One step of this scale: 16.67; 10 points need 1 step (16.67)."),
        ("DY", "One step of this scale: 33.33; 10 points need 1 step (33.33)."),
    ],
)
def test_the_line_says_what_ten_points_need(app: Flask, of: Of, scale: str, words: str) -> None:
    rule = "Individual change: 10-point rule (from memory, not checked)."
    assert line(app, of("eortc-qlq-c30", scale)) == f"{words} {rule}"


def test_the_band_about_a_mean_is_the_plan_s_own_number_not_one_patient_s_steps(
    app: Flask, of: Of
) -> None:
    given = of("eortc-qlq-c30", "QL2")
    names = Names(scale="QL2", visits={"baseline": "Baseline"}, groups={})
    with app.test_request_context(headers={"Accept-Language": "en"}):
        drawn = figures.variants(given, Shown.CHANGE, names)
        words = " ".join(threshold_words.method(given, Shown.CHANGE))
        of_scores = " ".join(threshold_words.method(given, Shown.SCORE))
    (band,) = drawn["light"]["wide"]["layout"]["shapes"]
    assert (band["y0"], band["y1"]) == (-10, 10)
    assert "The band about zero is 10 points wide on each side" in words
    assert "band" not in of_scores


def test_the_line_speaks_chinese(app: Flask, of: Of) -> None:
    assert line(app, of("eortc-qlq-c30", "QL2"), "zh-CN") == (
        "本维度一级为 8.33 分；达到 10 分需变化 2 级（16.67 分）。"
        "个体变化：10 分规则（凭记忆记录，未经核对）。"
    )


def test_uneven_steps_are_called_the_smallest_and_nobody_backs_the_summary(
    app: Flask, of: Of
) -> None:
    assert line(app, of("eortc-qlq-c30", "SUMSC")) == (
        "Smallest step of this scale: 0.043; 10 points need a change of 10. "
        "Individual change: set by the analysis plan; no published source kept here."
    )


def test_a_difference_of_means_never_backs_a_change_of_one_patient(app: Flask, of: Of) -> None:
    assert line(app, of("eq-5d-5l", "VAS")) == (
        "One step of this scale: 1; 10 points need 10 steps (10). "
        "Individual change: set by the analysis plan; no published source kept here."
    )


def test_where_the_threshold_does_not_apply_only_the_step_is_said(app: Flask, of: Of) -> None:
    assert line(app, of("eq-5d-5l", "LSS")) == "One step of this scale: 1."
    assert line(app, of("eq-5d-5l", "INDEX")) == "This scale has no fixed step."


def test_the_three_kinds_are_told_apart_each_with_source_and_confidence(app: Flask, of: Of) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        lines = threshold_words.published(of("eortc-qlq-c30", "FA"))
    assert lines == (
        "One time, clinical importance: above 39; Giesinger et al. 2020, as in "
        "NJHubel/BALANCE-ML b220c6b (EORTC grant 007-2022); people with cancer; one source.",
        "Individual change: 10; Custom after Osoba et al., J Clin Oncol 1998;16:139-144; "
        "people with cancer; from memory, not checked.",
        "Mean change within a group: better by 6 to 18, worse by 5 to 11; Musoro et al. 2020, "
        "PMID 32767619 (abstract); advanced colorectal cancer under chemotherapy; one source; "
        "range over the scales, not this scale's own value.",
        "Mean difference between groups: better by 5 to 15, worse by 4 to 10; Musoro et al. "
        "2020, PMID 32767619 (abstract); advanced colorectal cancer under chemotherapy; one "
        "source; range over the scales, not this scale's own value.",
    )


def test_the_index_shows_the_difference_of_the_study_s_own_value_set(app: Flask, of: Of) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        (only,) = threshold_words.published(of("eq-5d-5l", "INDEX"))
    assert only.startswith("均值差异：0.069；McClure et al. 2017；")
    assert "凭记忆记录，未经核对" in only


def test_the_line_stands_under_the_chart(
    as_user: Callable[[str], FlaskClient], answered: World
) -> None:
    client = as_user("analyst")
    page = client.get(PAGE, query_string={"measure": "daily-life-check:DAY"}).text
    found = re.search(r'<p id="threshold">(.*?)</p>', page)
    assert found is not None
    assert found[1] == (
        "One step of this scale: 1; 10 points need 10 steps (10). "
        "Individual change: set by the analysis plan; no published source kept here."
    )
    assert "Threshold: 10 points of one patient&#39;s change; exactly so many count." in page
    assert "published-thresholds" not in page
