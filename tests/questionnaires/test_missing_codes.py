"""Codes that stand for "no answer" in files are scored as missing, and are never answers."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from questionnaires import from_document, load
from questionnaires.checks import definition_problems
from questionnaires.model import Questionnaire
from scoring import AnswerOutOfRange, ScoreFileInvalid, completeness, score, score_file

LMC21 = load("eortc-qlq-lmc21", "1.0")


def with_missing_codes(*codes: int, item: str = "q31") -> Questionnaire:
    """The QLQ-LMC21 with missing codes on one item."""
    items = [dict(entry) for entry in LMC21.document["items"]]
    for entry in items:
        if entry["id"] == item:
            entry["missing_codes"] = list(codes)
    return from_document({**LMC21.document, "items": items})


def form(**answers: object) -> dict[str, object]:
    return {item.id: answers.get(item.id, 1) for item in LMC21.items}


def test_a_definition_without_missing_codes_has_no_such_key_in_its_document() -> None:
    assert all("missing_codes" not in item for item in LMC21.document["items"])
    assert LMC21.item("q31").missing_codes == ()


def test_missing_codes_survive_the_document_and_change_its_hash() -> None:
    changed = with_missing_codes(8, 9)
    assert changed.item("q31").missing_codes == (8, 9)
    assert changed.item("q32").missing_codes == ()
    assert changed.hash != LMC21.hash


@pytest.mark.parametrize("code", [8, 9, 8.0, "9"])
def test_a_missing_code_counts_as_unanswered(code: object) -> None:
    forms = pd.DataFrame([form(q31=code, q32=4), form(q31=4, q32=4), form(q31=1, q32=4)])
    changed = with_missing_codes(8, 9)
    assert score(changed, forms)["NUTRITION"].tolist() == [100, 100, 50]
    assert completeness(changed, forms)["NUTRITION"].tolist() == [1, 2, 2]


@pytest.mark.parametrize("bad", [5, 7, 8.5, "eight"])
def test_any_other_value_is_still_refused(bad: object) -> None:
    forms = pd.DataFrame([form(q31=8), form(q31=bad)])
    with pytest.raises(AnswerOutOfRange, match="q31, row 1"):
        score(with_missing_codes(8, 9), forms)


def test_a_missing_code_of_one_item_is_refused_on_another() -> None:
    with pytest.raises(AnswerOutOfRange, match="q32, row 0"):
        score(with_missing_codes(8, 9), pd.DataFrame([form(q32=8)]))


def test_a_file_may_hold_missing_codes_which_are_kept_as_they_are(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    rows = [form(q31=8, q32=4), form(q31=9, q32=1), form(q31="", q32=2)]
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    score_file(with_missing_codes(8, 9), source, target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        scored = list(csv.DictReader(file))
    assert [float(row["NUTRITION"]) for row in scored] == pytest.approx([100, 0, 100 / 3])
    assert [row["q31"] for row in scored] == ["8", "9", ""]


def test_a_file_with_a_code_that_is_neither_answer_nor_missing_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    answers = form(q31=8, q32=7)
    source.write_text(",".join(answers) + "\n" + ",".join(map(str, answers.values())) + "\n")
    with pytest.raises(ScoreFileInvalid) as refused:
        score_file(with_missing_codes(8, 9), source, tmp_path / "out.csv")
    assert [problem.split(": ")[0] for problem in refused.value.problems] == [
        f"{source} line 2, column q32"
    ]


def test_a_missing_code_that_is_an_answer_or_stands_twice_is_a_mistake() -> None:
    document = with_missing_codes(4, 9, 9).document
    assert definition_problems(document, Path("eortc-qlq-lmc21/1.0")) == [
        "items.q31.missing_codes: 9 occurs twice",
        "items.q31.missing_codes: 4 is an answer",
    ]


def test_an_item_without_codes_has_missing_codes_outside_its_range_and_a_text_has_none() -> None:
    daily = load("daily-life-check", "1.1")
    items = [dict(item) for item in daily.document["items"]]
    named = {item["id"]: item for item in items}
    named["SLEEP_HOURS"]["missing_codes"] = [24, 99]
    named["REMARK"]["missing_codes"] = [9]
    problems = definition_problems({**daily.document, "items": items}, Path("daily-life-check/1.1"))
    assert problems == [
        "items.SLEEP_HOURS.missing_codes: 24 is an answer",
        "items.REMARK.missing_codes: text has none, for no scale can score it",
    ]


def test_a_code_read_as_an_answer_must_be_none_itself_and_stand_for_one() -> None:
    items = [dict(entry) for entry in LMC21.document["items"]]
    items[0] |= {"missing_codes": [9], "read_as": [[4, 1], [8, 5], [9, 1], [7, 1], [7, 2]]}
    problems = definition_problems({**LMC21.document, "items": items}, Path("eortc-qlq-lmc21/1.0"))
    assert problems == [
        "items.q31.read_as: 7 occurs twice",
        "items.q31.read_as: 9 is a missing code too",
        "items.q31.read_as: 4 is an answer itself",
        "items.q31.read_as: 5 is no answer",
    ]
