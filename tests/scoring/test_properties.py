"""What holds for every questionnaire here, whatever its scoring module and whatever is answered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires import available, load
from questionnaires.model import Item, Questionnaire
from scoring import score

EVERY = pytest.mark.parametrize("name", available(), ids=" ".join)
"""By name, so that one broken definition fails its own tests only."""
EXAMPLES = 5
"""Per questionnaire; each has many forms."""
MOST_FORMS = 12
NOTICEABLE = 1e-9
UNSCORED = ("several_of", "text")


def random_answers(
    questionnaire: Questionnaire, seed: int, forms: int, blank: float
) -> pd.DataFrame:
    """Forms with allowed answers, about ``blank`` of them missing."""
    chance = np.random.default_rng(seed)
    columns = {
        item.id: np.where(
            chance.random(forms) < blank, np.nan, chance.choice(_allowed(item), size=forms)
        )
        for item in questionnaire.items
        if item.type not in UNSCORED
    }
    return pd.DataFrame(columns, index=[f"form {number}" for number in range(forms)])


def _allowed(item: Item) -> list[float]:
    if item.codes:
        return list(item.codes)
    assert item.low is not None
    assert item.high is not None
    units = 10**item.decimals
    return [each / units for each in range(int(item.low * units), int(item.high * units) + 1)]


@st.composite
def some_forms(draw: st.DrawFn, questionnaire: Questionnaire) -> pd.DataFrame:
    """Few or many forms, complete or with many gaps."""
    return random_answers(
        questionnaire,
        seed=draw(st.integers(0, 2**32 - 1)),
        forms=draw(st.integers(1, MOST_FORMS)),
        blank=draw(st.sampled_from([0.0, 0.1, 0.4, 0.8])),
    )


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, rtol=0, atol=NOTICEABLE)


@EVERY
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_order_extra_columns_and_batches_never_change_a_score(
    name: tuple[str, str], data: st.DataObject
) -> None:
    questionnaire = load(*name)
    forms = data.draw(some_forms(questionnaire))
    whole = score(questionnaire, forms)
    order = data.draw(st.permutations(list(forms.index)))
    assert_same(score(questionnaire, forms.loc[order]), whole.loc[order])
    more = forms[forms.columns[::-1]].assign(remark="text", number=7.5)
    assert_same(score(questionnaire, more), whole)
    cut = data.draw(st.integers(0, len(forms)))
    batches = [score(questionnaire, part) for part in (forms.iloc[:cut], forms.iloc[cut:])]
    assert_same(pd.concat(batches), whole)


@EVERY
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_scores_are_one_per_scale_and_stay_in_its_range(
    name: tuple[str, str], data: st.DataObject
) -> None:
    questionnaire = load(*name)
    forms = data.draw(some_forms(questionnaire))
    before = forms.copy()
    scores = score(questionnaire, forms)
    pd.testing.assert_frame_equal(forms, before)
    assert list(scores.columns) == [scale.code for scale in questionnaire.scales]
    assert list(scores.index) == list(forms.index)
    for scale in questionnaire.scales:
        seen = scores[scale.code].dropna()
        assert seen.between(scale.low - NOTICEABLE, scale.high + NOTICEABLE).all(), scale.code


@EVERY
def test_nothing_answered_gives_no_score(name: tuple[str, str]) -> None:
    questionnaire = load(*name)
    nothing = random_answers(questionnaire, seed=0, forms=3, blank=1.0)
    scores = score(questionnaire, nothing)
    assert scores.shape == (3, len(questionnaire.scales))
    assert scores.isna().all(axis=None)


@EVERY
def test_every_scale_can_be_scored_when_all_is_answered(name: tuple[str, str]) -> None:
    questionnaire = load(*name)
    scores = score(questionnaire, random_answers(questionnaire, seed=1, forms=50, blank=0.0))
    never = {code for code in scores if scores[code].isna().all()}
    assert never == _left_open(questionnaire)


def _left_open(questionnaire: Questionnaire) -> set[str]:
    """Scales that need something besides answers: a value set that nobody has imported yet."""
    return {s.code for s in questionnaire.scales if s.options.get("value_set") == ""}
