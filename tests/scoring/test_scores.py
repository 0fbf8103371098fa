"""Scores worked by hand, the missing rules at their edges, and what must never matter."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires import available, load
from questionnaires.model import Questionnaire
from scoring import AnswerOutOfRange, OptionUnknown, completeness, expected_items, score
from scoring.eq5d import value_sets

C30 = load("eortc-qlq-c30", "3.0")
LMC21 = load("eortc-qlq-lmc21", "1.0")
EQ5D = load("eq-5d-5l", "1.1")
DAILY = load("daily-life-check", "1.1")
ITEMS = [item.id for item in C30.items]


def c30(**answers: int | None) -> pd.Series:
    """The scores of one form; items not named are unanswered."""
    form = pd.DataFrame([{item: answers.get(item) for item in ITEMS}], dtype="Float64")
    return score(C30, form).iloc[0]


def one_form(questionnaire: Questionnaire, **answers: float | None) -> pd.Series:
    """The scores of one form; items not named are unanswered."""
    items = {item.id: answers.get(item.id) for item in questionnaire.items}
    return score(questionnaire, pd.DataFrame([items])).iloc[0]


def eq5d(state: str, **options: str) -> pd.Series:
    form = pd.DataFrame([dict(zip(["MO", "SC", "UA", "PD", "AD"], map(int, state), strict=True))])
    return score(EQ5D, form.assign(VAS=80), options).iloc[0]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([1, 1, 1, 1, 1], 100.0, id="no trouble at all"),
        pytest.param([4, 4, 4, 4, 4], 0.0, id="the most trouble"),
        pytest.param([2, 2, 2, None, None], 66.666667, id="three of five answered is enough"),
        pytest.param([2, 2, None, None, None], None, id="two of five is not"),
    ],
)
def test_physical_functioning(answers: list[int | None], expected: float | None) -> None:
    result = c30(**{f"q{i}": value for i, value in enumerate(answers, start=1)})["PF2"]
    assert pd.isna(result) if expected is None else result == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("scale", "answers", "expected"),
    [
        pytest.param("QL2", {"q29": 7, "q30": 4}, 75.0, id="global status is not reversed"),
        pytest.param("FA", {"q10": 4, "q12": 3}, 83.333333, id="two of three is enough"),
        pytest.param("FA", {"q10": 4}, None, id="one of three is not"),
        pytest.param("NV", {"q14": 2}, 33.333333, id="one of two is enough"),
        pytest.param("EF", {"q21": 1, "q22": 4}, 50.0, id="two of four is enough"),
        pytest.param("DY", {}, None, id="a single item must be answered"),
    ],
)
def test_other_scales(scale: str, answers: dict[str, int | None], expected: float | None) -> None:
    result = c30(**answers)[scale]
    assert pd.isna(result) if expected is None else result == pytest.approx(expected, abs=1e-6)


def test_codes_shown_from_high_to_low_turn_a_scale_round() -> None:
    falling = replace(C30, items=tuple(replace(i, codes=i.codes[::-1]) for i in C30.items))
    scores = one_form(falling, q1=1, q2=2, q3=3, q8=4, q10=2, q12=1)
    assert scores["PF2"] == pytest.approx(33.333333, abs=1e-6)
    assert scores["DY"] == 0
    assert scores["FA"] == pytest.approx(83.333333, abs=1e-6)


def test_the_summary_needs_all_thirteen_scales() -> None:
    best = {item: 1 for item in ITEMS}
    assert c30(**best)["SUMSC"] == 100
    assert pd.isna(c30(**{**best, "q8": None})["SUMSC"])
    without_money = c30(**{**best, "q28": None, "q29": None, "q30": None})
    assert without_money["SUMSC"] == 100


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param({"q8": 4}, 92.307692, id="one symptom at its worst takes a thirteenth"),
        pytest.param({f"q{i}": 4 for i in (1, 2, 3, 4, 5, 8)}, 84.615385, id="two scales"),
        pytest.param({f"q{i}": 2 for i in range(1, 29)}, 66.666667, id="all at level two"),
        pytest.param({"q28": 4, "q29": 1, "q30": 1}, 100.0, id="QL2 and FI do not count"),
    ],
)
def test_the_summary_averages_functions_and_turned_symptoms(
    answers: dict[str, int], expected: float
) -> None:
    assert c30(**({item: 1 for item in ITEMS} | answers))["SUMSC"] == pytest.approx(
        expected, abs=1e-6
    )


@pytest.mark.parametrize(
    ("scale", "answers", "expected"),
    [
        pytest.param("NUTRITION", {"q31": 2, "q32": 4}, 66.666667, id="high is worse"),
        pytest.param("PAIN", {"q39": 1, "q40": 4}, 50.0, id="two of three is enough"),
        pytest.param("FATIGUE", {"q37": 4}, None, id="one of three is not"),
        pytest.param("EMOTIONAL", {"q47": 1, "q50": 2}, 16.666667, id="two of four is enough"),
        pytest.param("EMOTIONAL", {"q48": 3}, None, id="one of four is not"),
        pytest.param("TASTE", {"q34": 3}, 66.666667, id="a single item"),
    ],
)
def test_the_liver_module(scale: str, answers: dict[str, float], expected: float | None) -> None:
    result = one_form(LMC21, **answers)[scale]
    assert pd.isna(result) if expected is None else result == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param(
            {"ENERGY": 3, "COMFORT": 7, "SLEEP_REST": 5, "MOOD": 0}, 55.0, id="unlike ranges"
        ),
        pytest.param({"ENERGY": 5, "COMFORT": 4}, 70.0, id="two of four is enough"),
        pytest.param({"COMFORT": 4}, None, id="one of four is not"),
    ],
)
def test_our_own_daily_well_being(answers: dict[str, float], expected: float | None) -> None:
    result = one_form(DAILY, **answers)["WELL"]
    assert pd.isna(result) if expected is None else result == pytest.approx(expected, abs=1e-9)


def test_a_number_may_have_as_many_decimals_as_its_item_allows() -> None:
    assert one_form(DAILY, SLEEP_HOURS=6.5)["SLEEP"] == 6.5
    with pytest.raises(AnswerOutOfRange, match=r"SLEEP_HOURS, row 0: .*0 to 24, at most 1 dec"):
        one_form(DAILY, SLEEP_HOURS=6.55)


@pytest.mark.parametrize(
    ("state", "country", "expected"),
    [
        pytest.param("11111", "China", 1.0, id="full health"),
        pytest.param("21121", "China", 0.876, id="some trouble, China"),
        pytest.param("55555", "China", -0.391, id="worst, China"),
        pytest.param("55555", "England", -0.285, id="worst, England"),
        pytest.param("55555", "USA", -0.573, id="worst, USA"),
        pytest.param("55555", "Germany", -0.661, id="worst, Germany"),
        pytest.param("11111", "Canada", 0.9489, id="level 1 costs something in Canada"),
        pytest.param("44111", "Canada", 0.5939, id="two severe dimensions, Canada"),
        pytest.param("15111", "Australia", 0.626, id="any level 5, Australia"),
        pytest.param("14111", "Australia", 0.787, id="no level 5, Australia"),
        pytest.param("14111", "SouthKorea", 0.748, id="any level above 3, South Korea"),
        pytest.param("21111", "Belgium", 0.930775102, id="any trouble, Belgium"),
    ],
)
def test_the_eq5d_index(state: str, country: str, expected: float) -> None:
    assert eq5d(state, value_set=country)["INDEX"] == pytest.approx(expected, abs=1e-9)


def test_every_value_set_gives_its_published_worst_value() -> None:
    assert len(value_sets()) == 47
    for country, values in value_sets().items():
        assert eq5d("55555", value_set=country)["INDEX"] == pytest.approx(values["worst"], abs=6e-5)


def test_every_index_of_every_value_set_lies_in_the_stated_range() -> None:
    states = pd.DataFrame(
        list(itertools.product(range(1, 6), repeat=5)), columns=["MO", "SC", "UA", "PD", "AD"]
    ).assign(VAS=80)
    scale = EQ5D.scale("INDEX")
    for country in value_sets():
        values = score(EQ5D, states, {"value_set": country})["INDEX"]
        assert values.between(scale.low, scale.high).all(), country


def test_profile_sum_and_scale_of_the_eq5d() -> None:
    scores = eq5d("21345")
    assert (scores["PROFILE"], scores["LSS"], scores["VAS"]) == (21345, 15, 80)


def test_a_missing_dimension_gives_no_index() -> None:
    form = pd.DataFrame({"MO": [1], "SC": [1], "UA": [None], "PD": [1], "AD": [1], "VAS": [70]})
    scores = score(EQ5D, form).iloc[0]
    assert pd.isna(scores["INDEX"])
    assert scores["VAS"] == 70


def test_an_unknown_value_set_is_named_with_those_there_are() -> None:
    with pytest.raises(OptionUnknown, match=r"no value set Atlantis.*China"):
        eq5d("11111", value_set="Atlantis")
    with pytest.raises(OptionUnknown, match="no scoring option colour"):
        eq5d("11111", colour="red")


@pytest.mark.parametrize("bad", [0, 5, 2.5, -1])
def test_a_value_that_the_item_does_not_allow_is_refused(bad: float) -> None:
    forms = pd.DataFrame(1.0, index=["a", "b"], columns=ITEMS)
    forms.loc["b", "q7"] = bad
    with pytest.raises(AnswerOutOfRange, match="q7, row b"):
        score(C30, forms)


def test_a_missing_column_is_named() -> None:
    forms = pd.DataFrame(1, index=[0], columns=ITEMS).drop(columns="q12")
    with pytest.raises(KeyError, match="q12"):
        score(C30, forms)


def test_two_columns_for_one_item_are_refused() -> None:
    forms = pd.DataFrame(1, index=[0], columns=[*ITEMS, "q12"])
    with pytest.raises(ValueError, match="more than one column for q12"):
        score(C30, forms)


def test_a_word_or_a_list_in_place_of_a_code_is_named() -> None:
    forms = pd.DataFrame("1", index=["a", "b"], columns=ITEMS)
    assert score(C30, forms)["PF2"].tolist() == [100, 100]
    forms.loc["b", "q7"] = "often"
    with pytest.raises(AnswerOutOfRange, match=r"q7, row b: 'often' is not allowed \(1, 2, 3, 4\)"):
        score(C30, forms)
    listed = pd.DataFrame([dict.fromkeys(ITEMS, 1) | {"q7": [1, 2]}])
    with pytest.raises(AnswerOutOfRange, match=r"q7, row 0: \[1, 2\] is not allowed"):
        score(C30, listed)


def test_no_forms_give_no_scores() -> None:
    scores = score(C30, pd.DataFrame([], columns=ITEMS, dtype="float64"))
    assert scores.shape == (0, 16)
    assert set(map(str, scores.dtypes)) == {"float64"}


def test_completeness_counts_answered_items() -> None:
    forms = pd.DataFrame([{item: None for item in ITEMS} | {"q1": 1, "q2": 2, "q29": 5}])
    counts = completeness(C30, forms).iloc[0]
    assert (counts["PF2"], counts["QL2"], counts["FA"]) == (2, 1, 0)
    assert expected_items(C30)["PF2"] == 5


FORMS = st.lists(
    st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=30, max_size=30),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(FORMS)
def test_order_extra_columns_and_batch_size_never_change_a_score(forms: list[list[int]]) -> None:
    frame = pd.DataFrame(forms, columns=ITEMS, dtype="Float64")
    whole = score(C30, frame)
    turned = score(C30, frame.iloc[::-1].assign(other="x")).iloc[::-1]
    single = pd.concat([score(C30, frame.iloc[[row]]) for row in range(len(frame))])
    pd.testing.assert_frame_equal(whole, turned)
    pd.testing.assert_frame_equal(whole, single)
    seen = whole.to_numpy()[~np.isnan(whole.to_numpy())]
    assert ((seen >= 0) & (seen <= 100)).all()


@pytest.mark.parametrize(("instrument", "version"), available())
def test_a_form_without_answers_has_no_score(instrument: str, version: str) -> None:
    questionnaire = load(instrument, version)
    empty = pd.DataFrame([{item.id: None for item in questionnaire.items}])
    assert score(questionnaire, empty).isna().all(axis=None)
