"""One form at a time, for instruments worked by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest

from questionnaires.model import Questionnaire
from scoring import AnswerOutOfRange, score


def one_form(questionnaire: Questionnaire, answers: Mapping[str, float | None]) -> pd.Series:
    """The scores of one form; items not named are unanswered."""
    unknown = set(answers) - {item.id for item in questionnaire.items}
    assert not unknown
    row = {item.id: answers.get(item.id) for item in questionnaire.items}
    return score(questionnaire, pd.DataFrame([row], dtype="Float64")).iloc[0]


def assert_score(result: float, expected: float | None, within: float = 1e-6) -> None:
    """The score is as expected; None stands for no score."""
    assert pd.isna(result) if expected is None else result == pytest.approx(expected, abs=within)


def assert_refused(questionnaire: Questionnaire, item: str, value: float) -> None:
    """The value of the item is refused by name."""
    with pytest.raises(AnswerOutOfRange, match=rf"^{item}, row 0"):
        one_form(questionnaire, {item: value})


def numbered(values: list[float | None], start: int = 1) -> dict[str, float | None]:
    """Answers to q1, q2 and so on, or from another number."""
    return {f"q{number}": value for number, value in enumerate(values, start)}
