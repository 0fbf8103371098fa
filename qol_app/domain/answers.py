"""What a valid answer is, and which items are shown: one definition for page, import and API."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from qol_app.domain.errors import AnswerOutOfRange, UnknownItem
from questionnaires.model import AnswerType, Item, NoAnswer, Page, Questionnaire, Value

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_TOO_LARGE = 1e15
_BETWEEN_CODES = re.compile(r"[\s,;|、]+")


class ItemState(StrEnum):
    """What became of an item: five states, told apart from the page to the export."""

    ANSWERED = "answered"
    DECLINED = "declined"
    """The person said that they prefer not to answer."""
    NOT_APPLICABLE = "not_applicable"
    """The person said that it does not apply to them."""
    BLANK = "blank"
    """Seen and left blank."""
    NEVER_SEEN = "never_seen"


UNSAID = (ItemState.BLANK, ItemState.NEVER_SEEN)
"""The states in which a person has said nothing yet."""


def item_state(item: str, answers: Mapping[str, Value], no_answers: Mapping[str, str]) -> ItemState:
    """Return what became of an item.

    Args:
        item: Its id.
        answers: By item id; None is seen without an answer, an absent item was never seen.
        no_answers: By item id, the word of ``NoAnswer`` that was said instead of an answer.
    """
    if item not in answers:
        return ItemState.NEVER_SEEN
    if answers[item] is not None:
        return ItemState.ANSWERED
    return ItemState(no_answers.get(item, ItemState.BLANK))


def visible_states(
    questionnaire: Questionnaire, answers: Mapping[str, Value], no_answers: Mapping[str, str]
) -> dict[str, ItemState]:
    """Return what became of every visible item, in the order of the pages."""
    visible = visible_items(questionnaire, answers)
    return {item: item_state(item, answers, no_answers) for item in visible}


def check(item: Item, value: object) -> Value:
    """Return a value in the form in which it is stored, or refuse it.

    None means seen but left blank, which every item allows; so do a text of nothing but spaces
    and an empty list of codes. Several codes are sorted and made unique. A number is an int
    where the item has no decimals, otherwise a float. The line ends of a text become ``\\n``;
    nothing else of it is changed.

    Args:
        item: The item that is answered.
        value: A code, a number, a text or a list of codes, according to the item's type.

    Raises:
        AnswerOutOfRange: The item does not allow this value; the reason never repeats it.
    """
    if value is None:
        return None
    try:
        return _CHECKS[item.type](item, value)
    except _Refused as refused:
        raise AnswerOutOfRange(item.id, str(refused)) from None


def item_of(questionnaire: Questionnaire, item_id: str) -> Item:
    """Return the questionnaire's item with this id. Raises UnknownItem if there is none."""
    try:
        return questionnaire.item(item_id)
    except KeyError:
        raise UnknownItem(f"{questionnaire.id} has no item {item_id}") from None


def check_no_answer(item: Item, word: NoAnswer | None) -> NoAnswer | None:
    """Return what was said instead of an answer, or refuse it.

    Raises:
        AnswerOutOfRange: The form does not offer it for this item.
    """
    if word is not None and word not in item.no_answers:
        raise AnswerOutOfRange(item.id, f"does not offer {word.value}")
    return word


def parse(item: Item, raw: str | list[str]) -> Value:
    """Read an answer as it comes from a web form or a CSV cell, and check it.

    An empty cell is a blank. Full-width digits and points, as Chinese keyboards type them, are
    read as digits and points. A code is a whole number: ``3.0`` is refused, not rounded.
    Several codes come as a list of strings or as one string, separated by spaces, commas,
    semicolons or bars.

    Raises:
        AnswerOutOfRange: It cannot be read as the item's type, or the item does not allow it.
    """
    try:
        return check(item, _read(item, raw))
    except _Refused as refused:
        raise AnswerOutOfRange(item.id, str(refused)) from None


def visible_items(questionnaire: Questionnaire, answers: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the ids of the items shown under these answers, in the order of the pages.

    An item is shown if every skip rule on it shows it and the item that the rule asks is itself
    shown: the left-over answer of a hidden item opens nothing.
    """

    if not questionnaire.skips:
        return tuple(item for page in questionnaire.pages for item in page.items)

    def shown(item_id: str) -> bool:
        rules = [rule for rule in questionnaire.skips if item_id in rule.items]
        return all(rule.shows(answers) and shown(rule.item) for rule in rules)

    return tuple(item for page in questionnaire.pages for item in page.items if shown(item))


def visible_pages(questionnaire: Questionnaire, answers: Mapping[str, Value]) -> tuple[Page, ...]:
    """Return the pages with at least one visible item, each with its visible items only."""
    if not questionnaire.skips:
        return questionnaire.pages
    visible = set(visible_items(questionnaire, answers))
    trimmed = (
        replace(page, items=tuple(item for item in page.items if item in visible))
        for page in questionnaire.pages
    )
    return tuple(page for page in trimmed if page.items)


def first_unanswered_page(
    questionnaire: Questionnaire, answers: Mapping[str, Value]
) -> Page | None:
    """Return where to resume: the first visible page with an item never seen, or None.

    An item that was seen and left blank has the value None in ``answers`` and counts as seen.
    """
    for page in visible_pages(questionnaire, answers):
        if any(item not in answers for item in page.items):
            return page
    return None


def current_answers(events: Iterable[tuple[int, str, Value]]) -> dict[str, Value]:
    """Return the answers that count after these (seq, item, value) events, in any order.

    The highest ``seq`` of an item counts. An event with a ``seq`` already taken by the item is a
    resend and changes nothing. The caller leaves out events that came late, after a newer answer.
    """
    latest: dict[str, tuple[int, Value]] = {}
    for seq, item, value in events:
        if item not in latest or seq > latest[item][0]:
            latest[item] = (seq, value)
    return {item: value for item, (_, value) in latest.items()}


def countable(questionnaire: Questionnaire, answers: Mapping[str, Value]) -> dict[str, Value]:
    """Return the answers of the visible items: the ones that scoring may use.

    Answers of hidden items stay stored but do not count.
    """
    visible = visible_items(questionnaire, answers)
    return {item: answers[item] for item in visible if item in answers}


class _Refused(Exception):
    """A value is refused; the message is the plain reason."""


def _code(item: Item, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value not in item.codes:
        raise _Refused(f"must be one of {_listed(item.codes)}")
    return value


def _codes(item: Item, value: object) -> list[int] | None:
    if not isinstance(value, list):
        raise _Refused(f"must be a list of codes among {_listed(item.codes)}")
    if not value:
        return None
    chosen = sorted({_code(item, code) for code in value})
    if len(chosen) > 1 and (alone := [code for code in chosen if code in item.exclusive]):
        raise _Refused(f"{alone[0]} cannot be combined with other codes")
    return chosen


def _step(item: Item, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not _in_range(item, value):
        raise _Refused(f"must be a whole number{_range(item)}")
    return value


def _number(item: Item, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Refused(f"must be a number{_range(item)}")
    if not abs(value) < _TOO_LARGE or not _in_range(item, value):  # NaN fails the first
        raise _Refused(f"must be a number{_range(item)}")
    if Decimal(repr(value)) != (rounded := round(Decimal(repr(value)), item.decimals)):
        digits = f"at most {item.decimals} digit(s) after the point"
        raise _Refused(f"must have {digits}" if item.decimals else "must be a whole number")
    return float(rounded) + 0.0 if item.decimals else int(rounded)  # + 0.0 makes -0.0 plain 0.0


def _text(item: Item, value: object) -> str | None:
    if not isinstance(value, str):
        raise _Refused("must be text")
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return None
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise _Refused("must not contain control characters")
    if item.max_length is not None and len(text) > item.max_length:
        raise _Refused(f"must have at most {item.max_length} characters (has {len(text)})")
    return text


_CHECKS: dict[AnswerType, Callable[[Item, object], Value]] = {
    AnswerType.ONE_OF: _code,
    AnswerType.SEVERAL_OF: _codes,
    AnswerType.SCALE: _step,
    AnswerType.VISUAL_ANALOGUE: _step,
    AnswerType.NUMBER: _number,
    AnswerType.TEXT: _text,
}


def _read(item: Item, raw: str | list[str]) -> object:
    if item.type is AnswerType.SEVERAL_OF:
        parts = raw if isinstance(raw, list) else _BETWEEN_CODES.split(_plain(raw))
        return [_whole(part) for part in parts if _plain(part)]
    text = _single(raw)
    if item.type is AnswerType.TEXT:
        return text
    if not _plain(text):
        return None
    return _decimal(text) if item.type is AnswerType.NUMBER else _whole(text)


def _single(raw: str | list[str]) -> str:
    if isinstance(raw, str):
        return raw
    if len(raw) > 1:
        raise _Refused("must be a single answer")
    return raw[0] if raw else ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().replace("。", ".")


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(plain := _plain(text)):
        raise _Refused("must be a whole number")
    return int(plain)


def _decimal(text: str) -> int | float:
    if not _DECIMAL.fullmatch(plain := _plain(text)):
        raise _Refused("must be a number, with a point before any decimals")
    return float(plain) if "." in plain else int(plain)


def _in_range(item: Item, value: float) -> bool:
    return (item.low is None or value >= item.low) and (item.high is None or value <= item.high)


def _range(item: Item) -> str:
    if item.low is not None and item.high is not None:
        return f" from {item.low:g} to {item.high:g}"
    if item.low is not None:
        return f" of {item.low:g} or more"
    return f" of {item.high:g} or less" if item.high is not None else ""


def _listed(codes: tuple[int, ...]) -> str:
    return ", ".join(str(code) for code in codes)
