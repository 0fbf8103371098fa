"""QLQ-CR29 scores worked by hand from the formulas of the EORTC scoring manual."""

from __future__ import annotations

import pandas as pd
import pytest

from qol_app.domain.answers import visible_items
from questionnaires import load
from scoring import AnswerOutOfRange, score

FORM = load("eortc-qlq-cr29", "2.1")
ITEMS = [item.id for item in FORM.items]
BETTER = ["BI", "ANX", "WEI", "SEXM", "SEXW"]
UNREVERSED = ["SEXM", "SEXW"]


def one_form(**answers: int | None) -> pd.Series:
    """The scores of one form; items not named are unanswered."""
    form = pd.DataFrame([{item: answers.get(item) for item in ITEMS}], dtype="Float64")
    return score(FORM, form).iloc[0]


@pytest.mark.parametrize(
    ("scale", "answers", "expected"),
    [
        pytest.param("BI", {"q45": 1, "q46": 1, "q47": 1}, 100.0, id="body image at its best"),
        pytest.param("BI", {"q45": 4, "q46": 4, "q47": 4}, 0.0, id="body image at its worst"),
        pytest.param("BI", {"q45": 1, "q46": 2, "q47": 4}, 55.555556, id="mean 7/3 turned"),
        pytest.param("BI", {"q45": 2, "q47": 3}, 50.0, id="two of three is enough"),
        pytest.param("BI", {"q46": 2}, None, id="one of three is not"),
        pytest.param("ANX", {"q43": 2}, 66.666667, id="anxiety is turned"),
        pytest.param("WEI", {"q44": 3}, 33.333333, id="weight is turned"),
        pytest.param("SEXM", {"q56": 4}, 100.0, id="much interest is high, men"),
        pytest.param("SEXM", {"q56": 2}, 33.333333, id="some interest, men"),
        pytest.param("SEXW", {"q58": 1}, 0.0, id="no interest is low, women"),
        pytest.param("SEXW", {"q58": 3}, 66.666667, id="quite some interest, women"),
        pytest.param("UF", {"q31": 2, "q32": 3}, 50.0, id="mean 2.5"),
        pytest.param("UF", {"q32": 4}, 100.0, id="one of two is enough"),
        pytest.param("UF", {}, None, id="none of two is not"),
        pytest.param("BMS", {"q38": 1, "q39": 2}, 16.666667, id="mean 1.5"),
        pytest.param("SF", {"q52": 3, "q53": 4}, 83.333333, id="mean 3.5"),
        pytest.param("SF", {"q53": 1}, 0.0, id="one of two at its best"),
        pytest.param("UI", {"q33": 2}, 33.333333, id="q33"),
        pytest.param("DY", {"q34": 3}, 66.666667, id="q34"),
        pytest.param("AP", {"q35": 4}, 100.0, id="q35"),
        pytest.param("BP", {"q36": 2}, 33.333333, id="q36"),
        pytest.param("BF", {"q37": 3}, 66.666667, id="q37"),
        pytest.param("DM", {"q40": 2}, 33.333333, id="q40"),
        pytest.param("HL", {"q41": 4}, 100.0, id="q41"),
        pytest.param("TA", {"q42": 3}, 66.666667, id="q42"),
        pytest.param("FL", {"q49": 2}, 33.333333, id="q49"),
        pytest.param("FI", {"q50": 3}, 66.666667, id="q50"),
        pytest.param("SS", {"q51": 4}, 100.0, id="q51"),
        pytest.param("EMB", {"q54": 2}, 33.333333, id="q54"),
        pytest.param("STO", {"q55": 3}, 66.666667, id="q55"),
        pytest.param("IMP", {"q57": 2}, 33.333333, id="q57"),
        pytest.param("DYS", {"q59": 4}, 100.0, id="q59"),
        pytest.param("DYS", {"q58": 4}, None, id="a single item must be answered"),
    ],
)
def test_a_scale_by_hand(scale: str, answers: dict[str, int], expected: float | None) -> None:
    result = one_form(**answers)[scale]
    assert pd.isna(result) if expected is None else result == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("code", "turned", "straight"), [(1, 100, 0), (4, 0, 100)])
def test_only_three_scales_are_reversed(code: int, turned: float, straight: float) -> None:
    scores = one_form(**{item: code for item in ITEMS if item != "q48"})
    reversed_scales = ["BI", "ANX", "WEI"]
    assert (scores[reversed_scales] == turned).all()
    assert (scores.drop(reversed_scales) == straight).all()
    assert len(scores) == 23


def test_high_is_better_for_the_functional_scales_only() -> None:
    assert [scale.code for scale in FORM.scales if scale.direction == "better"] == BETTER
    assert [scale.code for scale in FORM.scales if scale.kind == "functional"] == BETTER
    plain = [s.code for s in FORM.scales if s.kind == "functional" and not s.options]
    assert plain == UNREVERSED


def test_the_stoma_item_is_in_no_scale_and_opens_the_care_of_it() -> None:
    assert all("q48" not in scale.items for scale in FORM.scales)
    assert "q55" in visible_items(FORM, {"q48": 1})
    assert "q55" not in visible_items(FORM, {"q48": 2})
    assert "q55" not in visible_items(FORM, {})
    assert {"q49", "q54", "q56", "q57", "q58", "q59"} <= set(visible_items(FORM, {"q48": 2}))


def test_every_other_item_is_in_one_scale() -> None:
    scored = [item for scale in FORM.scales for item in scale.items]
    assert sorted(scored) == [item for item in ITEMS if item != "q48"]


def test_items_with_two_wordings_name_no_cdisc_code() -> None:
    codes = {item.id: item.cdisc for item in FORM.items}
    assert [item for item, code in codes.items() if code is None] == [
        "q49", "q50", "q51", "q52", "q53", "q54",
    ]  # fmt: skip
    assert (codes["q31"], codes["q48"], codes["q55"], codes["q59"]) == (
        "EOR0631", "EOR0648", "EOR06551", "EOR0659",
    )  # fmt: skip


def test_an_empty_form_has_no_score_and_an_odd_answer_is_refused() -> None:
    assert one_form().isna().all()
    for odd in (0, 5, 2.5):
        with pytest.raises(AnswerOutOfRange, match=r"q45, row 0: .*1, 2, 3, 4"):
            score(FORM, pd.DataFrame([{"q45": odd}]).reindex(columns=ITEMS))
