"""A questionnaire as a FHIR R4 Questionnaire, and a wording read back from one.

Every item's linkId is its id. What FHIR has no item for stands in items of its own:
``introduction`` (the instruction), ``<id>.hint``, ``<id>.low`` and ``<id>.high`` (the words at the
ends of a range), and the group ``scores`` with ``score.<code>`` (names of scores, never shown).
Extensions are only for what R4 has no element for: HL7's own for ranges, decimals, options that
stand alone, and that the scores are hidden; one of ours, ``urn:qol:no-answer``, repeated for each
word that an item allows instead of an answer, as a code of HL7's data-absent-reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from qol_app.domain.wording_text import (
    Fault,
    Mistake,
    Part,
    Reading,
    TextRow,
    WordingInvalid,
    option_key,
)
from questionnaires.checks import worded_codes
from questionnaires.model import AnswerType, Item, NoAnswer, Questionnaire, Wording, WordingKind

Json = dict[str, Any]

URN = "urn:qol:questionnaire"
INTRODUCTION, SCORES, SCORE = "introduction", "scores", "score."
HINT, LOW, HIGH = ".hint", ".low", ".high"
HL7 = "http://hl7.org/fhir/StructureDefinition"
NO_ANSWER = "urn:qol:no-answer"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ABSENCES = {NoAnswer.DECLINED: "asked-declined", NoAnswer.NOT_APPLICABLE: "not-applicable"}
CHOICES = (AnswerType.ONE_OF, AnswerType.SEVERAL_OF)


def resource(questionnaire: Questionnaire, words: Wording) -> Json:
    """Return a questionnaire in one language as a FHIR R4 Questionnaire.

    Labels of ours are marked experimental, which is FHIR's word for not for real use.

    Args:
        questionnaire: Its structure; skip rules become enableWhen.
        words: Its words in one language, all of them.
    """
    items = [_display(INTRODUCTION, words.introduction)]
    for page in questionnaire.pages:
        items += [_item(questionnaire, questionnaire.item(one), words) for one in page.items]
    return {
        "resourceType": "Questionnaire",
        "language": words.language,
        "url": url(questionnaire),
        "version": questionnaire.version,
        "name": _name(questionnaire.id),
        "title": words.title,
        "status": "active",
        "experimental": words.kind is WordingKind.LABELS,
        "subjectType": ["Patient"],
        "item": [*items, _scores(questionnaire, words)],
    }


def url(questionnaire: Questionnaire) -> str:
    """Return the canonical address of a questionnaire, the same for all its versions."""
    return f"{URN}:{questionnaire.id}"


def to_bytes(document: Json) -> bytes:
    """Return a resource as a JSON file in UTF-8."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _name(instrument: str) -> str:
    """Return a name for computers: letters, digits and underscores, a capital letter first."""
    return "Q_" + re.sub(r"[^A-Za-z0-9]", "_", instrument)


def _display(link: str, text: str) -> Json:
    return {"linkId": link, "text": text, "type": "display"}


def _item(questionnaire: Questionnaire, item: Item, words: Wording) -> Json:
    entry: Json = {
        "linkId": item.id,
        "text": words.questions[item.id],
        "type": _type(item),
        **_limits(item),
    }
    texts = words.options.get(item.options or "", {})
    if item.type in CHOICES:
        entry["answerOption"] = [
            _option(questionnaire, item, code, texts[code]) for code in item.codes
        ]
    inner = [_display(f"{item.id}{HINT}", words.hints[item.id])] if item.id in words.hints else []
    inner += [_display(f"{item.id}{end}", texts[code]) for end, code in _ends(item).items()]
    if inner:
        entry["item"] = inner
    return _when(questionnaire, item, entry)


def _type(item: Item) -> str:
    if item.type in CHOICES:
        return "choice"
    if item.type is AnswerType.TEXT:
        return "text"
    return "decimal" if item.decimals else "integer"


def _limits(item: Item) -> Json:
    limits: Json = {}
    if item.type is AnswerType.SEVERAL_OF:
        limits["repeats"] = True
    if item.max_length is not None:
        limits["maxLength"] = item.max_length
    kind, number = ("valueDecimal", float) if item.decimals else ("valueInteger", int)
    extensions = [
        {"url": f"{HL7}/{name}", kind: number(end)}
        for name, end in (("minValue", item.low), ("maxValue", item.high))
        if end is not None and item.type not in CHOICES
    ]
    if item.decimals:
        extensions.append({"url": f"{HL7}/maxDecimalPlaces", "valueInteger": item.decimals})
    extensions += [_no_answer(word) for word in item.no_answers]
    if extensions:
        limits["extension"] = extensions
    return limits


def _no_answer(word: NoAnswer) -> Json:
    return {"url": NO_ANSWER, "valueCoding": {"system": ABSENT, "code": ABSENCES[word]}}


def _option(questionnaire: Questionnaire, item: Item, code: int, text: str) -> Json:
    option: Json = {"valueCoding": {**_coding(questionnaire, item, code), "display": text}}
    if code in item.exclusive:
        exclusive = {"url": f"{HL7}/questionnaire-optionExclusive", "valueBoolean": True}
        option["extension"] = [exclusive]
    return option


def _coding(questionnaire: Questionnaire, item: Item, code: int) -> Json:
    return {
        "system": f"{URN}:{questionnaire.id}:{questionnaire.version}:{item.options}",
        "code": str(code),
    }


def _when(questionnaire: Questionnaire, item: Item, entry: Json) -> Json:
    """Return the entry under its skip rules: all must hold, each by any of its values.

    An enableWhen is either all or any; a second rule therefore stands on a group around it.
    """
    rules = [rule for rule in questionnaire.skips if item.id in rule.items]
    for number, rule in enumerate(rules):
        decider = questionnaire.item(rule.item)
        if number:
            entry = {"linkId": f"{item.id}.rule{number}", "type": "group", "item": [entry]}
        entry["enableWhen"] = [
            {
                "question": rule.item,
                "operator": "=",
                "answerCoding": _coding(questionnaire, decider, value),
            }
            for value in rule.values
        ]
        entry["enableBehavior"] = "any"
    return entry


def _scores(questionnaire: Questionnaire, words: Wording) -> Json:
    return {
        "extension": [{"url": f"{HL7}/questionnaire-hidden", "valueBoolean": True}],
        "linkId": SCORES,
        "type": "group",
        "item": [
            {
                "linkId": f"{SCORE}{scale.code}",
                "text": words.scales[scale.code],
                "type": "decimal",
                "readOnly": True,
            }
            for scale in questionnaire.scales
        ],
    }


class _Coding(BaseModel):
    code: str
    display: str = ""


class _Option(BaseModel):
    coding: _Coding = Field(alias="valueCoding")


class _Item(BaseModel):
    link: str = Field(alias="linkId")
    type: str
    text: str = ""
    options: list[_Option] = Field(alias="answerOption", default_factory=list)
    value_set: str | None = Field(alias="answerValueSet", default=None)
    items: list[_Item] = Field(alias="item", default_factory=list)


class _Resource(BaseModel):
    kind: Literal["Questionnaire"] = Field(alias="resourceType")
    language: str | None = None
    url: str | None = None
    version: str | None = None
    title: str = ""
    items: list[_Item] = Field(alias="item", default_factory=list)


def read(content: bytes, questionnaire: Questionnaire, language: str) -> Reading:
    """Return the texts that a FHIR R4 Questionnaire in JSON holds for a questionnaire.

    Groups without a text of their own are looked into; what else belongs to no item is kept as a
    row, so that it is refused rather than lost.

    Args:
        content: The file.
        questionnaire: What it is to word. A resource that calls itself ours has to be this one.
        language: The language it is to be in, where it names one.

    Raises:
        WordingInvalid: it is no such resource; names every place.
    """
    found = _parsed(content)
    rows = [TextRow(kind=Part.TITLE, key="", text=found.title, link="")]
    mistakes = _foreign(found, questionnaire, language)
    known = {item.id: item for item in questionnaire.items}
    for entry in _walk(found.items):
        if entry.link in known:
            item = known[entry.link]
            rows += [_row(Part.QUESTION, item.id, entry), *_option_rows(item, entry)]
            mistakes += _gaps(item, entry)
        elif entry.type != "group" or entry.text:
            rows.append(_other_row(entry, known))
    return Reading(rows=tuple(_once(rows)), mistakes=tuple(mistakes))


def _parsed(content: bytes) -> _Resource:
    try:
        return _Resource.model_validate(json.loads(content.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise WordingInvalid([Mistake(fault=Fault.NOT_UTF8)]) from None
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    except RecursionError:
        problems = ["its items are nested too deep"]
    except ValueError as error:
        problems = [str(error)]
    raise WordingInvalid([Mistake(fault=Fault.NOT_FHIR, detail=one) for one in problems])


def _foreign(found: _Resource, questionnaire: Questionnaire, language: str) -> list[Mistake]:
    """Return where a resource says that it is something else."""
    told = []
    if found.language not in (None, language):
        told.append(f"the language {found.language}, not {language}")
    if found.url is not None and found.url.startswith(URN):
        if found.url != url(questionnaire):
            told.append(f"{found.url}, not {url(questionnaire)}")
        elif found.version not in (None, questionnaire.version):
            told.append(f"version {found.version}, not {questionnaire.version}")
    return [Mistake(fault=Fault.OTHER, detail=one) for one in told]


def _walk(items: Sequence[_Item]) -> Iterator[_Item]:
    waiting = [*reversed(items)]
    while waiting:
        entry = waiting.pop()
        yield entry
        waiting += reversed(entry.items)


def _row(part: str, key: str, entry: _Item) -> TextRow:
    return TextRow(kind=part, key=key, text=entry.text, link=entry.link)


def _option_rows(item: Item, entry: _Item) -> list[TextRow]:
    return [
        TextRow(
            kind=Part.OPTION,
            key=f"{item.options}.{option.coding.code}",
            text=option.coding.display,
            link=entry.link,
        )
        for option in entry.options
    ]


def _gaps(item: Item, entry: _Item) -> list[Mistake]:
    """Return the options that an item lacks; another item's may have the same words."""
    if entry.value_set is not None:
        return [Mistake(fault=Fault.VALUE_SET, link=entry.link)]
    given = {option.coding.code for option in entry.options}
    wanted = item.codes if item.type in CHOICES else ()
    return [
        Mistake(
            fault=Fault.MISSING,
            kind=Part.OPTION,
            key=option_key(item.options or "", code),
            link=entry.link,
        )
        for code in wanted
        if str(code) not in given
    ]


def _other_row(entry: _Item, known: dict[str, Item]) -> TextRow:
    if entry.link == INTRODUCTION:
        return _row(Part.INTRODUCTION, "", entry)
    if entry.link.startswith(SCORE):
        return _row(Part.SCALE, entry.link.removeprefix(SCORE), entry)
    head, point, tail = entry.link.rpartition(".")
    item = known.get(head)
    if item is not None and point + tail == HINT:
        return _row(Part.HINT, item.id, entry)
    if item is not None and point + tail in (ends := _ends(item)):
        return _row(Part.OPTION, option_key(item.options or "", ends[point + tail]), entry)
    return _row(Part.QUESTION, entry.link, entry)


def _ends(item: Item) -> dict[str, int]:
    """Return the codes of a range's worded ends by the endings of their linkIds."""
    if item.options is None or item.type in CHOICES:
        return {}
    return dict(zip((LOW, HIGH), worded_codes(item), strict=True))


def _once(rows: Iterable[TextRow]) -> list[TextRow]:
    """Return rows without repeated options: items may share a set, worded alike in each."""
    seen: set[tuple[str, str, str]] = set()
    kept = []
    for row in rows:
        same = (row.kind, row.key, row.text)
        if row.kind != Part.OPTION or same not in seen:
            kept.append(row)
        seen.add(same)
    return kept
