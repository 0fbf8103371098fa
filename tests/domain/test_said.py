"""What a page means on which an answer and words instead of it are both marked, and who helped."""

from __future__ import annotations

import pytest

from qol_app.domain import helpers
from qol_app.domain.errors import AnswerOutOfRange
from qol_app.domain.helpers import Helper
from qol_app.domain.said import Said, meant
from questionnaires.model import NoAnswer, Value

DECLINED, NOT_APPLICABLE = NoAnswer.DECLINED, NoAnswer.NOT_APPLICABLE
NOTHING = Said()


@pytest.mark.parametrize(
    ("before", "value", "ticked", "said"),
    [
        pytest.param(NOTHING, None, [], NOTHING, id="nothing is said"),
        pytest.param(NOTHING, 3, [], Said(value=3), id="an answer"),
        pytest.param(NOTHING, None, [DECLINED], Said(no_answer=DECLINED), id="a word"),
        pytest.param(
            Said(value=3), 3, [DECLINED], Said(no_answer=DECLINED), id="a word after an answer"
        ),
        pytest.param(
            Said(value=3), 4, [DECLINED], Said(no_answer=DECLINED), id="both new: the word stands"
        ),
        pytest.param(
            Said(no_answer=DECLINED), 3, [DECLINED], Said(value=3), id="an answer after a word"
        ),
        pytest.param(
            Said(no_answer=DECLINED),
            None,
            [DECLINED],
            Said(no_answer=DECLINED),
            id="left as it was",
        ),
        pytest.param(Said(no_answer=DECLINED), None, [], NOTHING, id="a word taken back"),
        pytest.param(Said(value="tea"), None, [], NOTHING, id="an answer taken back"),
        pytest.param(
            NOTHING,
            None,
            [NOT_APPLICABLE, DECLINED],
            Said(no_answer=NOT_APPLICABLE),
            id="first of 2",
        ),
        pytest.param(
            Said(no_answer=DECLINED),
            None,
            [DECLINED, NOT_APPLICABLE],
            Said(no_answer=NOT_APPLICABLE),
            id="a new word beside an old one",
        ),
        pytest.param(
            Said(no_answer=DECLINED),
            2,
            [DECLINED, NOT_APPLICABLE],
            Said(no_answer=NOT_APPLICABLE),
            id="a new word beside a new answer and an old word",
        ),
    ],
)
def test_what_was_marked_last_stands(
    before: Said, value: Value, ticked: list[NoAnswer], said: Said
) -> None:
    assert meant(before, value, ticked) == said


def test_a_helper_is_one_of_four_or_not_said() -> None:
    words = ("alone", "read_aloud", "wrote_down", "answered_for")
    assert tuple(helpers.parse(word) for word in words) == tuple(Helper)
    assert helpers.parse("") is None
    with pytest.raises(AnswerOutOfRange, match="helper: must be one of alone, read_aloud"):
        helpers.parse("doctor")
