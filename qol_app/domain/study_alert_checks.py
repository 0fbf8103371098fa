"""Mistakes of a study file's alert rules: what they watch, and whether they could ever be met."""

from __future__ import annotations

from collections.abc import Iterator

from qol_app.domain.study import CHANGES, ITEM_CONDITIONS, SCALE_CONDITIONS, Since
from qol_app.domain.study_document import (
    Document,
    Entry,
    entries,
    instrument_ids,
    listed,
    visit_entries,
)
from qol_app.domain.study_problems import shown
from questionnaires.model import AnswerType, Item, Questionnaire

_CONDITIONS = tuple(dict.fromkeys((*ITEM_CONDITIONS, *CHANGES)))
_WORDLESS = (AnswerType.TEXT, AnswerType.SEVERAL_OF)
"""Types of item whose answers are no single number."""


def alert_problems(document: Document) -> Iterator[str]:
    """Yield one line, ``key: what is wrong``, for each mistake of the alert rules."""
    for rule in entries(document, "alerts", "rules"):
        yield from _condition(rule)
        yield from _since(document, rule)
        yield from _subject(document, rule)


def _condition(rule: Entry) -> Iterator[str]:
    """Not exactly one of item and scale, or not exactly one condition that fits it."""
    key, table = rule
    subjects = [name for name in ("item", "scale") if table.get(name) is not None]
    given = [name for name in _CONDITIONS if table.get(name) is not None]
    if not subjects:
        yield f"{key}: has neither item nor scale; add one of them"
    elif len(subjects) == 2:
        yield f"{key}: has both item and scale; remove one of them"
    possible = SCALE_CONDITIONS if subjects == ["scale"] else ITEM_CONDITIONS
    if not given:
        yield f"{key}: has no condition; add one of {', '.join(possible)}"
    elif len(given) > 1:
        yield f"{key}: has {len(given)} conditions, {', '.join(given)}; keep one of them"
    elif len(subjects) == 1 and given[0] not in possible:
        yield (
            f"{key}.{given[0]}: is no condition for the {subjects[0]}; "
            f"use one of {', '.join(possible)}"
        )


def _since(document: Document, rule: Entry) -> Iterator[str]:
    """A change that is counted from nothing."""
    key, table = rule
    changes = [name for name in CHANGES if table.get(name) is not None]
    if table.get("since") == Since.PREVIOUS and not changes:
        yield f"{key}.since: goes with {' or '.join(CHANGES)} only; remove it"
    visits = visit_entries(document)
    if not changes or not visits or table.get("since", Since.BASELINE) != Since.BASELINE:
        return
    instrument, asked = table.get("instrument"), visits[0].table.get("instruments")
    if instrument in instrument_ids(document) and isinstance(asked, list):
        if instrument in asked:
            return
        yield (
            f"{key}.{changes[0]}: {instrument} is not asked at the baseline, so no change is "
            'known; set since = "previous" or ask it there'
        )


def _subject(document: Document, rule: Entry) -> Iterator[str]:
    """An instrument, item or scale that is not there, or a condition that no value can meet."""
    key, table = rule
    instrument = table.get("instrument")
    if isinstance(instrument, str) and instrument not in instrument_ids(document):
        yield f"{key}.instrument: {shown(instrument)} is not among [[instruments]]; add it"
    questionnaire = listed(document, instrument)
    if questionnaire is None:
        return
    if isinstance(table.get("item"), str):
        yield from _item(rule, questionnaire)
    if isinstance(table.get("scale"), str):
        yield from _scale(rule, questionnaire)


def _item(rule: Entry, questionnaire: Questionnaire) -> Iterator[str]:
    key, name = rule.key, rule.table["item"]
    item = next((item for item in questionnaire.items if item.id == name), None)
    if item is None:
        ids = [item.id for item in questionnaire.items]
        some = ", ".join(ids[:8]) + (", ..." if len(ids) > 8 else "")
        yield f"{key}.item: {shown(name)} is not an item of {questionnaire.id}; it has {some}"
        return
    if item.type in _WORDLESS:
        for limit in ("at_least", "at_most"):
            if rule.table.get(limit) is not None:
                yield f"{key}.{limit}: the answers to {name} are no numbers; use any_of"
    else:
        yield from _reach(rule, *_ends(item))
    yield from _codes(rule, item)


def _ends(item: Item) -> tuple[float | None, float | None]:
    return (min(item.codes), max(item.codes)) if item.codes else (item.low, item.high)


def _codes(rule: Entry, item: Item) -> Iterator[str]:
    given = rule.table.get("any_of")
    for code in given if isinstance(given, list) else []:
        if code not in item.codes:
            has = ", ".join(map(str, item.codes)) or "none, so use at_least or at_most"
            yield (
                f"{rule.key}.any_of: {shown(code)} is not a code of {item.id}; its codes are {has}"
            )


def _scale(rule: Entry, questionnaire: Questionnaire) -> Iterator[str]:
    key, code = rule.key, rule.table["scale"]
    scale = next((scale for scale in questionnaire.scales if scale.code == code), None)
    if scale is None:
        known = ", ".join(scale.code for scale in questionnaire.scales) or "none"
        yield f"{key}.scale: {shown(code)} is not a scale of {questionnaire.id}; it has {known}"
        return
    yield from _reach(rule, scale.low, scale.high)
    width = scale.high - scale.low
    for name in CHANGES:
        points = _number(rule, name)
        if points is not None and points > width:
            yield (
                f"{key}.{name}: can never be met, as {code} goes from {scale.low:g} to "
                f"{scale.high:g} (got {points:g})"
            )


def _reach(rule: Entry, low: float | None, high: float | None) -> Iterator[str]:
    """A limit that no value meets, or that every value meets."""
    if low is None or high is None:
        return
    span = f"as values go from {low:g} to {high:g}"
    least, most = _number(rule, "at_least"), _number(rule, "at_most")
    if least is not None and not low < least <= high:
        often = "never" if least > high else "always"
        yield f"{rule.key}.at_least: would {often} be met, {span} (got {least:g})"
    if most is not None and not low <= most < high:
        often = "never" if most < low else "always"
        yield f"{rule.key}.at_most: would {often} be met, {span} (got {most:g})"


def _number(rule: Entry, name: str) -> float | None:
    value = rule.table.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
