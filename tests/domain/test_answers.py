"""What a valid answer is, how typed answers are read, and which items and pages are shown."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qol_app.domain.answers import (
    check,
    countable,
    current_answers,
    first_unanswered_page,
    item_state,
    parse,
    visible_items,
    visible_pages,
    visible_states,
)
from qol_app.domain.errors import AnswerOutOfRange
from questionnaires.model import AnswerType, Item, Page, Questionnaire, SkipRule, Value

ONE_OF = Item(id="walk", type=AnswerType.ONE_OF, codes=(1, 2, 3, 9))
SEVERAL = Item(id="help", type=AnswerType.SEVERAL_OF, codes=(0, 3, 1, 2), exclusive=(0,))
SCALE = Item(id="energy", type=AnswerType.SCALE, low=0, high=10)
ANALOGUE = Item(id="day", type=AnswerType.VISUAL_ANALOGUE, low=0, high=100)
HOURS = Item(id="sleep", type=AnswerType.NUMBER, low=0, high=24, decimals=1)
STEPS = Item(id="steps", type=AnswerType.NUMBER, low=0)
CHANGE = Item(id="weight_change", type=AnswerType.NUMBER, low=-50, high=50, decimals=2)
REMARK = Item(id="remark", type=AnswerType.TEXT, max_length=10)
EVERY_TYPE = [ONE_OF, SEVERAL, SCALE, ANALOGUE, HOURS, REMARK]


@pytest.mark.parametrize("item", EVERY_TYPE, ids=lambda item: item.id)
def test_every_item_may_be_left_blank(item: Item) -> None:
    assert check(item, None) is None
    assert parse(item, "") is None
    assert parse(item, "   ") is None
    assert parse(item, []) is None
    assert parse(item, [""]) is None


@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [
        pytest.param(ONE_OF, 9, 9, id="a code"),
        pytest.param(SEVERAL, [3, 1, 3], [1, 3], id="codes are sorted and made unique"),
        pytest.param(SEVERAL, [0], [0], id="an exclusive code alone"),
        pytest.param(SEVERAL, [], None, id="no codes is a blank"),
        pytest.param(SCALE, 0, 0, id="the low end"),
        pytest.param(SCALE, 10, 10, id="the high end"),
        pytest.param(ANALOGUE, 73, 73, id="a point on the line"),
        pytest.param(HOURS, 7, 7.0, id="hours as an integer"),
        pytest.param(HOURS, 7.5, 7.5, id="hours with a decimal"),
        pytest.param(STEPS, 4000.0, 4000, id="a whole float is a whole number"),
        pytest.param(CHANGE, -0.25, -0.25, id="a negative number"),
        pytest.param(REMARK, " a b ", " a b ", id="text stays as it is"),
        pytest.param(REMARK, "a\r\nb\rc\nd", "a\nb\nc\nd", id="line ends become one kind"),
        pytest.param(REMARK, " \n ", None, id="only spaces is a blank"),
        pytest.param(REMARK, "还可以;“好”", "还可以;“好”", id="Chinese"),
        pytest.param(REMARK, "a\tb", "a\tb", id="a tab"),
    ],
)
def test_a_valid_value_is_stored_in_one_form(item: Item, value: object, expected: Value) -> None:
    stored = check(item, value)
    assert stored == expected
    assert type(stored) is type(expected)
    assert check(item, stored) == expected


def test_minus_zero_is_zero() -> None:
    stored = check(CHANGE, -0.0)
    assert isinstance(stored, float)
    assert math.copysign(1, stored) == 1


@pytest.mark.parametrize(
    ("item", "value", "reason"),
    [
        pytest.param(ONE_OF, 4, "walk: must be one of 1, 2, 3, 9", id="no such code"),
        pytest.param(ONE_OF, "1", "walk: must be one of 1, 2, 3, 9", id="a code as text"),
        pytest.param(ONE_OF, 1.0, "walk: must be one of 1, 2, 3, 9", id="a code as a float"),
        pytest.param(ONE_OF, True, "walk: must be one of 1, 2, 3, 9", id="true is no code"),
        pytest.param(ONE_OF, [1], "walk: must be one of 1, 2, 3, 9", id="a list"),
        pytest.param(ONE_OF, [], "walk: must be one of 1, 2, 3, 9", id="an empty list"),
        pytest.param(SEVERAL, 1, "help: must be a list of codes among 0, 3, 1, 2", id="no list"),
        pytest.param(SEVERAL, [1, 7], "help: must be one of 0, 3, 1, 2", id="a strange code"),
        pytest.param(SEVERAL, [[1]], "help: must be one of 0, 3, 1, 2", id="a list in a list"),
        pytest.param(
            SEVERAL, [2, 0], "help: 0 cannot be combined with other codes", id="exclusive"
        ),
        pytest.param(SCALE, 11, "energy: must be a whole number from 0 to 10", id="above"),
        pytest.param(SCALE, -1, "energy: must be a whole number from 0 to 10", id="below"),
        pytest.param(SCALE, 5.5, "energy: must be a whole number from 0 to 10", id="half a step"),
        pytest.param(SCALE, False, "energy: must be a whole number from 0 to 10", id="false"),
        pytest.param(ANALOGUE, 101, "day: must be a whole number from 0 to 100", id="off the line"),
        pytest.param(HOURS, math.nan, "sleep: must be a number from 0 to 24", id="not a number"),
        pytest.param(HOURS, math.inf, "sleep: must be a number from 0 to 24", id="infinite"),
        pytest.param(HOURS, 24.1, "sleep: must be a number from 0 to 24", id="25 hours"),
        pytest.param(HOURS, "8", "sleep: must be a number from 0 to 24", id="a number as text"),
        pytest.param(
            HOURS, 7.25, "sleep: must have at most 1 digit(s) after the point", id="two digits"
        ),
        pytest.param(STEPS, math.inf, "steps: must be a number of 0 or more", id="no upper end"),
        pytest.param(STEPS, 10**400, "steps: must be a number of 0 or more", id="far too large"),
        pytest.param(STEPS, 1.5, "steps: must be a whole number", id="half a step taken"),
        pytest.param(
            REMARK, "12345678901", "remark: must have at most 10 characters (has 11)", id="long"
        ),
        pytest.param(REMARK, "a\x00b", "remark: must not contain control characters", id="NUL"),
        pytest.param(REMARK, "a\x1bb", "remark: must not contain control characters", id="escape"),
        pytest.param(
            REMARK, "a\ud800", "remark: must not contain control characters", id="half a character"
        ),
        pytest.param(REMARK, 3, "remark: must be text", id="a number where text is asked"),
    ],
)
def test_a_wrong_value_is_refused_with_the_item_and_the_reason(
    item: Item, value: object, reason: str
) -> None:
    with pytest.raises(AnswerOutOfRange) as refused:
        check(item, value)
    assert str(refused.value) == reason
    assert refused.value.item == item.id


@pytest.mark.parametrize(
    ("item", "raw", "expected"),
    [
        pytest.param(ONE_OF, "3", 3, id="a code"),
        pytest.param(ONE_OF, " 3 ", 3, id="spaces around"),
        pytest.param(ONE_OF, "３", 3, id="a full-width digit"),
        pytest.param(ONE_OF, ["3"], 3, id="one form value"),
        pytest.param(SCALE, "１０", 10, id="full-width ten"),
        pytest.param(SEVERAL, ["2", "1"], [1, 2], id="boxes of a form"),
        pytest.param(SEVERAL, "2;1", [1, 2], id="one cell, semicolon"),
        pytest.param(SEVERAL, "1, 2", [1, 2], id="one cell, comma"),
        pytest.param(SEVERAL, "1、2，3", [1, 2, 3], id="one cell, Chinese commas"),
        pytest.param(HOURS, "7.5", 7.5, id="a decimal"),
        pytest.param(HOURS, "７．５", 7.5, id="a full-width decimal"),
        pytest.param(HOURS, "7。5", 7.5, id="a Chinese full stop as the point"),
        pytest.param(HOURS, "7.50", 7.5, id="a zero too many"),
        pytest.param(HOURS, "8", 8.0, id="a whole number of hours"),
        pytest.param(CHANGE, "-2.25", -2.25, id="a negative number"),
        pytest.param(CHANGE, "+2", 2.0, id="a plus"),
        pytest.param(REMARK, "３", "３", id="text is not normalised"),
        pytest.param(REMARK, "a\r\nb", "a\nb", id="a line end of a web form"),
    ],
)
def test_typed_answers_are_read(item: Item, raw: str | list[str], expected: Value) -> None:
    answer = parse(item, raw)
    assert answer == expected
    assert type(answer) is type(expected)


@pytest.mark.parametrize(
    ("item", "raw", "reason"),
    [
        pytest.param(ONE_OF, "3.0", "walk: must be a whole number", id="a decimal code"),
        pytest.param(ONE_OF, "x", "walk: must be a whole number", id="a word"),
        pytest.param(ONE_OF, "4", "walk: must be one of 1, 2, 3, 9", id="no such code"),
        pytest.param(ONE_OF, "٣", "walk: must be a whole number", id="another script's digit"),
        pytest.param(ONE_OF, "1_0", "walk: must be a whole number", id="an underscore"),
        pytest.param(ONE_OF, "9" * 5000, "walk: must be a whole number", id="endless digits"),
        pytest.param(ONE_OF, ["1", "2"], "walk: must be a single answer", id="two answers"),
        pytest.param(SEVERAL, "1;x", "help: must be a whole number", id="a word among codes"),
        pytest.param(
            HOURS,
            "7,5",
            "sleep: must be a number, with a point before any decimals",
            id="a comma",
        ),
        pytest.param(
            HOURS, "1e1", "sleep: must be a number, with a point before any decimals", id="exponent"
        ),
        pytest.param(
            HOURS, "nan", "sleep: must be a number, with a point before any decimals", id="nan"
        ),
        pytest.param(
            HOURS, "inf", "sleep: must be a number, with a point before any decimals", id="inf"
        ),
        pytest.param(HOURS, "25", "sleep: must be a number from 0 to 24", id="out of range"),
    ],
)
def test_what_cannot_be_read_is_refused(item: Item, raw: str | list[str], reason: str) -> None:
    with pytest.raises(AnswerOutOfRange) as refused:
        parse(item, raw)
    assert str(refused.value) == reason


@given(tenths=st.integers(min_value=0, max_value=240))
def test_every_tenth_of_an_hour_survives_the_way_through_text(tenths: int) -> None:
    text = f"{tenths // 10}.{tenths % 10}"
    answer = parse(HOURS, text)
    assert answer == tenths / 10
    assert parse(HOURS, repr(answer)) == answer


@given(raw=st.text())
def test_no_text_whatever_does_anything_but_answer_or_be_refused(raw: str) -> None:
    for item in EVERY_TYPE:
        try:
            answer = parse(item, raw)
        except AnswerOutOfRange:
            continue
        assert check(item, answer) == answer


def questionnaire() -> Questionnaire:
    """Items a to f: c is asked if a is 1, d if c is 2, e if b names 3 or 4."""
    yes_no = (1, 2)
    return Questionnaire(
        id="skips",
        version="1.0",
        hash="0" * 64,
        items=(
            Item(id="a", type=AnswerType.ONE_OF, codes=yes_no),
            Item(id="b", type=AnswerType.SEVERAL_OF, codes=(3, 4, 5)),
            Item(id="c", type=AnswerType.ONE_OF, codes=yes_no),
            Item(id="d", type=AnswerType.ONE_OF, codes=yes_no),
            Item(id="e", type=AnswerType.TEXT),
            Item(id="f", type=AnswerType.ONE_OF, codes=yes_no),
        ),
        pages=(
            Page(id="p1", items=("a", "b")),
            Page(id="p2", items=("c",)),
            Page(id="p3", items=("d", "e")),
            Page(id="p4", items=("f",)),
        ),
        skips=(
            SkipRule(items=("c",), item="a", values=(1,)),
            SkipRule(items=("d",), item="c", values=(2,)),
            SkipRule(items=("e",), item="b", values=(3, 4)),
        ),
        scales=(),
        licence="own",
        sources=(),
        confirmed=True,
        cdisc_category=None,
        document={},
    )


@pytest.mark.parametrize(
    ("answers", "items"),
    [
        pytest.param({}, ("a", "b", "f"), id="nothing answered"),
        pytest.param({"a": 1}, ("a", "b", "c", "f"), id="a opens c"),
        pytest.param({"a": 1, "c": 2}, ("a", "b", "c", "d", "f"), id="c opens d"),
        pytest.param({"a": 2, "c": 2}, ("a", "b", "f"), id="a hidden answer opens nothing"),
        pytest.param({"a": None, "c": 2}, ("a", "b", "f"), id="a blank opens nothing"),
        pytest.param({"b": [4, 5]}, ("a", "b", "e", "f"), id="one of several codes opens e"),
        pytest.param({"b": [5]}, ("a", "b", "f"), id="another code does not"),
    ],
)
def test_skip_rules_decide_what_is_shown(answers: dict[str, Value], items: tuple[str, ...]) -> None:
    assert visible_items(questionnaire(), answers) == items


def test_an_item_with_two_rules_is_shown_when_both_show_it() -> None:
    both = questionnaire()
    rules = (*both.skips, SkipRule(items=("e",), item="a", values=(1,)))
    both = Questionnaire(**{**vars(both), "skips": rules})
    assert "e" not in visible_items(both, {"b": [3]})
    assert "e" in visible_items(both, {"b": [3], "a": 1})


def test_pages_show_their_visible_items_and_empty_pages_are_left_out() -> None:
    assert visible_pages(questionnaire(), {"b": [3]}) == (
        Page(id="p1", items=("a", "b")),
        Page(id="p3", items=("e",)),
        Page(id="p4", items=("f",)),
    )


@pytest.mark.parametrize(
    ("answers", "page"),
    [
        pytest.param({}, "p1", id="a new form starts at the first page"),
        pytest.param({"a": 2}, "p1", id="half a page is not done"),
        pytest.param({"a": None, "b": None}, "p4", id="pages left blank were seen"),
        pytest.param({"a": 1, "b": [5]}, "p2", id="a page opened by an answer comes next"),
        pytest.param({"a": 1, "b": [3], "c": 1, "f": 1}, "p3", id="a page opened later"),
        pytest.param({"a": 2, "b": None, "f": None}, None, id="everything seen"),
        pytest.param({"a": 2, "b": None, "f": 1, "gone": 1}, None, id="an item of an old version"),
    ],
)
def test_a_form_resumes_at_the_first_page_not_yet_seen(
    answers: dict[str, Value], page: str | None
) -> None:
    found = first_unanswered_page(questionnaire(), answers)
    assert (found.id if found else None) == page


def test_the_states_of_an_item_are_five() -> None:
    answers: dict[str, Value] = {"a": 1, "b": None, "c": None, "d": None}
    no_answers = {"b": "declined", "c": "not_applicable"}
    assert {item: item_state(item, answers, no_answers).value for item in "abcde"} == {
        "a": "answered",
        "b": "declined",
        "c": "not_applicable",
        "d": "blank",
        "e": "never_seen",
    }


def test_states_are_those_of_the_visible_items() -> None:
    answers: dict[str, Value] = {"a": 1, "b": None, "f": 2}
    assert visible_states(questionnaire(), answers, {"b": "declined"}) == {
        "a": "answered",
        "b": "declined",
        "c": "never_seen",
        "f": "answered",
    }


def test_scoring_gets_the_answers_of_visible_items_only() -> None:
    answers: dict[str, Value] = {"a": 2, "b": None, "c": 2, "d": 1, "f": 1}
    assert countable(questionnaire(), answers) == {"a": 2, "b": None, "f": 1}
    assert answers["d"] == 1


def test_the_latest_event_of_an_item_counts_in_whatever_order_events_arrive() -> None:
    events: list[tuple[int, str, Value]] = [
        (1, "a", 1),
        (2, "b", [3]),
        (3, "a", 2),
        (4, "b", None),
    ]
    for order in permutations(events):
        assert current_answers(order) == {"a": 2, "b": None}


def test_an_event_sent_again_changes_nothing() -> None:
    assert current_answers([(1, "a", 1), (2, "a", 2), (2, "a", 1), (1, "a", 1)]) == {"a": 2}


def test_no_events_are_no_answers() -> None:
    assert current_answers([]) == {}
