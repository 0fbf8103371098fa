"""A questionnaire's files are refused with every mistake named, each with its file and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from questionnaires import QuestionnaireInvalid, load, wording, wording_document
from questionnaires.checks import definition_problems, wording_problems
from questionnaires.files import ROOT, read, read_wording
from questionnaires.model import NoAnswer

DAILY = load("daily-life-check", "1.1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a questionnaire whose files a test may spoil."""
    copy = tmp_path / "daily-life-check" / "1.1"
    shutil.copytree(ROOT / "daily-life-check" / "1.1", copy)
    return copy


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refused(folder: Path, language: str | None = None) -> list[str]:
    with pytest.raises(QuestionnaireInvalid) as error:
        read_wording(folder, language) if language else read(folder)
    return str(error.value).splitlines()


def test_a_folder_elsewhere_is_read_to_the_same_hash(folder: Path) -> None:
    assert read(folder).hash == DAILY.hash
    assert read_wording(folder, "en") == wording("daily-life-check", "1.1", "en")


def test_a_translation_leaves_the_definition_and_its_hash_as_they_are(folder: Path) -> None:
    before = read(folder).hash
    (folder / "wording" / "de.toml").write_bytes((folder / "wording" / "en.toml").read_bytes())
    read.cache_clear()
    assert read(folder).hash == before


def test_mistakes_of_shape_are_named_with_file_and_key(folder: Path) -> None:
    path = folder / "definition.toml"
    spoil(path, 'licence = "own"', 'licence = "free"\ncolour = "red"')
    spoil(path, 'type = "one_of"', 'type = "one"')
    kinds = "'one_of', 'several_of', 'scale', 'visual_analogue', 'number' or 'text'"
    assert sorted(refused(folder)) == [
        f"{path}: colour: Extra inputs are not permitted",
        f"{path}: items.0.type: Input should be {kinds}",
        f"{path}: licence: Input should be 'import', 'ship' or 'own'",
    ]


def test_words_to_say_instead_of_an_answer_hold_for_all_items_but_those_that_say_otherwise(
    folder: Path,
) -> None:
    path = folder / "definition.toml"
    spoil(path, "pages = [", 'no_answers = ["not_applicable", "declined"]\npages = [')
    spoil(path, 'options = "amount"', 'options = "amount"\nno_answers = []')
    spoil(path, 'options = "comfort_ends"', 'options = "comfort_ends"\nno_answers = ["declined"]')
    offered = [item.no_answers for item in read(folder).items]
    every = (NoAnswer.NOT_APPLICABLE, NoAnswer.DECLINED)
    assert offered == [(), (NoAnswer.DECLINED,), *[every] * 8]
    assert "no_answers" not in read(folder).document["items"][0]


def test_mistakes_in_what_may_be_said_instead_are_named_with_their_key(folder: Path) -> None:
    path = folder / "definition.toml"
    spoil(path, "pages = [", 'no_answers = ["declined", "declined"]\npages = [')
    spoil(path, 'options = "amount"', 'options = "amount"\nno_answers = ["refused"]')
    assert sorted(refused(folder)) == [
        f"{path}: items.0.no_answers.0: Input should be 'declined' or 'not_applicable'",
        f"{path}: no_answers: Value error, declined occurs twice",
    ]


def test_a_file_that_is_no_toml_or_not_utf_8_is_named(folder: Path) -> None:
    path = folder / "definition.toml"
    spoil(path, 'licence = "own"', "licence = own")
    assert refused(folder)[0].startswith(f"{path}: Invalid value")
    path.write_bytes('id = "日常"'.encode("gb18030"))
    assert "'utf-8' codec can't decode" in refused(folder)[0]


def test_a_version_must_match_its_folder(folder: Path) -> None:
    spoil(folder / "definition.toml", 'version = "1.1"', 'version = "1.2"')
    assert refused(folder) == [
        f"{folder / 'definition.toml'}: version: 1.2 does not match the folder 1.1"
    ]


def test_a_code_that_stands_twice_is_named() -> None:
    document = dict(DAILY.document)
    items = [dict(item) for item in document["items"]]
    items[0] |= {"codes": [1, 2, 2], "cdisc": "X1"}
    items[1] |= {"cdisc": "X1"}
    problems = definition_problems({**document, "items": items}, Path("daily-life-check/1.1"))
    assert problems == ["cdisc: X1 occurs twice", "items.ENERGY.codes: 2 occurs twice"]


def test_a_scale_of_answers_that_are_no_numbers_is_refused() -> None:
    document = dict(DAILY.document)
    scales = [{**document["scales"][0], "items": ["REMARK", "SUPPORT"], "low": 100}]
    problems = definition_problems({**document, "scales": scales}, Path("daily-life-check/1.1"))
    assert problems == [
        "scales.WELL: needs low below high",
        "scales.WELL.items: REMARK is text, which no scale can score",
        "scales.WELL.items: SUPPORT is several_of, which no scale can score",
    ]


def test_blank_words_are_refused_with_their_key(folder: Path) -> None:
    path = folder / "wording" / "zh-Hans.toml"
    spoil(path, 'DAY = "', 'DAY = " " # ')
    problems = refused(folder, "zh-Hans")
    assert [problem.split(": ")[:2] for problem in problems] == [[str(path), "questions.DAY"]]


def test_a_hint_without_an_item_is_refused() -> None:
    words = wording_document(wording("daily-life-check", "1.1", "en"))
    words["hints"]["LUCK"] = "Good luck."
    assert wording_problems(words, DAILY) == ["hints.LUCK: belongs to nothing"]
