"""Why is this 66.7? Items, what they counted as, the steps, and what must be said beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from questionnaires import available, load
from questionnaires.model import Questionnaire
from scoring import Flag, details, explain, score
from scoring.reasons import PartKind, Reasons, StepKind

C30 = load("eortc-qlq-c30")
EQ5D = load("eq-5d-5l")
MISSING = {StepKind.TOO_FEW, StepKind.SCALES_MISSING, StepKind.NO_VALUE_SET}


def used(reasons: Reasons) -> dict[str, float | None]:
    return {part.code: part.used for part in reasons.parts}


def steps(reasons: Reasons) -> list[tuple[str, dict[str, float]]]:
    return [(one.kind.value, dict(one.values)) for one in reasons.steps]


def test_physical_functioning_from_three_of_five_items() -> None:
    found = explain(C30, {"q1": 2, "q2": 3, "q3": 1}, "PF2")
    assert found.score == pytest.approx(200 / 3)
    assert (found.answered, found.expected, found.imputed) == (3, 5, 2)
    assert found.flags == (Flag.PRORATED,)
    assert (found.module.id, found.module.version) == ("linear", "1.0.0")
    assert used(found.reasons) == {"q1": 2, "q2": 3, "q3": 1, "q4": None, "q5": None}
    assert steps(found.reasons) == [
        ("mean", {"count": 3, "mean": 2}),
        ("rescale_reversed", {"mean": 2, "low": 1, "high": 4, "score": pytest.approx(200 / 3)}),
    ]


def test_two_of_five_items_are_too_few_and_nothing_is_imputed() -> None:
    found = explain(C30, {"q1": 2, "q2": 3}, "PF2")
    assert (found.score, found.imputed, found.flags) == (None, 0, ())
    assert steps(found.reasons) == [("too_few", {"answered": 2, "expected": 5, "needed": 3})]


def test_the_summary_score_shows_each_scale_as_it_entered() -> None:
    best = {item.id: item.codes[-1] if item.id in ("q29", "q30") else 1 for item in C30.items}
    found = explain(C30, {**best, "q9": 4, "q19": 4}, "SUMSC")
    parts = {part.code: (part.kind, part.given, part.used) for part in found.reasons.parts}
    assert len(parts) == 13
    assert parts["PA"] == (PartKind.SCALE, 100, 0)
    assert parts["PF2"] == (PartKind.SCALE, 100, 100)
    assert steps(found.reasons) == [("mean", {"count": 13, "mean": pytest.approx(1200 / 13)})]
    del best["q8"]
    without = explain(C30, best, "SUMSC")
    assert steps(without.reasons) == [("scales_missing", {"missing": 1, "expected": 13})]


def test_the_index_loses_what_each_level_costs() -> None:
    form = {"MO": 2, "SC": 1, "UA": 1, "PD": 2, "AD": 1, "VAS": 70}
    found = explain(EQ5D, form, "INDEX", {"value_set": "China"})
    assert found.score == pytest.approx(0.876)
    assert found.options["value_set"] == "China"
    assert used(found.reasons) == {"MO": -0.066, "SC": 0, "UA": 0, "PD": -0.058, "AD": 0}
    (last,) = steps(found.reasons)
    assert last == (
        "less",
        {"start": 1, "decrements": pytest.approx(0.124), "score": pytest.approx(0.876)},
    )


def test_an_extra_term_of_a_value_set_is_a_part_of_its_own() -> None:
    form = {"MO": 1, "SC": 1, "UA": 1, "PD": 4, "AD": 1, "VAS": 70}
    parts = explain(EQ5D, form, "INDEX", {"value_set": "Canada"}).reasons.parts
    extra = [(part.code, part.given) for part in parts if part.kind is PartKind.TERM]
    assert extra == [("PD45", None)]


def test_a_pattern_of_three_items_says_so_and_a_complete_form_names_the_table() -> None:
    health = load("promis-global-health")
    form = {"Global03": 3, "Global06": 4, "Global07": 2, "Global08": 2}
    whole = explain(health, form, "GPH")
    assert [kind for kind, _ in steps(whole.reasons)] == ["sum", "table"]
    assert used(whole.reasons) == {"Global03": 3, "Global06": 4, "Global07": 4, "Global08": 4}
    assert whole.score == 47.7
    part = explain(health, {**form, "Global03": None}, "GPH")
    assert [kind for kind, _ in steps(part.reasons)] == ["pattern"]
    assert part.flags == (Flag.PRORATED,)


def test_a_symptom_that_never_came_needs_no_further_answer_and_counts_as_complete() -> None:
    scale = next(s for s in load("pro-ctcae").scales if len(s.items) == 3)
    found = explain(load("pro-ctcae"), {scale.items[0]: 0}, scale.code)
    assert (found.score, found.imputed, found.flags) == (0, 0, ())
    assert steps(found.reasons) == [("grade_zero", {"score": 0})]


def test_an_unconfirmed_instrument_says_so_beside_every_score() -> None:
    liver = load("eortc-qlq-hcc18")
    assert explain(liver, {"q34": 2}, "ABD_SWELLING").flags == (Flag.UNCONFIRMED,)
    assert explain(liver, {}, "ABD_SWELLING").flags == ()


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(KeyError):
        explain(C30, {}, "XX")


def test_details_count_what_was_filled_in() -> None:
    forms = pd.DataFrame([{item.id: None for item in C30.items}] * 2, dtype="float64")
    forms.loc[0, ["q1", "q2", "q3"]] = [2, 3, 1]
    forms.loc[0, "q8"] = 4
    found = details(C30, forms)
    assert found.scores.loc[0, ["PF2", "DY"]].tolist() == pytest.approx([200 / 3, 100])
    assert found.answered.loc[0, ["PF2", "DY", "QL2"]].tolist() == [3, 1, 0]
    assert found.imputed.loc[0, ["PF2", "DY", "QL2"]].tolist() == [2, 0, 0]
    assert found.flags.loc[0, "PF2"] == (Flag.PRORATED,)
    assert found.imputed.loc[1].sum() == 0
    pd.testing.assert_frame_equal(found.scores, score(C30, forms))


def drawn(questionnaire: Questionnaire, rng: np.random.Generator) -> dict[str, float | None]:
    """A form with about a fifth of its items left blank."""
    answers: dict[str, float | None] = {}
    for item in questionnaire.items:
        if item.type.value in ("several_of", "text"):
            continue
        choices = item.codes or range(int(item.low or 0), int(item.high or 0) + 1)
        answers[item.id] = None if rng.random() < 0.2 else float(rng.choice(list(choices)))
    return answers


@pytest.mark.parametrize(("instrument", "version"), available())
def test_every_score_is_the_last_number_of_its_own_reasons(instrument: str, version: str) -> None:
    questionnaire, rng = load(instrument, version), np.random.default_rng(7)
    for form in [drawn(questionnaire, rng) for _ in range(4)]:
        for scale in questionnaire.scales:
            found = explain(questionnaire, form, scale.code)
            last = found.reasons.steps[-1]
            assert (found.score is None) == (last.kind in MISSING), scale.code
            if found.score is not None:
                values = dict(last.values)
                told = values.get("score", values.get("mean", values.get("sum")))
                assert told == pytest.approx(found.score, abs=1e-9), scale.code
