"""A page may be a matrix, if its items share their answers; other forms keep their hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from questionnaires import QuestionnaireInvalid, from_document, load
from questionnaires.files import read
from questionnaires.model import Layout
from tests import matrix

garden = matrix.garden


def test_a_page_says_that_it_is_a_matrix(garden: Path) -> None:
    first, second = read(garden).pages
    assert (first.items, first.layout) == (("BIRDS", "SHADE", "PATHS", "PEOPLE"), Layout.MATRIX)
    assert (second.items, second.layout) == (("SEATS",), None)


def test_a_matrix_is_rebuilt_from_its_document_with_the_same_hash(garden: Path) -> None:
    questionnaire = read(garden)
    assert questionnaire.document["pages"][1] == {"id": "p2", "items": ["SEATS"]}
    rebuilt = from_document(questionnaire.document)
    assert rebuilt.pages == questionnaire.pages
    assert rebuilt.hash == questionnaire.hash


def test_a_page_that_is_a_list_says_nothing_new() -> None:
    pages = load("daily-life-check", "1.1").document["pages"]
    assert pages[0] == {"id": "p1", "items": ["ENERGY"]}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param(
            '"PATHS", "PEOPLE"], layout = "matrix" },\n  ["SEATS"],',
            '"PATHS", "PEOPLE", "SEATS"], layout = "matrix" },',
            "pages.p1: SEATS is scale; a matrix holds one_of",
            id="a scale among the rows",
        ),
        pytest.param(
            'id = "SHADE"\ntype = "one_of"\ncodes = [1, 2, 3, 4, 5]',
            'id = "SHADE"\ntype = "one_of"\ncodes = [1, 2, 3]',
            "pages.p1: the items of a matrix share their type, options and codes",
            id="other answers",
        ),
        pytest.param(
            'layout = "matrix"',
            'layout = "table"',
            "layout: Input should be 'matrix'",
            id="another layout",
        ),
        pytest.param(
            "codes = [1, 2, 3, 4, 5]",
            "codes = [1, 2, 3, 4, 5, 6, 7, 8]",
            "pages.p1: BIRDS needs 2 to 7 codes to stand in a matrix",
            id="more columns than a finger can tell apart",
        ),
    ],
)
def test_what_cannot_stand_in_a_matrix_is_named(
    garden: Path, old: str, new: str, problem: str
) -> None:
    path = garden / "definition.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(QuestionnaireInvalid) as error:
        read(garden)
    assert problem in str(error.value)
