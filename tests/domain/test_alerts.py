"""Alert rules: when they are met, and what is wrong with those that are written wrongly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qol_app.domain.alerts import item_cause, score_cause, waits_too_long
from qol_app.domain.study import AlertRule
from qol_app.domain.study_file import StudyFileInvalid, parse, protocol_hash, read, to_document
from questionnaires.model import Value

STUDIES = Path(__file__).parents[2] / "studies"
NAME = {"en": "Rule"}


def rule(**condition: Any) -> AlertRule:
    return AlertRule(code="rule", name=NAME, instrument="phq-9", **condition)


@pytest.mark.parametrize(
    ("condition", "value", "is_met"),
    [
        ({"at_least": 1}, 0, False),
        ({"at_least": 1}, 1, True),
        ({"at_least": 1}, 3, True),
        ({"at_least": 1}, None, False),
        ({"at_most": 2}, 2, True),
        ({"at_most": 2}, 3, False),
        ({"at_most": 2}, None, False),
        ({"any_of": (0, 3)}, 0, True),
        ({"any_of": (0, 3)}, 1, False),
        ({"any_of": (0, 3)}, None, False),
        ({"any_of": (2, 3)}, [1, 3], True),
        ({"any_of": (2, 3)}, [1], False),
        ({"at_least": 1}, "3", False),
    ],
)
def test_a_rule_about_an_item(condition: dict[str, Any], value: Value, is_met: bool) -> None:
    assert (item_cause(rule(item="q9", **condition), {"q9": value}) is not None) == is_met


def test_an_item_never_seen_meets_nothing() -> None:
    assert item_cause(rule(item="q9", at_most=3), {"q8": 1}) is None


def test_the_cause_says_what_met_the_rule() -> None:
    assert item_cause(rule(item="q9", any_of=(1, 2)), {"q9": 2}) == {
        "item": "q9",
        "value": 2,
        "any_of": [1, 2],
    }


@pytest.mark.parametrize(
    ("condition", "value", "earlier", "is_met"),
    [
        ({"at_least": 10}, 10.0, [], True),
        ({"at_least": 10}, 9.9999999, [], True),
        ({"at_least": 10}, 9.9, [], False),
        ({"at_most": 50}, 50.0000001, [], True),
        ({"at_most": 50}, 50.1, [], False),
        ({"at_least": 10}, None, [], False),
        ({"drop_of": 30}, 40.0, [70.0], True),
        ({"drop_of": 30}, 41.0, [70.0], False),
        ({"drop_of": 30}, 100.0, [70.0], False),
        ({"drop_of": 100 / 6}, 50.0, [66.66666666], True),
        ({"drop_of": 30}, 40.0, [], False),
        ({"drop_of": 30}, 40.0, [None, 70.0], False),
        ({"drop_of": 30}, None, [70.0], False),
        ({"drop_of": 30}, 40.0, [70.0, 45.0], True),
        ({"drop_of": 30, "since": "previous"}, 40.0, [100.0, 45.0], False),
        ({"drop_of": 30, "since": "previous"}, 40.0, [50.0, 70.0, None], True),
        ({"drop_of": 30, "since": "previous"}, 40.0, [None, None], False),
        ({"rise_of": 5}, 15.0, [10.0], True),
        ({"rise_of": 5}, 14.0, [10.0], False),
        ({"rise_of": 5}, 4.0, [10.0], False),
    ],
)
def test_a_rule_about_a_scale(
    condition: dict[str, Any], value: float | None, earlier: list[float | None], is_met: bool
) -> None:
    met = score_cause(rule(scale="total", **condition), value, earlier)
    assert (met is not None) == is_met


def test_the_cause_of_a_change_says_what_it_is_compared_with() -> None:
    assert score_cause(rule(scale="VAS", drop_of=30), 40.0, [75.0]) == {
        "scale": "VAS",
        "value": 40.0,
        "before": 75.0,
        "drop_of": 30.0,
    }


def test_a_rule_about_an_item_is_not_met_by_scores_nor_the_other_way_round() -> None:
    assert score_cause(rule(item="q9", at_least=1), 3.0) is None
    assert item_cause(rule(scale="total", at_least=1), {"total": 3}) is None


def test_an_alert_waits_too_long_once_its_hours_are_over() -> None:
    raised = datetime(2026, 3, 2, tzinfo=UTC)
    almost = raised + timedelta(hours=23, minutes=59)
    assert not waits_too_long(raised, hours=24, now=almost)
    assert waits_too_long(raised, hours=24, now=raised + timedelta(hours=24))


def test_a_protocol_without_alerts_keeps_its_document_and_its_hash() -> None:
    example = read(STUDIES / "example.toml")
    assert "alerts" not in to_document(example)
    assert protocol_hash(read(STUDIES / "qlq-c30-two-arms.toml")) == (
        "6f26b8afd75133c9870693e77eab41588fa4b52270642847aa10d455aa0f67cb"
    )


TEXT = (STUDIES / "with-alerts.toml").read_text(encoding="utf-8")
RULES = TEXT.index("[[alerts.rules]]")
PHQ = 'name = {en = "a", zh-Hans = "a"}\ninstrument = "phq-9"\n'
EQ = 'name = {en = "a", zh-Hans = "a"}\ninstrument = "eq-5d-5l"\n'


def problems(*rules: str) -> list[str]:
    """What is wrong with the study that shows alerts, were these its rules."""
    lines = [f'[[alerts.rules]]\ncode = "r{n}"\n{each}\n' for n, each in enumerate(rules)]
    with pytest.raises(StudyFileInvalid) as refused:
        parse(TEXT[:RULES] + "".join(lines), "x.toml")
    return [line.removeprefix("x.toml: ") for line in refused.value.problems]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (PHQ + "at_least = 1", "has neither item nor scale; add one of them"),
        (
            PHQ + 'item = "q9"\nscale = "total"\nat_least = 1',
            "has both item and scale; remove one of them",
        ),
        (PHQ + 'item = "q9"', "has no condition; add one of at_least, at_most, any_of"),
        (
            PHQ + 'scale = "total"',
            "has no condition; add one of at_least, at_most, drop_of, rise_of",
        ),
        (
            PHQ + 'item = "q9"\nat_least = 1\nany_of = [2]',
            "has 2 conditions, at_least, any_of; keep one of them",
        ),
        (
            PHQ + 'item = "q9"\ndrop_of = 2',
            ".drop_of: is no condition for the item; use one of at_least, at_most, any_of",
        ),
        (
            PHQ + 'scale = "total"\nany_of = [2]',
            ".any_of: is no condition for the scale; use one of at_least, at_most, drop_of, "
            "rise_of",
        ),
        (
            PHQ + 'item = "q9"\nat_least = 1\nsince = "previous"',
            ".since: goes with drop_of or rise_of only; remove it",
        ),
        (
            PHQ + 'scale = "total"\nrise_of = 5\nsince = "yesterday"',
            '.since: must be "baseline" or "previous" (got "yesterday")',
        ),
        (
            PHQ + 'item = "q11"\nat_least = 1',
            '.item: "q11" is not an item of phq-9; it has q1, q2, q3, q4, q5, q6, q7, q8, ...',
        ),
        (
            PHQ + 'scale = "sum"\nat_least = 1',
            '.scale: "sum" is not a scale of phq-9; it has total',
        ),
        (
            PHQ + 'item = "q9"\nany_of = [1, 7]',
            ".any_of: 7 is not a code of q9; its codes are 0, 1, 2, 3",
        ),
        (
            EQ + 'item = "VAS"\nany_of = [7]',
            ".any_of: 7 is not a code of VAS; its codes are none, so use at_least or at_most",
        ),
        (
            PHQ + 'item = "q9"\nat_least = 4',
            ".at_least: would never be met, as values go from 0 to 3 (got 4)",
        ),
        (
            PHQ + 'item = "q9"\nat_least = 0',
            ".at_least: would always be met, as values go from 0 to 3 (got 0)",
        ),
        (
            PHQ + 'scale = "total"\nat_most = 27',
            ".at_most: would always be met, as values go from 0 to 27 (got 27)",
        ),
        (
            EQ + 'scale = "VAS"\ndrop_of = 130',
            ".drop_of: can never be met, as VAS goes from 0 to 100 (got 130)",
        ),
        (EQ + 'scale = "VAS"\ndrop_of = 0', ".drop_of: must be more than 0 (got 0)"),
        (
            PHQ.replace("phq-9", "gad-7") + 'item = "q1"\nat_least = 1',
            '.instrument: "gad-7" is not among [[instruments]]; add it',
        ),
        (
            PHQ.replace(', zh-Hans = "a"', "") + 'item = "q9"\nat_least = 1',
            ".name.zh-Hans: is missing; every text needs every language of the study",
        ),
    ],
)
def test_a_mistaken_rule_is_named_with_its_key_and_remedy(written: str, said: str) -> None:
    separator = "" if said.startswith(".") else ": "
    assert problems(written) == [f"alerts.rules.1{separator}{said}"]


def test_a_change_from_a_baseline_that_is_not_asked_is_refused() -> None:
    asked = 'instruments = ["phq-9", "eq-5d-5l", "pro-ctcae"]'
    text = TEXT.replace(asked, 'instruments = ["phq-9", "pro-ctcae"]', 1)
    with pytest.raises(StudyFileInvalid) as refused:
        parse(text, "x.toml")
    assert refused.value.problems == [
        "x.toml: alerts.rules.3.drop_of: eq-5d-5l is not asked at the baseline, so no change is "
        'known; set since = "previous" or ask it there'
    ]


def test_a_code_is_used_once_and_the_section_is_whole() -> None:
    twice = f'[[alerts.rules]]\ncode = "self-harm"\n{PHQ}item = "q9"\nat_least = 2\n'
    text = TEXT.replace("escalate_after_hours = 24", "escalate_after_hours = 169") + twice
    text = text.replace('\nzh-Hans = "研究团队', '\nde = "研究团队')
    with pytest.raises(StudyFileInvalid) as refused:
        parse(text, "x.toml")
    assert refused.value.problems == [
        "x.toml: alerts.escalate_after_hours: must be 168 or less (got 169)",
        'x.toml: alerts.rules.4.code: "self-harm" is already used by alerts.rules.1; choose '
        "another",
        "x.toml: alerts.patient_words.zh-Hans: is missing; every text needs every language of the "
        "study",
    ]
