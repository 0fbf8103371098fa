"""FACT-G, FACT-C, FACT-Hep and FACIT-Fatigue agree with FACTscorer and with scores by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from questionnaires import load
from questionnaires.model import Questionnaire
from scoring import AnswerOutOfRange, score

FACT_G = load("fact-g", "4")
FACT_C = load("fact-c", "4")
FACT_HEP = load("fact-hep", "4")
FATIGUE = load("facit-fatigue", "4")
CORE = [FACT_G, FACT_C, FACT_HEP, FATIGUE]

FACTSCORER_ITEMS = [
    *(f"GP{n}" for n in range(1, 8)),
    *(f"GS{n}" for n in range(1, 8)),
    *(f"GE{n}" for n in range(1, 7)),
    *(f"GF{n}" for n in range(1, 8)),
]
FACTSCORER = [
    # The example in the README of FACTscorer 0.2.0 (commit c59265a): answers, then its scores.
    ("922333231031020024449943143", (10.5, 10, 6, 21, 47.5)),
    ("324134123204024041320930423", (10, 13, 6, 14, 43)),
    ("431930330093029413401333301", (11.667, 9.333, 14.4, 14, 49.4)),
    ("043420200291122402102490234", (13, 7, 19, 17.5, 56.5)),
    ("424201313032331403403420112", (12, 15, 16, 13, 56)),
    ("231243093223921342340939422", (13, 16.8, 9, 15.4, 54.2)),
    ("333302919302191903342014241", (11.667, 9.8, 10.8, 14, 46.267)),
    ("121300043310114241230211412", (21, 13, 8, 11, 53)),
]


def scored(questionnaire: Questionnaire, answers: dict[str, float | None]) -> pd.Series:
    """The scores of one form; items not named are unanswered."""
    form = {item.id: answers.get(item.id) for item in questionnaire.items}
    return score(questionnaire, pd.DataFrame([form], dtype="float64")).iloc[0]


def same(questionnaire: Questionnaire, answer: float) -> dict[str, float | None]:
    return {item.id: min(answer, item.codes[-1]) for item in questionnaire.items}


def without(answers: dict[str, float | None], *items: str) -> dict[str, float | None]:
    return {item: None if item in items else answer for item, answer in answers.items()}


GOOD: dict[str, float | None] = {
    # 3 of 4 everywhere in the FACT-G; 3 + 4 + 4 + 3 + 2 + 3 + 4 = 23 for the colorectal items.
    **dict.fromkeys(FACTSCORER_ITEMS[:7], 1),
    **dict.fromkeys(FACTSCORER_ITEMS[7:14], 3),
    **dict.fromkeys(["GE1", "GE3", "GE4", "GE5", "GE6"], 1),
    **dict.fromkeys(["GE2", *FACTSCORER_ITEMS[20:]], 3),
    **dict(zip(["C1", "C2", "C3", "C4", "C5", "C6", "C7"], [1, 0, 4, 3, 2, 3, 4], strict=True)),
}
BEST_HEP: dict[str, float | None] = {
    **same(FACT_HEP, 0),
    **dict.fromkeys(FACTSCORER_ITEMS[7:14], 4),
    **dict.fromkeys(["GE2", *FACTSCORER_ITEMS[20:], "C3", "C4", "C6", "An7"], 4),
}


@pytest.mark.parametrize(("answers", "expected"), FACTSCORER)
def test_the_fact_g_agrees_with_the_example_of_factscorer(
    answers: str, expected: tuple[float, ...]
) -> None:
    form = dict(zip(FACTSCORER_ITEMS, map(float, answers), strict=True))
    assert [item.id for item in FACT_G.items] == FACTSCORER_ITEMS
    assert scored(FACT_G, form).tolist() == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize(
    ("questionnaire", "answer", "expected"),
    [
        pytest.param(FACT_G, 0, [28, 0, 20, 0, 48], id="FACT-G, all 0"),
        pytest.param(FACT_G, 4, [0, 28, 4, 28, 60], id="FACT-G, all 4"),
        pytest.param(FACT_C, 0, [28, 0, 20, 0, 12, 48, 60, 40], id="FACT-C, all 0"),
        pytest.param(FACT_C, 4, [0, 28, 4, 28, 16, 60, 76, 44], id="FACT-C, all 4"),
        pytest.param(FACT_HEP, 0, [28, 0, 20, 0, 56, 48, 104, 84], id="FACT-Hep, all 0"),
        pytest.param(FACT_HEP, 4, [0, 28, 4, 28, 16, 60, 76, 44], id="FACT-Hep, all 4"),
        pytest.param(FATIGUE, 0, [44], id="FACIT-Fatigue, all 0"),
        pytest.param(FATIGUE, 4, [8], id="FACIT-Fatigue, all 4"),
        pytest.param(FATIGUE, 2, [26], id="FACIT-Fatigue, all in the middle"),
    ],
)
def test_forms_with_one_answer_throughout(
    questionnaire: Questionnaire, answer: float, expected: list[float]
) -> None:
    assert scored(questionnaire, same(questionnaire, answer)).tolist() == expected


@pytest.mark.parametrize("questionnaire", CORE, ids=lambda one: one.id)
def test_the_best_form_has_the_highest_scores_and_the_worst_the_lowest(
    questionnaire: Questionnaire,
) -> None:
    turned = {item for scale in questionnaire.scales for item in scale.options.get("reversed", ())}
    best = {item: 0 if item in turned else top for item, top in same(questionnaire, 4).items()}
    worst = {item: 4 if item in turned else 0 for item in best}
    highest = {
        "PWB": 28, "SWB": 28, "EWB": 24, "FWB": 28, "FACTG": 108,
        "CCS": 28, "FACT_C_TOTAL": 136, "FACT_C_TOI": 84,
        "HCS": 72, "FACT_HEP_TOTAL": 180, "FACT_HEP_TOI": 128, "FS": 52,
    }  # fmt: skip
    codes = [scale.code for scale in questionnaire.scales]
    assert scored(questionnaire, best).tolist() == [highest[code] for code in codes]
    assert scored(questionnaire, worst).tolist() == [0] * len(codes)
    assert [(scale.low, scale.high) for scale in questionnaire.scales] == [
        (0, highest[code]) for code in codes
    ]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([4, 3, 2, 1, None, None, None], 10.5, id="four of seven: 6 x 7/4"),
        pytest.param([4, 3, 2, None, None, None, None], None, id="three of seven is too few"),
        pytest.param([4, 3, 2, 1, 8, 9, None], 10.5, id="8 and 9 are no answers"),
        pytest.param([9, 9, 9, 9, 9, 9, 9], None, id="nothing answered"),
    ],
)
def test_physical_well_being_is_prorated(
    answers: list[float | None], expected: float | None
) -> None:
    form = {f"GP{n}": answer for n, answer in enumerate(answers, start=1)}
    result = scored(FACT_G, form)["PWB"]
    assert pd.isna(result) if expected is None else result == expected


def test_emotional_well_being_needs_four_of_six() -> None:
    four = {"GE1": 4, "GE2": 4, "GE3": 1, "GE4": 2}
    assert scored(FACT_G, four)["EWB"] == 13.5  # (0 + 4 + 3 + 2) x 6/4
    assert pd.isna(scored(FACT_G, without(four, "GE4"))["EWB"])


def test_the_fact_g_total_needs_22_of_27_items() -> None:
    enough = without(GOOD, "GP1", "GS7", "GE1", "GF1", "GF2")
    assert scored(FACT_G, enough).tolist() == [21, 21, 18, 21, 81]
    too_few = scored(FACT_G, without(enough, "GS6"))
    assert too_few[["PWB", "SWB", "EWB", "FWB"]].tolist() == [21, 21, 18, 21]
    assert pd.isna(too_few["FACTG"])


def test_the_fact_g_total_needs_every_subscale() -> None:
    scores = scored(FACT_G, without(GOOD, "GS1", "GS2", "GS3", "GS4"))
    assert scores[["PWB", "EWB", "FWB"]].tolist() == [21, 18, 21]
    assert scores[["SWB", "FACTG"]].isna().all()


def test_a_whole_fact_c_by_hand() -> None:
    assert scored(FACT_C, GOOD).to_dict() == {
        "PWB": 21, "SWB": 21, "EWB": 18, "FWB": 21, "CCS": 23,
        "FACTG": 81, "FACT_C_TOTAL": 104, "FACT_C_TOI": 65,
    }  # fmt: skip


def test_the_fact_c_total_needs_28_of_34_items_and_its_index_does_not() -> None:
    enough = without(GOOD, "GP1", "GS1", "GS2", "GE1", "GF1", "C3")
    scores = scored(FACT_C, enough)
    assert scores["CCS"] == pytest.approx(19 * 7 / 6)
    assert scores["FACT_C_TOTAL"] == pytest.approx(81 + 19 * 7 / 6)
    too_few = scored(FACT_C, without(enough, "C4"))
    assert pd.isna(too_few["FACT_C_TOTAL"])
    assert too_few["FACT_C_TOI"] == pytest.approx(21 + 21 + 22.4)


def test_the_ostomy_items_of_the_fact_c_count_for_nothing() -> None:
    asked = {**GOOD, "ostomy": 1, "C8": 4, "C9": 4}
    pd.testing.assert_series_equal(scored(FACT_C, asked), scored(FACT_C, GOOD))
    (rule,) = FACT_C.skips
    assert rule.items == ("C8", "C9")
    assert rule.shows({"ostomy": 1})
    assert not rule.shows({"ostomy": 0})
    assert not rule.shows({})


def test_the_fact_hep_total_needs_37_of_45_items() -> None:
    enough = without(BEST_HEP, "GP1", "GS1", "GS2", "GE1", "GF1", "GF2", "Hep2", "Hep3")
    scores = scored(FACT_HEP, enough)
    assert (scores["FACT_HEP_TOTAL"], scores["FACT_HEP_TOI"]) == (180, 128)
    too_few = scored(FACT_HEP, without(enough, "Hep4"))
    assert pd.isna(too_few["FACT_HEP_TOTAL"])
    assert too_few["FACT_HEP_TOI"] == 128


def test_the_hepatobiliary_subscale_needs_ten_of_eighteen() -> None:
    ten = dict(
        zip(
            ["C1", "C2", "C3", "C4", "C5", "C6", "Hep1", "Cns7", "Cx6", "An7"],
            [0, 1, 2, 3, 4, 4, 0, 1, 2, 3],
            strict=True,
        )
    )
    # 4 + 3 + 2 + 3 + 0 + 4 + 4 + 3 + 2 + 3 = 28
    assert scored(FACT_HEP, ten)["HCS"] == pytest.approx(28 * 18 / 10)
    assert pd.isna(scored(FACT_HEP, without(ten, "An7"))["HCS"])


def test_fatigue_needs_seven_of_thirteen() -> None:
    seven = {"HI7": 1, "HI12": 0, "An1": 2, "An2": 4, "An3": 1, "An5": 3, "An7": 2}
    # 3 + 4 + 2 + 0 + 3 + 3 + 2 = 17
    assert scored(FATIGUE, seven)["FS"] == pytest.approx(17 * 13 / 7)
    assert pd.isna(scored(FATIGUE, without(seven, "An7"))["FS"])


@pytest.mark.parametrize("bad", [5, 7, 10, -1, 2.5])
def test_an_odd_value_is_refused(bad: float) -> None:
    with pytest.raises(AnswerOutOfRange, match="GF7, row 0"):
        scored(FACT_G, {"GF7": bad})


@pytest.mark.parametrize(
    ("questionnaire", "item", "code"),
    [
        pytest.param(FACT_G, "GF7", "FAC00127", id="last of the FACT-G"),
        pytest.param(FACT_C, "GE1", "FAC00815", id="FACT-C repeats the order of the FACT-G"),
        pytest.param(FACT_C, "C7", "FAC00834", id="last of the colorectal items"),
        pytest.param(FACT_HEP, "Hep8", "FAC01545", id="last of the hepatobiliary items"),
        pytest.param(FATIGUE, "An16", "FAC07013", id="last of the fatigue items"),
    ],
)
def test_items_bear_their_cdisc_codes(questionnaire: Questionnaire, item: str, code: str) -> None:
    assert questionnaire.item(item).cdisc == code


def test_the_fatigue_scale_rests_on_one_source() -> None:
    assert [one.confirmed for one in CORE] == [True, True, True, False]
