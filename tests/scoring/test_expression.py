"""Formulas: arithmetic worked by hand, what is missing stays missing, all else is refused."""

from __future__ import annotations

import numpy as np
import pytest

from scoring import ScaleInvalid
from tests.scoring.one_scale import item, questionnaire, scale, scores

ITEMS = [item("a", low=0, high=10), item("b", low=0, high=10), item("c", low=0, high=10)]


def result(formula: str, answers: list[float | None], items: tuple[str, ...] = ("a", "b")) -> float:
    """The value of a formula for one form with the answers to a, b and c."""
    form = questionnaire(ITEMS, scale("X", "expression", items, formula=formula))
    return float(scores(form, [answers])["X"].iloc[0])


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        pytest.param("a + b * 2", 15.0, id="product before sum"),
        pytest.param("(a + b) * 2", 18.0, id="parentheses"),
        pytest.param("a - b - 1", -4.0, id="from left to right"),
        pytest.param("-a + 0.5", -2.5, id="a minus sign"),
        pytest.param("+a", 3.0, id="a plus sign"),
        pytest.param("b / a", 2.0, id="quotient"),
        pytest.param("a < b", 1.0, id="a comparison that holds"),
        pytest.param("(a == b) + (a != b) * 10", 10.0, id="comparisons count"),
        pytest.param("(a >= 3) + (a <= 3) * 10 + (a > 3) * 100", 11.0, id="or equal"),
        pytest.param("min(a, b, 2)", 2.0, id="least"),
        pytest.param("max(a, b, 2)", 6.0, id="greatest"),
        pytest.param("mean(a, b, 0)", 3.0, id="mean"),
        pytest.param("where(a > 5, a, b)", 6.0, id="otherwise"),
        pytest.param("where(a, 1, b)", 1.0, id="not 0 counts as holding"),
        pytest.param("where(b > 5,\n    where(a > 5, 2, 1),\n    0)", 1.0, id="nested, on 3 lines"),
    ],
)
def test_arithmetic(formula: str, expected: float) -> None:
    assert result(formula, [3, 6, None]) == expected


def test_every_form_is_worked_out_by_itself() -> None:
    form = questionnaire(ITEMS, scale("X", "expression", ["a", "b"], formula="min(10, a + b)"))
    rows = [[1, 2, None], [9, 9, None], [None, 2, 3], [0, 0, None]]
    assert scores(form, rows)["X"].tolist() == pytest.approx([3, 10, np.nan, 0], nan_ok=True)


@pytest.mark.parametrize(
    "formula",
    ["a + b", "where(a > 1, a, b)", "min(a, b)", "mean(a, b)", "a < b", "b != b", "a * 1 + 0 * b"],
)
def test_a_missing_name_anywhere_gives_no_score(formula: str) -> None:
    assert np.isnan(result(formula, [3, None, 1]))


def test_a_missing_item_that_the_formula_does_not_name_takes_nothing_away() -> None:
    assert result("a + 1", [3, None, None]) == 4


def test_dividing_by_nothing_gives_no_score() -> None:
    assert np.isnan(result("a / b", [3, 0, None]))
    assert np.isnan(result("a / b", [0, 0, None]))


def test_earlier_scales_are_names_and_later_ones_are_not() -> None:
    total = scale("TOTAL", "sum", ["a", "b"])
    half = scale("HALF", "expression", ["c"], formula="TOTAL / 2 + c")
    ours = scores(questionnaire(ITEMS, total, half), [[1, 2, 4], [None, 2, 4]])
    assert ours["HALF"].tolist() == pytest.approx([5.5, np.nan], nan_ok=True)
    with pytest.raises(ScaleInvalid, match=r"HALF\.formula: TOTAL names no item"):
        scores(questionnaire(ITEMS, half, total), [[1, 2, 4]])


def test_an_item_goes_before_a_scale_of_the_same_name() -> None:
    double = scale("a", "sum", ["b"], factor=2)
    form = questionnaire(ITEMS, double, scale("X", "expression", ["a"], formula="a"))
    assert scores(form, [[3, 6, None]]).iloc[0].tolist() == [12, 3]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        pytest.param("a + c", "X.formula: c names no item of the scale", id="item of no scale"),
        pytest.param("1 + 1", "X.formula: it names no item", id="no name at all"),
        pytest.param("a +", "'a \\+' is no formula", id="half a formula"),
        pytest.param("", "is no formula", id="an empty one"),
        pytest.param("a, b", r"'\(a, b\)' is not allowed", id="two values"),
        pytest.param(
            "a ** 2", r"'a \*\* 2' is not allowed; allowed are names, numbers", id="power"
        ),
        pytest.param("a % 2", "'a % 2' is not allowed", id="remainder"),
        pytest.param("a and b", "'a and b' is not allowed", id="and"),
        pytest.param("not a", "'not a' is not allowed", id="not"),
        pytest.param("0 < a < b", "'0 < a < b' is not allowed", id="two comparisons in one"),
        pytest.param("a is b", "'a is b' is not allowed", id="is"),
        pytest.param("True + a", "'True' is not allowed", id="a truth value"),
        pytest.param("a + 2j", "'2j' is not allowed", id="an imaginary number"),
        pytest.param("a + 1e999", "is not allowed", id="a number without bounds"),
        pytest.param("a + '1'", "\"'1'\" is not allowed", id="a text"),
        pytest.param("a.real", "'a.real' is not allowed", id="an attribute"),
        pytest.param("a[0]", r"'a\[0\]' is not allowed", id="an index"),
        pytest.param("[a]", r"'\[a\]' is not allowed", id="a list"),
        pytest.param("(lambda: a)()", "is not allowed", id="a function of its own"),
        pytest.param("sum(a, b)", r"'sum\(a, b\)' is not allowed", id="an unknown function"),
        pytest.param("__import__('os').system('ls')", "is not allowed", id="an intruder"),
        pytest.param("min()", r"'min\(\)' is not allowed", id="nothing to compare"),
        pytest.param("where(a, b)", r"'where\(a, b\)' is not allowed", id="where without else"),
        pytest.param("min(*a)", r"'\*a' is not allowed", id="spread out"),
        pytest.param("min(a, key=b)", "is not allowed", id="an argument by name"),
        pytest.param("(a := 3)", "is not allowed", id="an assignment"),
        pytest.param("a if b else 0", "is not allowed", id="a conditional"),
        pytest.param("+".join(["a"] * 500), "too long; split it", id="very many parts"),
        pytest.param("a+" * 3000 + "a", "longer than 4000 characters", id="very many characters"),
        pytest.param("(" * 300 + "a" + ")" * 300, "is no formula", id="very many parentheses"),
    ],
)
def test_anything_else_is_refused(formula: str, message: str) -> None:
    with pytest.raises(ScaleInvalid, match=message):
        result(formula, [3, 6, None])


def test_a_refusal_names_the_scale() -> None:
    good = scale("GOOD", "expression", ["a"], formula="a")
    bad = scale("BAD", "expression", ["a"], formula="a ^ 2")
    with pytest.raises(ScaleInvalid, match=r"^BAD\.formula: 'a \^ 2' is not allowed"):
        scores(questionnaire(ITEMS, good, bad), [[1, 1, 1]])
