"""The codebook: what every column of every exported table means, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from qol_app.exports import columns
from qol_app.exports.columns import Codes, Column
from qol_app.exports.tabular import cell_text
from questionnaires.model import AnswerType, Direction, Item, Questionnaire, Scale, Wording

ITEM_MISSING = "empty: not answered; item_states.csv says why"
CODE_MISSING = (
    "empty: not answered (item_states.csv says why), or no such choice in the form's version"
)
SCORE_MISSING = "empty: not scored, or too few items answered for the scoring module"
COUNT_MISSING = "empty: not scored"
DIRECTIONS = {Direction.BETTER: "high is better", Direction.WORSE: "high is worse"}
NO_CODE: Codes = {None: ("", "")}

Words = Mapping[str, Wording]
"""The wordings of one version by language."""
Line = dict[str, object]


def codebook(
    questionnaires: Sequence[Questionnaire], wordings: Mapping[tuple[str, str], Words]
) -> pd.DataFrame:
    """Return one line per file and column, and one per code where a column holds codes.

    A column that several versions have is described as in the last of them; ``versions`` names
    them all.

    Args:
        questionnaires: Every version of every instrument, each instrument's in release order.
        wordings: By instrument and version, the words by language (``en``, ``zh-Hans``); where a
            language is absent, its labels are empty.

    Returns:
        Texts and codes, with the columns of ``columns.CODEBOOK``; the codebook's own are listed
        last.
    """
    lines = list(_fixed("visits.csv", columns.VISITS))
    for instrument in dict.fromkeys(form.id for form in questionnaires):
        versions = [form for form in questionnaires if form.id == instrument]
        lines += _instrument(instrument, versions, wordings)
    lines += _fixed("item_states.csv", columns.ITEM_STATES)
    lines += _fixed("corrections.csv", columns.CORRECTIONS)
    lines += _fixed("codebook.csv", columns.CODEBOOK)
    names = columns.names(columns.CODEBOOK)
    cells = [[line.get(name) for name in names] for line in lines]
    return pd.DataFrame(cells, columns=list(names), dtype=object)


def _instrument(
    instrument: str,
    versions: Sequence[Questionnaire],
    wordings: Mapping[tuple[str, str], Words],
) -> Iterator[Line]:
    items, scores = f"items_{instrument}.csv", f"scores_{instrument}.csv"
    described = [(form, wordings.get((form.id, form.version), {})) for form in versions]
    yield from _fixed(items, columns.ITEMS_BEFORE)
    yield from _merged(
        (form.version, line)
        for form, words in described
        for item in form.items
        for line in _item(items, item, words)
    )
    yield from _fixed(items, columns.ITEMS_AFTER)
    yield from _fixed(scores, columns.SCORES_BEFORE)
    yield from _merged(
        (form.version, line)
        for form, words in described
        for scale in form.scales
        for line in _scale(scores, scale, words)
    )
    yield from _fixed(scores, columns.SCORES_AFTER)


def _merged(lines: Iterator[tuple[str, Line]]) -> list[Line]:
    """Return one line per column and code, columns in the order in which versions brought them."""
    found: dict[object, dict[object, Line]] = {}
    for version, line in lines:
        codes = found.setdefault(line["column"], {})
        earlier = codes.get(line["code"], {}).get("versions")
        line["versions"] = version if earlier is None else f"{earlier} {version}"
        codes[line["code"]] = line
    return [line for codes in found.values() for line in codes.values()]


def _fixed(file: str, described: Sequence[Column]) -> Iterator[Line]:
    for column in described:
        line: Line = {
            "file": file,
            "column": column.name,
            "label_en": column.en,
            "label_zh": column.zh,
            "type": column.type,
            "missing": column.missing,
        }
        yield from _by_code(line, column.codes or NO_CODE)


def _by_code(line: Line, codes: Codes) -> Iterator[Line]:
    for code, (en, zh) in codes.items():
        yield {**line, "code": code, "code_label_en": en, "code_label_zh": zh}


def _item(file: str, item: Item, words: Words) -> Iterator[Line]:
    en, zh = _languages(words)
    for name, code in columns.of_item(item).items():
        line: Line = {
            "file": file,
            "column": name,
            "label_en": _question(item, code, en),
            "label_zh": _question(item, code, zh),
            "type": item.type.value,
            "range": _range(item.low, item.high),
            "missing": ITEM_MISSING if code is None else CODE_MISSING,
            "cdisc": item.cdisc,
            **_kinds(words),
        }
        yield from _by_code(line, _item_codes(item, words) if code is None else columns.CHOSEN)


def _item_codes(item: Item, words: Words) -> Codes:
    """Return an item's codes; of a scale, the two ends that have words."""
    en, zh = _languages(words)
    codes = item.codes
    if item.type in {AnswerType.SCALE, AnswerType.VISUAL_ANALOGUE} and item.options:
        codes = tuple(int(end) for end in (item.low, item.high) if end is not None)
    return {code: (_option(item, code, en), _option(item, code, zh)) for code in codes} or NO_CODE


def _question(item: Item, code: int | None, words: Wording | None) -> str:
    question = words.questions.get(item.id, "") if words else ""
    if code is None:
        return question
    return ": ".join(part for part in (question, _option(item, code, words)) if part)


def _option(item: Item, code: int, words: Wording | None) -> str:
    if words is None or item.options is None:
        return ""
    return words.options.get(item.options, {}).get(code, "")


def _scale(file: str, scale: Scale, words: Words) -> Iterator[Line]:
    en, zh = _languages(words)
    name_en = en.scales.get(scale.code, "") if en else ""
    name_zh = zh.scales.get(scale.code, "") if zh else ""
    score, answered, expected = columns.of_scale(scale.code)
    shared: Line = {"file": file, "code": None, "scoring": scale.module, **_kinds(words)}
    yield {
        **shared,
        "column": score,
        "label_en": name_en,
        "label_zh": name_zh,
        "type": "score",
        "range": _range(scale.low, scale.high),
        "direction": DIRECTIONS[scale.direction] if scale.direction else None,
        "missing": SCORE_MISSING,
        "cdisc": scale.cdisc,
    }
    counts = (
        (answered, "items answered", "已答条目数"),
        (expected, "items expected", "应答条目数"),
    )
    for name, count_en, count_zh in counts:
        yield {
            **shared,
            "column": name,
            "label_en": f"{name_en or scale.code}: {count_en}",
            "label_zh": f"{name_zh or scale.code}：{count_zh}",
            "type": "integer",
            "missing": COUNT_MISSING,
        }


def _range(low: float | None, high: float | None) -> str | None:
    if low is None or high is None:
        return None
    return f"{cell_text(low)} to {cell_text(high)}"


def _languages(words: Words) -> tuple[Wording | None, Wording | None]:
    return words.get("en"), words.get("zh-Hans")


def _kinds(words: Words) -> Line:
    en, zh = _languages(words)
    return {
        "wording_en": en.kind.value if en else None,
        "wording_zh": zh.kind.value if zh else None,
    }
