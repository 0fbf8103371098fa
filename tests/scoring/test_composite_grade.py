"""Composite grades: the missing rule at its edges, and tables that fit their items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from questionnaires.model import AnswerType, Direction, Item, Scale
from scoring import OptionUnknown
from scoring.composite_grade import composite_grade, tables
from scoring.registry import ScaleAnswers

NONE = float("nan")


def grades(forms: list[list[float]], **options: Any) -> list[float]:
    """The grades of forms that answer one term's attributes."""
    answers = np.array(forms, dtype=float)
    items = tuple(
        Item(id=f"A{n}", type=AnswerType.ONE_OF, codes=(0, 1, 2, 3, 4))
        for n in range(answers.shape[1])
    )
    scale = Scale(
        code="TERM",
        items=tuple(item.id for item in items),
        module="composite_grade",
        direction=Direction.WORSE,
        low=0,
        high=3,
    )
    result = composite_grade(
        ScaleAnswers(scale=scale, items=items, answers=answers, scores={}, options=options)
    )
    return result.tolist()


@pytest.mark.parametrize(
    ("attributes", "form", "expected"),
    [
        pytest.param(["frq", "sev", "int"], [1, 2, 4], 3, id="three attributes in their order"),
        pytest.param(["frq", "sev"], [4, 1], 1, id="frequency stands before severity"),
        pytest.param(["frq", "sev"], [1, 4], 2, id="and is not symmetric to it"),
        pytest.param(["sev", "int"], [4, 0], 2, id="severity leads where no frequency is asked"),
        pytest.param(["frq", "int"], [4, 0], 1, id="a constant symptom that hinders nothing"),
        pytest.param(["int"], [4], 2, id="interference or amount alone ends at 2"),
        pytest.param(["frq", "sev", "int"], [0, 4, 4], 0, id="never makes the rest void"),
        pytest.param(["sev", "int"], [0, 4], 0, id="so does a severity of none that leads"),
        pytest.param(["frq", "sev", "int"], [3, 0, 0], 1, id="a later 0 does not"),
    ],
)
def test_a_grade_is_looked_up(attributes: list[str], form: list[float], expected: float) -> None:
    assert grades([form], attributes=attributes) == [expected]


@pytest.mark.parametrize(
    ("form", "strict", "skipping"),
    [
        pytest.param([2, 2, 2], 2, 2, id="all answered"),
        pytest.param([0, NONE, NONE], None, 0, id="never, the rest skipped"),
        pytest.param([0, NONE, 3], None, 0, id="never, part of the rest skipped"),
        pytest.param([2, NONE, 2], None, None, id="a gap after a symptom"),
        pytest.param([2, 2, NONE], None, None, id="a gap at the end"),
        pytest.param([2, 0, NONE], None, None, id="only the first 0 lets the rest be skipped"),
        pytest.param([NONE, 0, 0], None, None, id="the first unanswered"),
        pytest.param([NONE, NONE, NONE], None, None, id="nothing answered"),
    ],
)
def test_skipped_attributes_count_only_with_the_option(
    form: list[float], strict: float | None, skipping: float | None
) -> None:
    attributes = ["frq", "sev", "int"]
    for expected, options in (
        (strict, {}),
        (strict, {"skipped_is_zero": "false"}),
        (skipping, {"skipped_is_zero": True}),
        (skipping, {"skipped_is_zero": "true"}),
    ):
        found = grades([form], attributes=attributes, **options)
        assert found == pytest.approx([NONE if expected is None else expected], nan_ok=True)


def test_many_forms_are_graded_each_for_itself() -> None:
    forms = [[1, 2], [NONE, 2], [4, 4], [0, 0]]
    assert grades(forms, attributes=["frq", "sev"]) == pytest.approx([1, NONE, 3, 0], nan_ok=True)


def test_every_table_has_five_levels_per_attribute_and_grades_from_0_to_3() -> None:
    assert len(tables()) == 7
    for attributes, table in tables().items():
        assert table.shape == (5,) * len(attributes.split("+"))
        assert (table.min(), table[0].max()) == (0, 0)
        assert set(table.ravel().tolist()) <= {0, 1, 2, 3}


@pytest.mark.parametrize("attributes", list(tables()))
def test_more_of_an_attribute_never_lowers_the_grade(attributes: str) -> None:
    table = tables()[attributes]
    for axis in range(table.ndim):
        assert (np.diff(table, axis=axis) >= 0).all()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param(
            {"attributes": ["sev", "frq"]}, "no grades for attributes sev.frq", id="order"
        ),
        pytest.param({}, "no grades for attributes none", id="none named"),
        pytest.param({"attributes": ["frq"]}, "attributes frq need 1 items, not 2", id="too few"),
        pytest.param(
            {"attributes": ["frq", "sev"], "skipped_is_zero": "perhaps"},
            "skipped_is_zero is 'perhaps'; it may be true or false",
            id="neither true nor false",
        ),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(OptionUnknown, match=reason):
        grades([[1, 1]], **options)
