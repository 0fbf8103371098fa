"""Published thresholds: every file is sound, wrong ones are refused whole, kinds stay apart."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from questionnaires import QuestionnaireInvalid, QuestionnaireUnknown, available, load
from questionnaires.files import ROOT
from questionnaires.thresholds import (
    Comparison,
    Confidence,
    Points,
    Side,
    Threshold,
    ThresholdKind,
    published,
    read_thresholds,
    thresholds,
)

INSTRUMENTS = sorted({name for name, _ in available()})
GOOD = """
[[thresholds]]
kind = "individual_change"
short = "Somebody 2020"
scales = ["WELL"]
improvement = [5.5]
deterioration = [5, 10]
source = "Somebody 2020"
population = { en = "anyone", zh-Hans = "任何人" }
confidence = "memory"
"""


def of(instrument: str, scale: str, kind: ThresholdKind) -> list[Threshold]:
    questionnaire = load(instrument)
    found = published(questionnaire, questionnaire.scale(scale))
    return [each for each in found if each.kind is kind]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An instrument's folder with good thresholds, which a test may spoil."""
    copy = tmp_path / "daily-life-check"
    shutil.copytree(ROOT / "daily-life-check", copy)
    (copy / "thresholds.toml").write_text(GOOD, encoding="utf-8")
    return copy


def refused(folder: Path, old: str, new: str) -> list[str]:
    path = folder / "thresholds.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(QuestionnaireInvalid) as error:
        read_thresholds(folder)
    return [line.removeprefix(f"{path}: ") for line in str(error.value).splitlines()]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_every_file_is_sound(instrument: str) -> None:
    has_file = (ROOT / instrument / "thresholds.toml").exists()
    assert bool(thresholds(instrument)) is has_file


def test_an_unknown_instrument_is_named() -> None:
    with pytest.raises(QuestionnaireUnknown, match="no questionnaire nothing"):
        thresholds("nothing")


def test_fourteen_scales_of_the_c30_have_a_clinical_importance_threshold() -> None:
    kind = ThresholdKind.CLINICAL_IMPORTANCE
    found = {
        scale.code: (float(one.value or 0), str(one.side), one.inclusive)
        for scale in load("eortc-qlq-c30").scales
        for one in of("eortc-qlq-c30", scale.code, kind)
    }
    assert found == {
        "PF2": (83, "below", False),
        "RF2": (58, "below", False),
        "EF": (71, "below", False),
        "CF": (75, "below", False),
        "SF": (58, "below", False),
        "FA": (39, "above", False),
        "NV": (8, "above", False),
        "PA": (25, "above", False),
        "DY": (17, "above", False),
        "SL": (50, "above", False),
        "AP": (50, "above", False),
        "CO": (50, "above", False),
        "DI": (17, "above", False),
        "FI": (17, "above", False),
    }


def test_group_differences_keep_within_and_between_and_both_directions_apart() -> None:
    found = of("eortc-qlq-c30", "QL2", ThresholdKind.GROUP_DIFFERENCE)
    assert [(each.comparison, each.improvement, each.deterioration) for each in found] == [
        (
            Comparison.WITHIN,
            Points(low=Fraction(6), high=Fraction(18)),
            Points(low=Fraction(5), high=Fraction(11)),
        ),
        (
            Comparison.BETWEEN,
            Points(low=Fraction(5), high=Fraction(15)),
            Points(low=Fraction(4), high=Fraction(10)),
        ),
    ]


def test_what_is_from_memory_says_so() -> None:
    first, *others = of("eortc-qlq-c30", "DY", ThresholdKind.INDIVIDUAL_CHANGE)
    assert (first.short["en"], first.confidence, others) == (
        "10-point rule",
        Confidence.MEMORY,
        [],
    )
    assert {each.confidence for each in thresholds("esas-r")} == {Confidence.MEMORY}


def test_a_cut_that_includes_its_value_says_so() -> None:
    cuts = of("phq-9", "total", ThresholdKind.CLINICAL_IMPORTANCE)
    assert [(each.value, each.side, each.inclusive) for each in cuts] == [
        (5, Side.ABOVE, True),
        (10, Side.ABOVE, True),
        (15, Side.ABOVE, True),
        (20, Side.ABOVE, True),
    ]


def test_a_difference_of_the_index_holds_for_its_value_set_only() -> None:
    form = load("eq-5d-5l")
    index = form.scale("INDEX")
    assert [each.improvement for each in published(form, index)] == [
        Points(low=Fraction(69, 1000), high=Fraction(69, 1000))
    ]
    (german,) = published(form, index, {"value_set": "Germany"})
    assert (german.improvement or german.deterioration) == Points(
        low=Fraction(83, 1000), high=Fraction(83, 1000)
    )
    assert published(form, index, {"value_set": "Vietnam"}) == ()


def test_numbers_are_read_as_they_are_written(folder: Path) -> None:
    (found,) = read_thresholds(folder)
    assert found.improvement == Points(low=Fraction(11, 2), high=Fraction(11, 2))
    assert found.versions == ("1.0", "1.1", "1.2")
    assert found.source == {"en": "Somebody 2020", "zh-Hans": "Somebody 2020"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param(
            'scales = ["WELL"]',
            'scales = ["WELL", "LUCK"]\nversions = ["1.1"]',
            "thresholds.0.scales: version 1.1 has no scale LUCK",
            id="an unknown scale",
        ),
        pytest.param(
            'scales = ["WELL"]',
            'scales = ["WELL"]\nversions = ["7"]',
            "thresholds.0.versions: there is no version 7",
            id="an unknown version",
        ),
        pytest.param(
            ', zh-Hans = "任何人"',
            "",
            "thresholds.0.population: needs en and zh-Hans, nothing else",
            id="a language missing",
        ),
        pytest.param(
            'short = "Somebody 2020"',
            'short = { en = "Custom" }',
            "thresholds.0.short: needs en and zh-Hans, nothing else",
            id="a name in one language",
        ),
        pytest.param(
            "[5, 10]",
            "[10, 5]",
            "thresholds.0: Value error, a range goes from low to high",
            id="a range the wrong way round",
        ),
        pytest.param(
            "[5, 10]",
            "[-10, -5]",
            "thresholds.0.deterioration.0: Input should be greater than 0",
            id="a sign",
        ),
        pytest.param(
            "improvement = [5.5]",
            "value = 50",
            "thresholds.0: Value error, individual_change has no value, direction or inclusive",
            id="kinds mixed",
        ),
        pytest.param(
            "improvement = [5.5]\ndeterioration = [5, 10]",
            "",
            "thresholds.0: Value error, individual_change needs improvement or deterioration",
            id="no numbers",
        ),
        pytest.param(
            "improvement = [5.5]\n",
            'comparison = "within"\n',
            "thresholds.0: Value error, only group_difference has a comparison",
            id="a comparison of one patient",
        ),
        pytest.param(
            '"memory"',
            '"memory"\noptions = { value_set = "China" }',
            "thresholds.0.options: value_set is no option of scale WELL of version 1.0",
            id="an unknown option",
        ),
        pytest.param(
            '"individual_change"',
            '"clinical_importance"',
            "thresholds.0: Value error, clinical_importance needs value and direction; "
            "clinical_importance has no improvement or deterioration",
            id="no value",
        ),
    ],
)
def test_a_mistake_is_named_with_its_key(folder: Path, old: str, new: str, problem: str) -> None:
    assert refused(folder, old, new)[0] == problem


def test_every_mistake_is_named_at_once(folder: Path) -> None:
    spoiled = 'confidence = "sure"\ncolour = "red"'
    problems = refused(folder, 'confidence = "memory"', spoiled)
    assert [problem.split(": ")[0] for problem in problems] == [
        "thresholds.0.confidence",
        "thresholds.0.colour",
    ]


def test_a_file_that_is_no_toml_is_named(folder: Path) -> None:
    assert "Invalid value" in refused(folder, '"Somebody 2020"\nscales', "Somebody\nscales")[0]
