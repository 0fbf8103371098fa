"""What a keyed cell means, and where two keyings differ."""

from __future__ import annotations

from datetime import date

import pytest

import questionnaires
from qol_app.domain.errors import AnswerOutOfRange
from qol_app.domain.keying import (
    Keyed,
    Source,
    cell,
    different_facts,
    different_items,
    read_cell,
)
from qol_app.domain.said import Said
from questionnaires.model import NoAnswer

FORM = questionnaires.load("daily-life-check", "1.2")


@pytest.mark.parametrize(
    ("item", "raw", "said"),
    [
        ("ENERGY", "4", Said(value=4)),
        ("ENERGY", " ４ ", Said(value=4)),
        ("ENERGY", "", Said()),
        ("ENERGY", "-", Said(no_answer=NoAnswer.DECLINED)),
        ("ENERGY", "－", Said(no_answer=NoAnswer.DECLINED)),
        ("SUPPORT", "/", Said(no_answer=NoAnswer.NOT_APPLICABLE)),
        ("SUPPORT", "3 1", Said(value=[1, 3])),
        ("SLEEP_HOURS", "6.5", Said(value=6.5)),
        ("REMARK", "-", Said(value="-")),
        ("REMARK", "walked 2 km", Said(value="walked 2 km")),
    ],
)
def test_a_cell_is_an_answer_a_mark_or_nothing(item: str, raw: str, said: Said) -> None:
    assert read_cell(FORM.item(item), raw) == said


@pytest.mark.parametrize(("item", "raw"), [("ENERGY", "9"), ("ENERGY", "/"), ("COMFORT", "x")])
def test_what_the_form_does_not_allow_is_refused(item: str, raw: str) -> None:
    with pytest.raises(AnswerOutOfRange):
        read_cell(FORM.item(item), raw)


@pytest.mark.parametrize("raw", ["4", "", "-"])
def test_a_cell_is_written_as_it_was_keyed(raw: str) -> None:
    assert cell(read_cell(FORM.item("ENERGY"), raw)) == raw


def keyed(day: int, **said: Said) -> Keyed:
    return Keyed(
        source=Source.PAPER,
        answered_on=date(2026, 3, day),
        language="en",
        helper=None,
        said=said,
    )


def test_an_item_left_out_equals_one_left_blank_and_only_asked_items_differ() -> None:
    one = keyed(1, ENERGY=Said(value=4), COMFORT=Said())
    other = keyed(2, ENERGY=Said(value=5), MOOD=Said(value=3))
    assert different_facts(one, other) == ("answered_on",)
    assert different_items(one, other, ["ENERGY", "COMFORT"]) == ("ENERGY",)
    assert different_items(one, other, ["MOOD", "COMFORT"]) == ("MOOD",)
