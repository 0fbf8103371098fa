"""Every questionnaire goes out as a FHIR R4 Questionnaire, and its words come back unchanged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from qol_app.domain.wording_text import Reading, TextRow, WordingInvalid, compose
from qol_app.exports import fhir
from questionnaires import available, from_document, load, wording
from questionnaires.document import wording_from_document

LIFE = load("daily-life-check", "1.1")
LIFE_WORDS = wording("daily-life-check", "1.1", "en")
LMC21 = load("eortc-qlq-lmc21")
LMC21_WORDS = wording("eortc-qlq-lmc21", "1.0", "en")


def items(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All items of a resource, also those within others, by their linkId."""

    def walk(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for inner in entry.get("item", []):
            yield inner
            yield from walk(inner)

    every = list(walk(document))
    found = {entry["linkId"]: entry for entry in every}
    assert len(found) == len(every), "a linkId occurs twice"
    return found


def reread(document: dict[str, Any], language: str = "en") -> Reading:
    return fhir.read(fhir.to_bytes(document), LMC21, language)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize(("instrument", "version"), available())
def test_words_come_back_unchanged(instrument: str, version: str, language: str) -> None:
    questionnaire, words = load(instrument, version), wording(instrument, version, language)
    content = fhir.to_bytes(fhir.resource(questionnaire, words))
    again = compose(
        fhir.read(content, questionnaire, language), questionnaire, words, kind=words.kind
    )
    assert again == words
    assert again.hash == words.hash


@pytest.mark.parametrize(("instrument", "version"), available())
def test_a_resource_keeps_the_rules_of_r4(instrument: str, version: str) -> None:
    questionnaire = load(instrument, version)
    document = fhir.resource(questionnaire, wording(instrument, version, "en"))
    found = items(document)
    assert {item.id for item in questionnaire.items} <= set(found)
    assert re.fullmatch(r"[A-Z][A-Za-z0-9_]{0,254}", document["name"])
    assert document["url"] == f"urn:qol:questionnaire:{instrument}"
    assert document["version"] == version
    for entry in found.values():
        if entry["type"] == "group":
            assert entry["item"]
        if entry["type"] == "display":
            assert "item" not in entry
        assert bool(entry.get("answerOption")) == (entry["type"] == "choice")
        assert ("enableBehavior" in entry) == ("enableWhen" in entry)
        for condition in entry.get("enableWhen", []):
            codes = found[condition["question"]]["answerOption"]
            without_words = [
                {name: text for name, text in code["valueCoding"].items() if name != "display"}
                for code in codes
            ]
            assert condition["answerCoding"] in without_words


def test_every_type_of_answer_has_its_fhir_type() -> None:
    found = items(fhir.resource(LIFE, LIFE_WORDS))
    assert {one: found[one]["type"] for one in (item.id for item in LIFE.items)} == {
        "ENERGY": "choice",
        "COMFORT": "integer",
        "SLEEP_HOURS": "decimal",
        "SLEEP_REST": "choice",
        "OUTINGS": "choice",
        "OUTING_EASE": "choice",
        "SUPPORT": "choice",
        "MOOD": "integer",
        "DAY": "integer",
        "REMARK": "text",
    }
    assert found["REMARK"]["maxLength"] == 500
    assert found["SUPPORT"]["repeats"] is True
    nobody = found["SUPPORT"]["answerOption"][-1]
    assert nobody == {
        "valueCoding": {
            "system": "urn:qol:questionnaire:daily-life-check:1.1:helpers",
            "code": "0",
            "display": "Nobody",
        },
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive",
                "valueBoolean": True,
            }
        ],
    }
    assert found["SLEEP_HOURS"]["extension"] == [
        {"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueDecimal": 0.0},
        {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueDecimal": 24.0},
        {"url": "http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces", "valueInteger": 1},
    ]
    assert found["SLEEP_HOURS"]["item"] == [
        {
            "linkId": "SLEEP_HOURS.hint",
            "text": "Half hours are fine, for example 6.5.",
            "type": "display",
        }
    ]
    assert [(end["linkId"], end["text"]) for end in found["DAY"]["item"]] == [
        ("DAY.low", "As bad as a day can be"),
        ("DAY.high", "As good as a day can be"),
    ]


def test_what_may_be_said_instead_of_an_answer_stands_in_an_extension() -> None:
    form = load("daily-life-check", "1.2")
    found = items(fhir.resource(form, wording(form.id, "1.2", "en")))
    system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    assert found["SUPPORT"]["extension"] == [
        {
            "url": "urn:qol:no-answer",
            "valueCoding": {"system": system, "code": "asked-declined"},
        },
        {
            "url": "urn:qol:no-answer",
            "valueCoding": {"system": system, "code": "not-applicable"},
        },
    ]
    urls = [extension["url"] for extension in found["COMFORT"]["extension"]]
    assert [url.rpartition("/")[2] for url in urls] == ["minValue", "maxValue", "urn:qol:no-answer"]
    assert "extension" not in found["REMARK"]


def test_a_skip_rule_is_an_enable_when() -> None:
    found = items(fhir.resource(LIFE, LIFE_WORDS))
    assert found["OUTING_EASE"]["enableWhen"] == [
        {
            "question": "OUTINGS",
            "operator": "=",
            "answerCoding": {
                "system": "urn:qol:questionnaire:daily-life-check:1.1:yes_no",
                "code": "1",
            },
        }
    ]
    assert [one for one, entry in found.items() if "enableWhen" in entry] == ["OUTING_EASE"]


def test_two_skip_rules_must_both_hold() -> None:
    second = {"items": ["OUTING_EASE"], "item": "ENERGY", "values": [4, 5]}
    twice = from_document({**LIFE.document, "skips": [*LIFE.document["skips"], second]})
    document = fhir.resource(twice, LIFE_WORDS)
    around = items(document)["OUTING_EASE.rule1"]
    assert [one["answerCoding"]["code"] for one in around["enableWhen"]] == ["4", "5"]
    assert around["enableBehavior"] == "any"
    (inside,) = around["item"]
    assert [one["question"] for one in inside["enableWhen"]] == ["OUTINGS"]
    read = fhir.read(fhir.to_bytes(document), twice, "en")
    assert compose(read, twice, LIFE_WORDS, kind=LIFE_WORDS.kind) == LIFE_WORDS


def test_labels_are_marked_as_not_for_real_use() -> None:
    assert fhir.resource(LMC21, LMC21_WORDS)["experimental"] is True
    assert fhir.resource(LIFE, LIFE_WORDS)["experimental"] is False
    assert fhir.resource(LMC21, LMC21_WORDS)["title"] == "EORTC QLQ-LMC21"


def problems(document: dict[str, Any]) -> list[str]:
    with pytest.raises(WordingInvalid) as refused:
        compose(reread(document), LMC21, LMC21_WORDS)
    return refused.value.problems


def test_what_a_licence_holder_left_out_or_added_is_named() -> None:
    document = fhir.resource(LMC21, LMC21_WORDS)
    found = items(document)
    found["q31"]["answerOption"].pop()
    found["q32"]["text"] = " "
    found["q33"]["answerOption"][0]["valueCoding"]["display"] = "Other words"
    found["q34"]["linkId"] = "taste"
    found["q35"]["answerOption"].append({"valueCoding": {"code": "9", "display": "No answer"}})
    document["item"].append({"linkId": "part2", "type": "group", "text": "Part 2", "item": []})
    assert problems(document) == [
        "item q31, option four_levels.4: is missing",
        "item q32, question q32: is blank",
        "item q33, option four_levels.1: occurs twice, first in item q31",
        "item taste, question taste: belongs to nothing in this questionnaire",
        "item q35, option four_levels.9: belongs to nothing in this questionnaire",
        "item part2, question part2: belongs to nothing in this questionnaire",
        "question q34: is missing",
    ]


def test_a_foreign_questionnaire_with_our_link_ids_is_read() -> None:
    asked = [
        {
            "linkId": item.id,
            "type": "choice",
            "text": f"Official text {item.id}",
            "answerOption": [
                {"valueCoding": {"code": str(code), "display": f"Official option {code}"}}
                for code in item.codes
            ],
        }
        for item in LMC21.items
    ]
    document = {
        "resourceType": "Questionnaire",
        "status": "active",
        "title": "Official title",
        "url": "https://example.org/Questionnaire/lmc21",
        "version": "2026",
        "item": [
            {"linkId": "introduction", "type": "display", "text": "Official instruction"},
            {"linkId": "all", "type": "group", "item": asked},
        ],
    }
    words = compose(reread(document), LMC21, LMC21_WORDS)
    assert (words.title, words.introduction) == ("Official title", "Official instruction")
    assert words.questions["q51"] == "Official text q51"
    assert words.options["four_levels"][4] == "Official option 4"
    assert words.scales == LMC21_WORDS.scales


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"language": "zh-Hans"}, "belongs to the language zh-Hans, not en"),
        (
            {"url": "urn:qol:questionnaire:eq-5d-5l"},
            "belongs to urn:qol:questionnaire:eq-5d-5l, not urn:qol:questionnaire:eortc-qlq-lmc21",
        ),
        ({"version": "2.0"}, "belongs to version 2.0, not 1.0"),
    ],
)
def test_another_questionnaire_version_or_language_is_refused(
    change: dict[str, str], said: str
) -> None:
    assert problems({**fhir.resource(LMC21, LMC21_WORDS), **change}) == [said]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"resourceType": "Bundle"}', "is no FHIR R4 Questionnaire: resourceType: "),
        (b"kind,key,text\n", "is no FHIR R4 Questionnaire: Expecting value"),
        (b"[" * 100_000, "is no FHIR R4 Questionnaire: its items are nested too deep"),
        ('{"title": "正式"}'.encode("gbk"), "is not UTF-8 text"),
        (b"[]", "is no FHIR R4 Questionnaire"),
        (
            b'{"resourceType": "Questionnaire", "item": [{"type": "choice"}]}',
            "is no FHIR R4 Questionnaire: item.0.linkId: Field required",
        ),
    ],
)
def test_what_is_no_questionnaire_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(WordingInvalid, match=re.escape(said)):
        fhir.read(content, LMC21, "en")


def test_options_in_a_value_set_are_not_passed_over() -> None:
    document = fhir.resource(LMC21, LMC21_WORDS)
    del items(document)["q31"]["answerOption"]
    items(document)["q31"]["answerValueSet"] = "#four"
    assert problems(document) == [
        "item q31: has its options in an answerValueSet; write them as answerOption"
    ]


def test_the_file_is_readable_and_in_utf8() -> None:
    words = wording("eortc-qlq-lmc21", "1.0", "zh-Hans")
    content = fhir.to_bytes(fhir.resource(LMC21, words)).decode()
    assert "味觉" in content
    assert json.loads(content)["language"] == "zh-Hans"


def test_scores_are_named_and_never_shown() -> None:
    scores = items(fhir.resource(LMC21, LMC21_WORDS))["scores"]
    assert scores["extension"] == [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden",
            "valueBoolean": True,
        }
    ]
    assert scores["item"][0] == {
        "linkId": "score.NUTRITION",
        "text": "Nutrition",
        "type": "decimal",
        "readOnly": True,
    }


def test_no_text_gets_lost_between_rows_and_resource() -> None:
    document = {
        "language": "en",
        "kind": "official",
        "title": "Official title",
        "introduction": "Official instruction",
        "questions": {item.id: f"Official {item.id}" for item in LIFE.items},
        "hints": {item.id: f"Official hint {item.id}" for item in LIFE.items},
        "options": {
            name: {str(code): f"Official {name} {code}" for code in texts}
            for name, texts in LIFE_WORDS.options.items()
        },
        "scales": {scale.code: f"Official {scale.code}" for scale in LIFE.scales},
    }
    words = wording_from_document(document)
    read = fhir.read(fhir.to_bytes(fhir.resource(LIFE, words)), LIFE, "en")
    assert compose(read, LIFE, LIFE_WORDS) == words
    assert all(isinstance(row, TextRow) for row in read.rows)
