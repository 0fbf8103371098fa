"""What must hold between the parts of a questionnaire, beyond the shape of its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from questionnaires.model import AnswerType, Item, Questionnaire

CODED = ("one_of", "several_of")
RANGED = ("scale", "visual_analogue", "number")
UNSCORED = ("several_of", "text")
"""Answers that are not one number."""

MATRIX_CODES = range(2, 8)
"""How many answers the columns of a matrix may be: more would be narrower than a finger."""

Entry = TypeVar("Entry", str, int)


def definition_problems(document: Mapping[str, Any], folder: Path) -> list[str]:
    """Return every mistake of a definition, each with its key."""
    ids = [item["id"] for item in document["items"]]
    problems = [
        f"{key}: {document[key]} does not match the folder {name}"
        for key, name in (("id", folder.parent.name), ("version", folder.name))
        if document[key] != name
    ]
    problems += [f"items: {one} occurs twice" for one in _twice(ids)]
    problems += [
        f"scales: {one} occurs twice" for one in _twice(s["code"] for s in document["scales"])
    ]
    problems += [f"cdisc: {one} occurs twice" for one in _twice(_cdisc_codes(document))]
    for item in document["items"]:
        problems += _item_problems(item)
    problems += _page_problems(document, ids)
    problems += _matrix_problems(document)
    problems += _skip_problems(document, ids)
    problems += _scale_problems(document)
    return problems


def _twice(values: Iterable[Entry]) -> list[Entry]:
    return [value for value, count in Counter(values).items() if count > 1]


def _cdisc_codes(document: Mapping[str, Any]) -> list[str]:
    entries = [*document["items"], *document["scales"]]
    return [entry["cdisc"] for entry in entries if entry["cdisc"]]


def _item_problems(item: Mapping[str, Any]) -> list[str]:
    place, kind = f"items.{item['id']}", item["type"]
    problems = []
    if kind in CODED and not (item["codes"] and item["options"]):
        problems.append(f"{place}: {kind} needs codes and options")
    problems += [f"{place}.codes: {one} occurs twice" for one in _twice(item["codes"])]
    problems += _missing_code_problems(item) + _read_as_problems(item)
    if kind in RANGED and (
        item["low"] is None or item["high"] is None or item["low"] >= item["high"]
    ):
        problems.append(f"{place}: {kind} needs low below high")
    if kind == "text" and item["max_length"] is None:
        problems.append(f"{place}: text needs max_length")
    if set(item["exclusive"]) - set(item["codes"]):
        problems.append(f"{place}.exclusive: not among the codes")
    return problems


def _missing_code_problems(item: Mapping[str, Any]) -> list[str]:
    place, missing = f"items.{item['id']}.missing_codes", item.get("missing_codes", [])
    problems = [f"{place}: {one} occurs twice" for one in _twice(missing)]
    if missing and item["type"] in UNSCORED:
        return [*problems, f"{place}: {item['type']} has none, for no scale can score it"]
    return problems + [f"{place}: {one} is an answer" for one in missing if _is_answer(item, one)]


def _read_as_problems(item: Mapping[str, Any]) -> list[str]:
    place, pairs = f"items.{item['id']}.read_as", item.get("read_as", [])
    codes = [code for code, _ in pairs]
    missing = item.get("missing_codes", [])
    problems = [f"{place}: {one} occurs twice" for one in _twice(codes)]
    problems += [f"{place}: {one} is a missing code too" for one in codes if one in missing]
    problems += [f"{place}: {one} is an answer itself" for one in codes if _is_answer(item, one)]
    return problems + [
        f"{place}: {answer} is no answer" for _, answer in pairs if not _is_answer(item, answer)
    ]


def _is_answer(item: Mapping[str, Any], code: int) -> bool:
    if item["type"] in CODED:
        return code in item["codes"]
    ends = item["low"], item["high"]
    return None not in ends and bool(ends[0] <= code <= ends[1])


def _page_problems(document: Mapping[str, Any], ids: list[str]) -> list[str]:
    paged = Counter(one for page in document["pages"] for one in page["items"])
    problems = [
        f"pages: {one} is on {paged[one]} pages, not on one" for one in ids if paged[one] != 1
    ]
    return problems + [f"pages: there is no item {one}" for one in paged if one not in ids]


def _matrix_problems(document: Mapping[str, Any]) -> list[str]:
    items = {item["id"]: item for item in document["items"]}
    problems = []
    for page in document["pages"]:
        if page.get("layout") != "matrix":
            continue
        place, rows = f"pages.{page['id']}", [items[one] for one in page["items"] if one in items]
        if len({(row["type"], row["options"], tuple(row["codes"])) for row in rows}) > 1:
            problems.append(f"{place}: the items of a matrix share their type, options and codes")
        for row in rows:
            if row["type"] != "one_of":
                problems.append(f"{place}: {row['id']} is {row['type']}; a matrix holds one_of")
            elif len(row["codes"]) not in MATRIX_CODES:
                problems.append(f"{place}: {row['id']} needs 2 to 7 codes to stand in a matrix")
    return problems


def _scale_problems(document: Mapping[str, Any]) -> list[str]:
    kinds = {item["id"]: item["type"] for item in document["items"]}
    problems = []
    for scale in document["scales"]:
        place = f"scales.{scale['code']}"
        if scale["low"] >= scale["high"]:
            problems.append(f"{place}: needs low below high")
        for one in scale["items"]:
            if one not in kinds:
                problems.append(f"{place}.items: there is no item {one}")
            elif kinds[one] in UNSCORED:
                problems.append(f"{place}.items: {one} is {kinds[one]}, which no scale can score")
    return problems


def _skip_problems(document: Mapping[str, Any], ids: list[str]) -> list[str]:
    order = {item_id: place for place, item_id in enumerate(ids)}
    codes = {item["id"]: item["codes"] for item in document["items"]}
    problems = []
    for number, rule in enumerate(document["skips"]):
        place = f"skips.{number}"
        for one in (rule["item"], *rule["items"]):
            if one not in order:
                problems.append(f"{place}: there is no item {one}")
        known = [one for one in rule["items"] if one in order]
        if rule["item"] in order:
            late = [one for one in known if order[one] <= order[rule["item"]]]
            problems += [
                f"{place}: {one} stands before {rule['item']}, which decides" for one in late
            ]
            if set(rule["values"]) - set(codes[rule["item"]]):
                problems.append(f"{place}.values: not among the codes of {rule['item']}")
    return problems


def wording_problems(words: Mapping[str, Any], questionnaire: Questionnaire) -> list[str]:
    """Return every question, option or scale that a wording lacks or has too many."""
    problems = _difference("questions", words["questions"], [i.id for i in questionnaire.items])
    problems += [
        f"hints.{one}: belongs to nothing"
        for one in sorted(set(words["hints"]) - {item.id for item in questionnaire.items})
    ]
    problems += _difference("scales", words["scales"], [s.code for s in questionnaire.scales])
    wanted = worded_options(questionnaire)
    problems += _difference("options", words["options"], wanted)
    for name, codes in wanted.items():
        needs = [str(code) for code in codes]
        problems += _difference(f"options.{name}", words["options"].get(name, needs), needs)
    if (questionnaire.licence == "import") != (words["kind"] == "labels"):
        problems.append(f"kind: {words['kind']} does not go with licence {questionnaire.licence}")
    return problems


def worded_options(questionnaire: Questionnaire) -> dict[str, list[int]]:
    """Return each option set with the codes that a wording has to word, in the items' order."""
    wanted: dict[str, list[int]] = {}
    for item in questionnaire.items:
        if item.options:
            codes = wanted.setdefault(item.options, [])
            codes += [code for code in worded_codes(item) if code not in codes]
    return wanted


def worded_codes(item: Item) -> list[int]:
    """Return the codes of an item that have words: all of a choice, the two ends of a range."""
    if item.type in (AnswerType.ONE_OF, AnswerType.SEVERAL_OF):
        return list(item.codes)
    return [int(end) for end in (item.low, item.high) if end is not None]


def _difference(place: str, given: Iterable[str], wanted: Iterable[str]) -> list[str]:
    has, needs = set(given), set(wanted)
    return [f"{place}.{one}: is missing" for one in sorted(needs - has)] + [
        f"{place}.{one}: belongs to nothing" for one in sorted(has - needs)
    ]
