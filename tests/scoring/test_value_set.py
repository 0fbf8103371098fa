"""The QLU-C10D: off without a value set; with an invented one, utilities worked by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from questionnaires import load
from scoring import AnswerOutOfRange, OptionUnknown, score
from scoring.value_set import ValueSetInvalid

FORM = load("eortc-qlu-c10d", "1.0")
ITEMS = [item.id for item in FORM.items]
BEST = dict.fromkeys(ITEMS, 1)

INVENTED = """
name = "Nowhere"
source = "Invented for a test"

[decrements]
PF = [0.05, 0.15, 0.30]
RF = [0.01, 0.08, 0.12]
SF = [0.02, 0.06, 0.09]
EF = [0, 0.01, 0.03]
PA = [0.03, 0.09, 0.20]
FA = [0.03, 0.04, 0.05]
SL = [0.04, 0.04, 0.06]
AP = [0.02, 0.03, 0.03]
NA = [0.05, 0.07, 0.11]
BO = [0.02, 0.05, 0.10]
"""


@pytest.fixture
def a_file(tmp_path: Path) -> str:
    """A complete value set."""
    path = tmp_path / "nowhere.toml"
    path.write_text(INVENTED, encoding="utf-8")
    return str(path)


def utility(options: dict[str, str] | None = None, **answers: int | None) -> float:
    """The utility of a form without any trouble but in ``answers``."""
    form = pd.DataFrame([{**BEST, **answers}], dtype="Float64")
    return float(score(FORM, form, options)["UTILITY"].iloc[0])


def test_without_a_value_set_there_is_no_utility(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QOL_VALUE_SETS", raising=False)
    assert pd.isna(utility())
    assert pd.isna(utility({"value_set": "", "value_set_file": ""}))


def test_a_folder_alone_chooses_no_value_set(a_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QOL_VALUE_SETS", str(Path(a_file).parent))
    assert pd.isna(utility())


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param({}, 1.0, id="no trouble"),
        pytest.param(dict.fromkeys(ITEMS, 4), -0.09, id="the worst state: 1 - 1.09"),
        pytest.param(dict.fromkeys(ITEMS, 2), 0.63, id="a little of everything: PF level 3"),
        pytest.param({"q6": 3, "q9": 2}, 0.89, id="1 - .08 - .03"),
        pytest.param({"q24": 2}, 1.0, id="a level may cost nothing"),
        pytest.param({"q24": 4, "q14": 3}, 0.90, id="1 - .03 - .07"),
        pytest.param({"q18": 4}, 0.95, id="fatigue"),
        pytest.param({"q11": 2}, 0.96, id="sleep"),
        pytest.param({"q13": 3}, 0.97, id="appetite"),
        pytest.param({"q26": 2, "q27": 4}, 0.91, id="social: the worse of two"),
        pytest.param({"q26": 3, "q27": 1}, 0.94, id="social: whichever it is"),
        pytest.param({"q16": 4}, 0.90, id="bowels: constipation"),
        pytest.param({"q16": 2, "q17": 3}, 0.95, id="bowels: the worse of two"),
    ],
)
def test_a_utility_by_hand(a_file: str, answers: dict[str, int], expected: float) -> None:
    assert utility({"value_set_file": a_file}, **answers) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("long_walk", "short_walk", "expected"),
    [
        pytest.param(1, 1, 1.0, id="level 1"),
        pytest.param(1, 4, 1.0, id="level 1: no trouble on the long walk decides"),
        pytest.param(2, 1, 0.95, id="level 2"),
        pytest.param(4, 1, 0.95, id="level 2 however hard the long walk"),
        pytest.param(2, 2, 0.85, id="level 3"),
        pytest.param(3, 3, 0.70, id="level 4"),
        pytest.param(4, 4, 0.70, id="level 4 at its worst"),
    ],
)
def test_the_level_of_physical_functioning(
    a_file: str, long_walk: int, short_walk: int, expected: float
) -> None:
    found = utility({"value_set_file": a_file}, q2=long_walk, q3=short_walk)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_must_be_answered(a_file: str, item: str) -> None:
    assert pd.isna(utility({"value_set_file": a_file}, **{item: None}))


def test_an_odd_answer_is_refused(a_file: str) -> None:
    with pytest.raises(AnswerOutOfRange, match="q14, row 0"):
        utility({"value_set_file": a_file}, q14=5)


def test_a_set_of_the_folder_is_chosen_by_name(
    a_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QOL_VALUE_SETS", str(Path(a_file).parent))
    assert utility({"value_set": "nowhere"}, q9=4) == pytest.approx(0.8, abs=1e-9)
    with pytest.raises(OptionUnknown, match=r"no value set utopia in .*; there are nowhere"):
        utility({"value_set": "utopia"})
    with pytest.raises(OptionUnknown, match=r"no value set \.\./nowhere"):
        utility({"value_set": "../nowhere"})
    monkeypatch.delenv("QOL_VALUE_SETS")
    with pytest.raises(OptionUnknown, match="QOL_VALUE_SETS names no folder; there are none"):
        utility({"value_set": "nowhere"})


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param("BO = [0.02, 0.05, 0.10]\n", "", "decrements.BO: is missing", id="incomplete"),
        pytest.param("BO =", "XX =", "decrements.XX: belongs to nothing", id="unknown dimension"),
        pytest.param("[0.05, 0.07, 0.11]", "[0.05, 0.07]", "decrements.NA: .* three", id="two"),
        pytest.param("[0.05, 0.07, 0.11]", "[0.07, 0.05, 0.11]", "decrements.NA: ", id="falling"),
        pytest.param("[0.05, 0.07, 0.11]", "[-0.1, 0.07, 0.11]", "decrements.NA: ", id="negative"),
        pytest.param("[0.05, 0.07, 0.11]", "[0.05, nan, 0.11]", "decrements.NA: ", id="no number"),
        pytest.param("[0.05, 0.07, 0.11]", '["a", 1, 1]', "decrements.NA: ", id="a word"),
        pytest.param("[0, 0.01, 0.03]", "[false, 1, 1]", "decrements.EF: ", id="a truth value"),
        pytest.param('source = "Invented for a test"', "", "source: is missing", id="no source"),
        pytest.param('name = "Nowhere"', 'name = " "', "name: is missing or empty", id="no name"),
        pytest.param("[decrements]", "[losses]", "decrements: is missing", id="no table"),
        pytest.param("[decrements]", "[decrements", "nowhere.toml: ", id="no TOML"),
        pytest.param("0.30]", "1.5]", "the worst state is worth -1.29, below -1", id="too low"),
    ],
)
def test_a_wrong_value_set_is_refused_with_its_key(
    a_file: str, old: str, new: str, reason: str
) -> None:
    assert old in INVENTED
    Path(a_file).write_text(INVENTED.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueSetInvalid, match=reason):
        utility({"value_set_file": a_file})


def test_every_mistake_of_a_value_set_is_named_at_once(a_file: str) -> None:
    text = INVENTED.replace("PF = ", "P = ").replace("[0.02, 0.03, 0.03]", "[1]")
    Path(a_file).write_text(text, encoding="utf-8")
    with pytest.raises(ValueSetInvalid) as refused:
        utility({"value_set_file": a_file})
    assert str(refused.value).splitlines() == [
        f"{a_file}: decrements.PF: is missing",
        f"{a_file}: decrements.P: belongs to nothing",
        f"{a_file}: decrements.AP: [1] is not three numbers, 0 or more, never falling",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OptionUnknown, match=r"nothing\.toml: No such file"):
        utility({"value_set_file": str(tmp_path / "nothing.toml")})


def test_ten_dimensions_use_thirteen_items_each_once() -> None:
    dimensions = FORM.scale("UTILITY").options["dimensions"]
    assert len(dimensions) == 10
    used = [item for items in dimensions.values() for item in items]
    assert sorted(used) == sorted(ITEMS)
    assert not FORM.confirmed
