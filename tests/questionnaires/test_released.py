"""A released questionnaire never changes, words everything, and holds no licensed text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from questionnaires import (
    QuestionnaireUnknown,
    available,
    from_document,
    load,
    lock,
    wording,
    wording_document,
    wording_from_document,
)
from questionnaires.checks import definition_problems, wording_problems
from questionnaires.model import WordingKind

RELEASED = available()
NEWEST = dict(RELEASED)
ASCII_MARK_IN_CHINESE = re.compile(r"[\u4e00-\u9fff][,?;:!]|[,?;:!][\u4e00-\u9fff]")


def test_no_released_file_was_changed() -> None:
    assert lock.changed() == []


def test_everything_here_is_locked() -> None:
    assert set(lock.current()) == set(lock.locked())


def test_a_changed_release_is_refused_by_name(tmp_path: Path) -> None:
    forged = tmp_path / "LOCK"
    forged.write_text("0000 eq-5d-5l 1.0 definition\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"eq-5d-5l 1\.0 definition"):
        lock.add(forged)


def test_locking_adds_what_is_new(tmp_path: Path) -> None:
    fresh = tmp_path / "LOCK"
    assert "eortc-qlq-c30 3.0 en" in lock.add(fresh)
    assert lock.add(fresh) == []


@pytest.mark.parametrize(("instrument", "version"), RELEASED)
def test_a_questionnaire_is_rebuilt_from_its_document(instrument: str, version: str) -> None:
    questionnaire = load(instrument, version)
    assert from_document(questionnaire.document) == questionnaire


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize(("instrument", "version"), RELEASED)
def test_every_language_words_everything(instrument: str, version: str, language: str) -> None:
    words = wording(instrument, version, language)
    assert wording_from_document(wording_document(words)) == words
    licensed = load(instrument, version).licence == "import"
    assert (words.kind is WordingKind.LABELS) == licensed


@pytest.mark.parametrize("instrument", NEWEST)
def test_chinese_words_have_chinese_punctuation(instrument: str) -> None:
    words = wording(instrument, NEWEST[instrument], "zh-Hans")
    texts = [words.title, words.introduction, *words.questions.values(), *words.hints.values()]
    texts += [text for each in words.options.values() for text in each.values()]
    assert [text for text in texts if ASCII_MARK_IN_CHINESE.search(text)] == []


def test_without_a_version_the_newest_is_loaded() -> None:
    assert load("eq-5d-5l").version == "1.1"
    assert load("eortc-qlq-c30").version == "3.0"


@pytest.mark.parametrize("instrument", ["eq-5d-5l", "daily-life-check"])
def test_version_1_1_asks_and_scores_the_same_items_as_1_0(instrument: str) -> None:
    old, new = load(instrument, "1.0"), load(instrument, "1.1")
    assert [(i.id, i.type, i.codes) for i in old.items] == [
        (i.id, i.type, i.codes) for i in new.items
    ]
    assert [(s.code, s.items, s.module, s.options) for s in old.scales] == [
        (s.code, s.items, s.module, s.options) for s in new.scales
    ]


def test_the_daily_life_check_1_2_is_1_1_with_words_to_say_instead_of_an_answer() -> None:
    old, new = load("daily-life-check", "1.1"), load("daily-life-check", "1.2")
    assert [replace(item, no_answers=()) for item in new.items] == [*old.items]
    assert (new.pages, new.skips, new.scales) == (old.pages, old.skips, old.scales)
    for language in ("en", "zh-Hans"):
        assert wording("daily-life-check", "1.2", language) == wording(
            "daily-life-check", "1.1", language
        )
    offered = {item.id: [word.value for word in item.no_answers] for item in new.items}
    assert offered == {
        "ENERGY": ["declined"],
        "COMFORT": ["declined"],
        "SLEEP_HOURS": ["declined"],
        "SLEEP_REST": ["declined"],
        "OUTINGS": ["declined"],
        "OUTING_EASE": ["declined", "not_applicable"],
        "SUPPORT": ["declined", "not_applicable"],
        "MOOD": ["declined"],
        "DAY": ["declined"],
        "REMARK": [],
    }
    assert {item.no_answers for item in old.items} == {()}


def test_an_unknown_questionnaire_says_which_there_are() -> None:
    with pytest.raises(QuestionnaireUnknown, match=r"no questionnaire sf-99.*eortc-qlq-c30"):
        load("sf-99")
    with pytest.raises(QuestionnaireUnknown, match=r"has no version 9.0; there are 3.0"):
        load("eortc-qlq-c30", "9.0")
    with pytest.raises(QuestionnaireUnknown, match="has no version ;"):
        load("eortc-qlq-c30", "")
    with pytest.raises(QuestionnaireUnknown, match=r"no wording in fr; there are en, zh-Hans"):
        wording("eortc-qlq-c30", "3.0", "fr")


def test_every_mistake_of_a_definition_is_named_at_once() -> None:
    good = load("daily-life-check", "1.0").document
    bad = {
        **good,
        "pages": good["pages"][1:],
        "skips": [{"items": ["ENERGY"], "item": "OUTINGS", "values": [7]}],
        "scales": [{**good["scales"][0], "items": ["ENERGY", "LUCK"]}],
    }
    problems = definition_problems(bad, Path("daily-life-check/1.0"))
    assert problems == [
        "pages: ENERGY is on 0 pages, not on one",
        "skips.0: ENERGY stands before OUTINGS, which decides",
        "skips.0.values: not among the codes of OUTINGS",
        "scales.WELL.items: there is no item LUCK",
    ]


def test_every_gap_of_a_wording_is_named_at_once() -> None:
    words = wording_document(wording("daily-life-check", "1.0", "en"))
    del words["questions"]["MOOD"]
    del words["options"]["amount"]["3"]
    words["scales"]["LUCK"] = "Luck"
    assert wording_problems(words, load("daily-life-check", "1.0")) == [
        "questions.MOOD: is missing",
        "scales.LUCK: belongs to nothing",
        "options.amount.3: is missing",
    ]
