"""The steps of a scale are those of its items: hand-worked values, and agreement with scores."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from questionnaires import available, load
from questionnaires.model import AnswerType, Direction, Item, Questionnaire, Scale
from scoring import modules, score
from scoring.steps import attainable_scores, attainable_step, is_even, smallest_step

BUILT = {module.id for module in modules()}
STEPPED = [
    pytest.param(name, version, scale.code, id=f"{name} {version} {scale.code}")
    for name, version in available()
    for scale in load(name, version).scales
    if scale.module in BUILT and attainable_scores(load(name, version), scale.code) is not None
]


def form(module: str, codes: dict[str, tuple[int, ...]], **options: Any) -> Questionnaire:
    """A form of one scale over all its items."""
    items = tuple(
        Item(id=name, type=AnswerType.ONE_OF, codes=each, options="levels")
        for name, each in codes.items()
    )
    scale = Scale(
        code="S",
        items=tuple(codes),
        module=module,
        direction=Direction.BETTER,
        low=0,
        high=100,
        options=options,
    )
    return Questionnaire(
        id="form",
        version="1",
        hash="",
        items=items,
        pages=(),
        skips=(),
        scales=(scale,),
        licence="own",
        sources=(),
        confirmed=True,
        cdisc_category=None,
        document={},
    )


@pytest.mark.parametrize(
    ("instrument", "scale", "step"),
    [
        pytest.param("eortc-qlq-c30", "PF2", Fraction(20, 3), id="five items of range 3"),
        pytest.param("eortc-qlq-c30", "QL2", Fraction(25, 3), id="two items of range 6"),
        pytest.param("eortc-qlq-c30", "EF", Fraction(25, 3), id="four items of range 3"),
        pytest.param("eortc-qlq-c30", "RF2", Fraction(50, 3), id="two items of range 3"),
        pytest.param("eortc-qlq-c30", "FA", Fraction(100, 9), id="three items of range 3"),
        pytest.param("eortc-qlq-c30", "DY", Fraction(100, 3), id="one item of range 3"),
        pytest.param("phq-9", "total", Fraction(1), id="a prorated sum"),
        pytest.param("who-5", "score", Fraction(4), id="a sum times four"),
        pytest.param("eq-5d-5l", "LSS", Fraction(1), id="a sum"),
        pytest.param("eq-5d-5l", "VAS", Fraction(1), id="whole numbers"),
        pytest.param("daily-life-check", "SLEEP", Fraction(1, 10), id="hours with one decimal"),
        pytest.param("rand-36", "RE", Fraction(100, 3), id="three items of 0 or 100"),
        pytest.param("rand-36", "PF", Fraction(5), id="ten items of 0, 50 or 100"),
        pytest.param(
            "promis-29",
            "PF",
            Fraction(11, 10),
            id="a table: 35.6 less 34.4 is 1.2, 36.7 less 35.6 is 1.1",
        ),
        pytest.param("eq-5d-5l", "INDEX", None, id="a value set has no fixed step"),
        pytest.param("eq-5d-5l", "PROFILE", None, id="a profile has none"),
        pytest.param("promis-global-health", "GPH", None, id="an item response model has none"),
        pytest.param("cdc-hrqol-4", "unhealthy_days", None, id="a formula has none"),
    ],
)
def test_the_step_is_that_of_the_items(instrument: str, scale: str, step: Fraction | None) -> None:
    assert attainable_step(load(instrument), scale) == step


def test_every_score_of_a_pair_of_items_is_listed_exactly() -> None:
    third = Fraction(50, 3)
    assert attainable_scores(load("eortc-qlq-c30"), "RF2") == (
        0,
        third,
        2 * third,
        50,
        4 * third,
        5 * third,
        100,
    )


def test_a_sum_moves_by_one_whichever_items_are_turned_round() -> None:
    codes = {"a": (0, 1, 2, 3, 4), "b": (0, 1, 2, 3, 4)}
    scores = attainable_scores(form("prorated_sum", codes, reversed=["b"]), "S")
    assert scores == (0, 1, 2, 3, 4, 5, 6, 7, 8)


def test_a_sum_that_counts_as_more_items_moves_in_wider_steps() -> None:
    codes = {"a": (0, 1, 2), "b": (0, 1, 2)}
    assert attainable_step(form("prorated_sum", codes, prorated_to=3), "S") == Fraction(3, 2)


def test_codes_that_leave_a_gap_make_uneven_steps() -> None:
    scores = attainable_scores(form("sum", {"a": (0, 1, 5)}), "S")
    assert scores == (0, 1, 5)
    assert smallest_step(scores) == 1
    assert not is_even(scores)


def test_items_of_unlike_range_make_uneven_steps() -> None:
    scores = attainable_scores(form("mean_percent", {"a": (0, 1), "b": (0, 1, 2, 3)}), "S")
    assert scores is not None
    assert scores[:3] == (0, Fraction(50, 3), Fraction(100, 3))
    assert attainable_step(form("mean_percent", {"a": (0, 1), "b": (0, 1, 2, 3)}), "S") == (
        Fraction(50, 3)
    )


def test_a_table_decides_the_steps_not_the_sum() -> None:
    table = [10.0, 20.5, 20.7]
    scores = attainable_scores(form("lookup", {"a": (1, 2), "b": (1, 2)}, table=table), "S")
    assert scores == (10, Fraction(41, 2), Fraction(207, 10))


def test_a_module_from_elsewhere_has_no_step() -> None:
    assert attainable_step(form("somewhere_else", {"a": (1, 2)}), "S") is None


def test_an_unknown_scale_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        attainable_step(load("eortc-qlq-c30"), "NONE")


@pytest.mark.parametrize(("instrument", "version", "scale"), STEPPED)
def test_complete_forms_score_nothing_else(instrument: str, version: str, scale: str) -> None:
    questionnaire = load(instrument, version)
    found = np.concatenate([random_scores(instrument, version)[scale], ends(questionnaire, scale)])
    expected = [float(each) for each in attainable_scores(questionnaire, scale) or ()]
    nearest = np.abs(found[:, None] - np.array(expected)[None, :]).min(axis=1)
    assert nearest.max() < 1e-9
    assert [found.min(), found.max()] == pytest.approx([expected[0], expected[-1]], abs=1e-9)


@cache
def random_scores(instrument: str, version: str) -> pd.DataFrame:
    """The scores of 200 forms with every item answered at random."""
    random = np.random.default_rng(7)
    questionnaire = load(instrument, version)
    drawn = {each.id: random.choice(allowed(each), 200) for each in scored(questionnaire)}
    return score(questionnaire, pd.DataFrame(drawn))


def ends(questionnaire: Questionnaire, scale: str) -> list[float]:
    """The scores where each item stands at that end which alone lowers, or raises, the score."""
    low = {item.id: allowed(item)[0] for item in scored(questionnaire)}
    high = {item.id: allowed(item)[-1] for item in scored(questionnaire)}
    items = questionnaire.scale(scale).items
    one_high = [low, *({**low, item: high[item]} for item in items)]
    alone = score(questionnaire, pd.DataFrame(one_high))[scale].to_numpy()
    raises = dict(zip(items, alone[1:] > alone[0], strict=True))
    best = low | {item: high[item] for item in items if raises[item]}
    worst = low | {item: high[item] for item in items if not raises[item]}
    return list(score(questionnaire, pd.DataFrame([worst, best]))[scale])


def scored(questionnaire: Questionnaire) -> list[Item]:
    """The items that are one number."""
    unscored = (AnswerType.TEXT, AnswerType.SEVERAL_OF)
    return [item for item in questionnaire.items if item.type not in unscored]


def allowed(item: Item) -> list[float]:
    return list(map(float, item.codes)) or [float(item.low or 0), float(item.high or 0)]
