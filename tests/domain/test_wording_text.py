"""A licence holder's text is complete, or every mistake of it is named at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qol_app.domain.wording_text import (
    Reading,
    TextRow,
    WordingInvalid,
    compose,
    outline,
    rows,
)
from questionnaires import available, load, wording, wording_document
from questionnaires.model import WordingKind
from tests.official import official_rows

LMC21 = load("eortc-qlq-lmc21")
LABELS = wording("eortc-qlq-lmc21", "1.0", "en")


def official(language: str = "en") -> list[TextRow]:
    return official_rows("eortc-qlq-lmc21", language)


def problems(given: list[TextRow], language: str = "en") -> list[str]:
    labels = wording("eortc-qlq-lmc21", "1.0", language)
    with pytest.raises(WordingInvalid) as refused:
        compose(Reading(rows=tuple(given)), LMC21, labels)
    return refused.value.problems


def test_a_complete_text_becomes_an_official_wording() -> None:
    words = compose(Reading(rows=tuple(official())), LMC21, LABELS)
    assert (words.kind, words.language) == (WordingKind.OFFICIAL, "en")
    assert words.title == "Official text 2"
    assert words.introduction == "Official text 3"
    assert words.questions["q31"] == "Official text 4"
    assert words.options == {
        "four_levels": {
            1: "Official text 5",
            2: "Official text 6",
            3: "Official text 7",
            4: "Official text 8",
        }
    }
    assert words.questions["q51"] == "Official text 28"
    assert words.scales["NUTRITION"] == "Official text 29"
    assert words.hints == {}


def test_the_same_texts_in_another_order_have_the_same_hash() -> None:
    given = official()
    one = compose(Reading(rows=tuple(given)), LMC21, LABELS)
    other = compose(Reading(rows=tuple(reversed(given))), LMC21, LABELS)
    assert one.hash == other.hash


def test_spaces_around_a_text_do_not_count_and_line_ends_are_one_kind() -> None:
    given = official()
    given[1] = replace(given[1], text="  Official\r\ntext \n")
    words = compose(Reading(rows=tuple(given)), LMC21, LABELS)
    assert words.introduction == "Official\ntext"


def test_names_of_scores_may_stay_ours_and_hints_are_optional() -> None:
    given = [row for row in official() if row.kind != "scale"]
    given += [
        TextRow(kind="scale", key="PAIN", text=" "),
        TextRow(kind="scale", key="TASTE", text="Official text 1"),
        TextRow(kind="hint", key="q31", text="Official text 2"),
        TextRow(kind="hint", key="q32", text=""),
    ]
    words = compose(Reading(rows=tuple(given)), LMC21, LABELS)
    assert words.scales["PAIN"] == "Pain"
    assert words.scales["TASTE"] == "Official text 1"
    assert words.hints == {"q31": "Official text 2"}


def test_every_mistake_is_named_at_once_with_line_and_key() -> None:
    given = official()
    blank, long, twice, gone = [row for row in given if row.kind == "question"][:4]
    given = [row for row in given if row not in (blank, long, gone) and row.key != "four_levels.4"]
    given += [
        replace(blank, text="  "),
        replace(long, text="x" * 1001),
        replace(twice, line=90),
        TextRow(kind="question", key="q99", text="Official text", line=91),
        TextRow(kind="option", key="four_levels.5", text="Official text", line=92),
        TextRow(kind="questions", key="q31", text="Official text", line=93),
        TextRow(kind="hint", key="q50", text="Official \x07 text", line=94),
        TextRow(kind="hint", key="q51", text="Official 文字", line=95),
    ]
    assert problems(given) == [
        "line 4, question q31: is blank",
        "line 9, question q32: is too long: 1001 > 1000 characters",
        "line 90, question q33: occurs twice, first in line 10",
        "line 91, question q99: belongs to nothing in this questionnaire",
        "line 92, option four_levels.5: belongs to nothing in this questionnaire",
        "line 93, questions q31: is none of title, introduction, question, hint, option, scale",
        "line 94, hint q50: holds a character that cannot be shown",
        "line 95, hint q51: has Chinese characters, which this language does not have",
        "option four_levels.4: is missing",
        "question q34: is missing",
    ]


def test_an_empty_file_lacks_everything_but_names_of_scores() -> None:
    said = problems([])
    assert said[:3] == ["title: is missing", "introduction: is missing", "question q31: is missing"]
    assert len(said) == 2 + 21 + 4


def test_an_english_text_is_not_taken_for_chinese() -> None:
    given = official("zh-Hans")
    given[2] = replace(given[2], text="Official text")
    assert problems(given, "zh-Hans") == ["line 4, question q31: has no Chinese character"]


def test_a_chinese_title_or_option_may_be_a_mere_code() -> None:
    given = [
        replace(row, text="LMC21") if row.kind in ("title", "option") else row
        for row in official("zh-Hans")
    ]
    labels = wording("eortc-qlq-lmc21", "1.0", "zh-Hans")
    assert compose(Reading(rows=tuple(given)), LMC21, labels).title == "LMC21"


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize(("instrument", "version"), available())
def test_rows_bring_every_wording_back_unchanged(
    instrument: str, version: str, language: str
) -> None:
    questionnaire, words = load(instrument, version), wording(instrument, version, language)
    given = rows(questionnaire, words)
    again = compose(Reading(rows=tuple(given)), questionnaire, words, kind=words.kind)
    assert wording_document(again) == wording_document(words)
    assert again.hash == words.hash
    assert len(outline(questionnaire)) == len(given) + len(questionnaire.items) - len(words.hints)
