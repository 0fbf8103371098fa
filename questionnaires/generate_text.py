"""The TOML text of a generated questionnaire, laid out as one made by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

INTRODUCTIONS = {
    "en": "A rehearsal. Short labels stand here in place of the official questions.",
    "zh-Hans": "这是演练。此处用简短的概念标签代替正式题目。",
}
ENDS = {"en": ("{} (lowest)", "{} (highest)"), "zh-Hans": ("{}（最低）", "{}（最高）")}
YES_NO = {"en": ("1 (yes)", "2 (no)"), "zh-Hans": ("1（是）", "2（否）")}
PLACES = {"en": "{} ({}/{})", "zh-Hans": "{}（{}/{}）"}
SHORTEST_RUN = 3
_NUMBERED = re.compile(r"([A-Za-z_]*)(\d+)")


@dataclass(frozen=True, kw_only=True)
class Generated:
    """One instrument, ready to be written."""

    id: str
    title: str
    version: str
    why_version: str
    confirmed: bool
    sources: Sequence[str]
    items: Sequence[Mapping[str, Any]]
    """Per item: id, codes, options and, where it has any, missing_codes."""
    skips: Sequence[Mapping[str, Any]]
    scales: Sequence[Mapping[str, Any]]
    """Per scale: the keys of its definition, with items and options spelled out."""
    names: Mapping[str, Mapping[str, str]]
    """Scale code to language to name."""
    labels: Mapping[str, Mapping[str, str]]
    """Item id to language to label, for items of no scale."""


def definition_text(one: Generated) -> str:
    """Return the text of ``definition.toml``."""
    lines = [
        f"# {one.title}: structure and scoring only. Its wording is licensed and comes by import.",
        f"# Written by questionnaires.generate from a scale map. {one.why_version}",
        "# Items that no score uses are not in the map, and so not here unless said below.",
        f"id = {_toml(one.id)}",
        f"version = {_toml(one.version)}",
        'licence = "import"',
        f"confirmed = {_toml(one.confirmed)}",
        "sources = [",
        *(f"  {_toml(source)}," for source in one.sources),
        "]",
    ]
    for entry in _item_entries(one.items):
        lines += ["", "[[items]]", f"id = {_toml(entry['id'])}", 'type = "one_of"']
        lines += [f"codes = {_toml(entry['codes'])}"]
        if "missing_codes" in entry:
            lines += [f"missing_codes = {_toml(entry['missing_codes'])}"]
        lines += [f"options = {_toml(entry['options'])}"]
    for skip in one.skips:
        lines += ["", "[[skips]]", *(f"{key} = {_toml(value)}" for key, value in skip.items())]
    for scale in one.scales:
        lines += ["", "[[scales]]", *_scale_lines(scale)]
    return "\n".join(lines) + "\n"


def _item_entries(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put alike items that stand in a row into one entry each."""
    entries: list[dict[str, Any]] = []
    for _, alike in groupby(items, key=lambda item: {**item, "id": None}):
        group = list(alike)
        entries += [{**group[0], "id": id} for id in runs([item["id"] for item in group])]
    return entries


def _scale_lines(scale: Mapping[str, Any]) -> list[str]:
    lines = [f"code = {_toml(scale['code'])}", f"items = {_toml(runs(scale['items']))}"]
    keys = ("module", "direction", "low", "high", "kind")
    lines += [f"{key} = {_toml(scale[key])}" for key in keys if key in scale]
    if scale["options"]:
        lines.append(f"options = {_toml(scale['options'])}")
    return lines


def runs(ids: Sequence[str]) -> list[str]:
    """Shorten ids that count upwards: q1, q2, q3, q7 gives ``["q1..q3", "q7"]``."""
    found: list[list[str]] = []
    for id in ids:
        if found and _follows(found[-1][-1], id):
            found[-1].append(id)
        else:
            found.append([id])
    short: list[str] = []
    for run in found:
        short += [f"{run[0]}..{run[-1]}"] if len(run) >= SHORTEST_RUN else run
    return short


def _follows(before: str, id: str) -> bool:
    first, second = _NUMBERED.fullmatch(before), _NUMBERED.fullmatch(id)
    if not first or not second or first[1] != second[1]:
        return False
    return int(second[2]) == int(first[2]) + 1


def wording_text(one: Generated, language: str) -> str:
    """Return the text of a wording file: a label for every item, numbered within its scale."""
    labels = {item: texts[language] for item, texts in one.labels.items()}
    for scale in one.scales:
        name, items = one.names[scale["code"]][language], scale["items"]
        for place, item in enumerate(items, start=1):
            label = PLACES[language].format(name, place, len(items)) if len(items) > 1 else name
            labels.setdefault(item, label)
    lines = [
        "# Our own short concept labels, not the licensed text: that comes in by import.",
        'kind = "labels"',
        f"title = {_toml(one.title)}",
        f"introduction = {_toml(INTRODUCTIONS[language])}",
        "",
        "[questions]",
        *(f"{item['id']} = {_toml(labels[item['id']])}" for item in one.items),
    ]
    for name, codes in {item["options"]: item["codes"] for item in one.items}.items():
        texts = YES_NO[language] if name == "yes_no" else _levels(codes, language)
        lines += ["", f"[options.{name}]"]
        lines += [f"{code} = {_toml(text)}" for code, text in zip(codes, texts, strict=True)]
    lines += ["", "[scales]"]
    lines += [f"{code} = {_toml(texts[language])}" for code, texts in one.names.items()]
    return "\n".join(lines) + "\n"


def _levels(codes: Sequence[int], language: str) -> list[str]:
    low, high = ENDS[language]
    return [low.format(codes[0]), *map(str, codes[1:-1]), high.format(codes[-1])]


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
