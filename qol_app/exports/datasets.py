"""The tables of a download, built from plain rows: visits, items, states, scores, corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from qol_app.domain.answers import ItemState, item_state
from qol_app.exports import columns
from qol_app.exports.codebook import codebook
from qol_app.exports.tabular import cell_text
from questionnaires.model import Questionnaire, Value

__all__ = [
    "CorrectionRow",
    "FormRow",
    "ScoreValue",
    "codebook",
    "corrections_table",
    "item_states",
    "items_table",
    "scores_table",
    "visits_table",
]

Record = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class ScoreValue:
    """One score of one form."""

    scale: str
    value: float | None
    """None where too little was answered."""
    items_answered: int
    items_expected: int
    module: str
    module_version: str
    flags: tuple[str, ...]
    """Remarks of the scoring, in short words."""


@dataclass(frozen=True, kw_only=True)
class FormRow:
    """One instrument at one scheduled visit of one participant, answered or not."""

    participant: str
    """Of the same width in every row."""
    site: str
    group: str | None
    visit: str
    visit_number: int
    instrument: str
    version: str
    form_hash: str
    status: str
    reason: str | None
    window_opens: date
    target: date
    window_closes: date
    started_at: datetime | None
    submitted_at: datetime | None
    answered_on: date | None
    day: int | None
    on_time: bool | None
    language: str | None
    mode: str | None
    channel: str | None
    """How the link of its last answer reached the participant; None where none came by a link."""
    helper: str | None
    """Who helped, a word of ``domain.helpers.Helper``; None where that was not said."""
    answers: Mapping[str, Value]
    """By item id: None is seen without an answer; an absent item was never seen."""
    no_answers: Mapping[str, str]
    """By item id, the word of ``NoAnswer`` that was said instead of an answer."""
    scores: tuple[ScoreValue, ...]
    keyed_at: datetime | None = None
    """When staff first keyed it from paper or an interview; None where they did not."""


@dataclass(frozen=True, kw_only=True)
class CorrectionRow:
    """One answer that staff corrected after the form was sent."""

    participant: str
    visit: str
    instrument: str
    item: str
    old_state: str
    old: Value
    new_state: str
    new: Value
    corrected_at: datetime
    corrected_by: int
    reason: str


def visits_table(rows: Sequence[FormRow]) -> pd.DataFrame:
    """Return one line per row: what was scheduled and what became of it.

    Raises:
        ValueError: participant ids differ in width.
    """
    names = columns.names(columns.VISITS)
    return _table(rows, [_fixed(row, names) for row in rows], names)


def items_table(rows: Sequence[FormRow], versions: Sequence[Questionnaire]) -> pd.DataFrame:
    """Return one line per row with one column per item, or per code where several may be chosen.

    A column of codes holds 1 (chosen), 0 (answered, not chosen) or nothing (not answered, or no
    such code in the form's version).

    Args:
        rows: Of one instrument.
        versions: Its versions, in release order, so that new columns only come behind old ones.

    Raises:
        ValueError: participant ids differ in width, two columns have the same name but for case,
            or a row has a version or an answer that ``versions`` does not know.
    """
    before = columns.names(columns.ITEMS_BEFORE)
    names = [*before, *columns.of_items(versions), *columns.names(columns.ITEMS_AFTER)]
    known = {form.version: form for form in versions}
    records = [
        {**_fixed(row, before), **_answers(row, _form_of(row, known)), **_counts(row)}
        for row in rows
    ]
    return _table(rows, records, names)


def _form_of(row: FormRow, known: Mapping[str, Questionnaire]) -> Questionnaire:
    if row.version not in known:
        raise ValueError(f"{row.instrument}: version {row.version} is not given")
    form = known[row.version]
    strange = set(row.answers) - {item.id for item in form.items}
    if strange:
        raise ValueError(f"{row.instrument} {row.version} has no item {min(strange)}")
    return form


def _answers(row: FormRow, form: Questionnaire) -> Record:
    return {
        name: value if code is None else int(code in _codes(value))
        for item in form.items
        if (value := row.answers.get(item.id)) is not None
        for name, code in columns.of_item(item).items()
    }


def _codes(value: Value) -> Sequence[Value]:
    return value if isinstance(value, list) else [value]


def _counts(row: FormRow) -> Record:
    states = [item_state(item, row.answers, row.no_answers) for item in row.answers]
    return {
        "items_seen": len(states),
        "items_blank": states.count(ItemState.BLANK),
        "items_declined": states.count(ItemState.DECLINED),
        "items_not_applicable": states.count(ItemState.NOT_APPLICABLE),
    }


def item_states(
    rows: Sequence[FormRow], questionnaires: Sequence[Questionnaire] = ()
) -> pd.DataFrame:
    """Return one line per item that a participant met, with what became of it.

    An item never seen has a line where its form was begun and its version is among
    ``questionnaires``, else none; a form never begun has no lines.

    Args:
        rows: Of any instruments.
        questionnaires: The versions whose unseen items are to be listed.

    Raises:
        ValueError: participant ids differ in width.
    """
    items = {(f.id, f.version): [item.id for item in f.items] for f in questionnaires}
    records: list[Record] = []
    for row in rows:
        if row.answers or row.started_at is not None:
            listed = items.get((row.instrument, row.version), ())
            records += [_state(row, item) for item in dict.fromkeys([*listed, *row.answers])]
    return _table(rows, records, columns.names(columns.ITEM_STATES))


def _state(row: FormRow, item: str) -> Record:
    value = row.answers.get(item)
    return {
        **_fixed(row, ["participant", "visit", "instrument"]),
        "item": item,
        "state": item_state(item, row.answers, row.no_answers).value,
        "value": _as_text(value),
    }


def _as_text(value: Value) -> str | None:
    return None if value is None else " ".join(map(cell_text, _codes(value)))


def corrections_table(rows: Sequence[CorrectionRow]) -> pd.DataFrame:
    """Return one line per correction: what stood before, what counts since, when and why.

    Raises:
        ValueError: participant ids differ in width.
    """
    names = columns.names(columns.CORRECTIONS)
    records = [
        {**_fixed(row, names), "old": _as_text(row.old), "new": _as_text(row.new)} for row in rows
    ]
    return _table(rows, records, names)


def scores_table(rows: Sequence[FormRow]) -> pd.DataFrame:
    """Return one line per row with each scale's score, items answered and items expected.

    Scales stand in the order in which the rows first have them; a scale that no row has, has no
    column. A score that is None is an empty cell beside its numbers of items.

    Args:
        rows: Of one instrument.

    Raises:
        ValueError: participant ids differ in width, or two columns have the same name but for
            case.
    """
    before = columns.names(columns.SCORES_BEFORE)
    scales = dict.fromkeys(score.scale for row in rows for score in row.scores)
    of_scales = [name for scale in scales for name in columns.of_scale(scale)]
    names = [*before, *of_scales, *columns.names(columns.SCORES_AFTER)]
    return _table(rows, [{**_fixed(row, before), **_scores(row)} for row in rows], names)


def _scores(row: FormRow) -> Record:
    found: Record = {}
    for score in row.scores:
        numbers = (score.value, score.items_answered, score.items_expected)
        found.update(zip(columns.of_scale(score.scale), numbers, strict=True))
    modules = (f"{score.module} {score.module_version}" for score in row.scores)
    flags = (f"{score.scale}: {flag}" for score in row.scores for flag in score.flags)
    return {**found, "modules": _joined(modules), "flags": _joined(flags)}


def _joined(texts: Iterable[str]) -> str | None:
    return "; ".join(sorted(set(texts))) or None


def _fixed(row: FormRow | CorrectionRow, names: Iterable[str]) -> Record:
    return {name: getattr(row, name) for name in names}


def _table(
    rows: Sequence[FormRow] | Sequence[CorrectionRow],
    records: Sequence[Record],
    names: Sequence[str],
) -> pd.DataFrame:
    """Return records as a frame of plain values; an absent value is None."""
    if len({len(row.participant) for row in rows}) > 1:
        raise ValueError("participant ids must all have the same width")
    folded = [name.casefold() for name in names]
    doubled = sorted({name for name in folded if folded.count(name) > 1})
    if doubled:
        raise ValueError(f"two columns named {doubled[0]}")
    lines = [[record.get(name) for name in names] for record in records]
    return pd.DataFrame(lines, columns=list(names), dtype=object)
