"""A column is found under every name an item is known by, and never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from questionnaires import load
from questionnaires.model import Questionnaire
from scoring import ScoreFileInvalid, score_file
from scoring.columns import find_columns

C30 = load("eortc-qlq-c30", "3.0")
EQ5D = load("eq-5d-5l", "1.1")
LMC21 = load("eortc-qlq-lmc21", "1.0")


def header(questionnaire: Questionnaire, **renamed: str) -> list[str]:
    return ["id", *(renamed.get(item.id, item.id) for item in questionnaire.items)]


def test_the_ids_themselves_are_found() -> None:
    places, problems = find_columns(C30, header(C30))
    assert problems == []
    assert places == {f"q{number}": number for number in range(1, 31)}


@pytest.mark.parametrize("name", ["q7", "Q7", "7", "EOR0107", "eor0107", " q7 "])
def test_an_item_goes_by_id_by_number_and_by_cdisc_code(name: str) -> None:
    places, problems = find_columns(C30, header(C30, q7=name))
    assert problems == []
    assert places["q7"] == 7


@pytest.mark.parametrize("name", ["q07", "07", "item7", "7.0", "q7.", "EOR017", ""])
def test_no_other_name_is_guessed(name: str) -> None:
    _, problems = find_columns(C30, header(C30, q7=name))
    assert problems == ["no column q7 (nor 7, nor EOR0107)"]


def test_only_ids_that_are_q_and_a_number_go_by_their_number() -> None:
    _, problems = find_columns(EQ5D, header(EQ5D, MO="1"))
    assert problems == ["no column MO (nor EQ5D0201)"]
    _, problems = find_columns(LMC21, header(LMC21, q31="1"))
    assert problems == ["no column q31 (nor 31)"]


@pytest.mark.parametrize("other", ["7", "Q7", "EOR0107"])
def test_two_columns_for_one_item_are_both_named(other: str) -> None:
    _, problems = find_columns(C30, [*header(C30), other])
    assert problems == [f"columns 'q7' and {other!r} are all item q7; rename one"]


def test_a_column_that_occurs_twice_is_said_once() -> None:
    _, problems = find_columns(C30, [*header(C30), "q7"])
    assert problems == ["two columns are named 'q7'"]


def test_a_score_takes_the_column_of_the_item_of_its_name_only() -> None:
    assert find_columns(EQ5D, header(EQ5D))[1] == []
    assert find_columns(EQ5D, header(EQ5D, VAS="vas"))[1] == []
    assert find_columns(EQ5D, [*header(EQ5D), "INDEX"])[1] == [
        "column INDEX would be overwritten; rename it"
    ]


def test_a_file_with_other_names_is_scored_and_keeps_them(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    names = "id,mo,EQ5D0202,UA,pd,AD,vas"
    source.write_text(f"{names}\n1,2,1,1,2,1,80\n", encoding="utf-8")
    score_file(EQ5D, source, target, bom=False)
    first, second = target.read_text(encoding="utf-8").splitlines()
    assert first == f"{names},INDEX,VAS,LSS,PROFILE"
    assert second.startswith("1,2,1,1,2,1,80,")
    # 1 - .066 - .058 in the Chinese value set.
    scores = [float(cell) for cell in second.split(",")[7:]]
    assert scores == pytest.approx([0.876, 80, 7, 21121], abs=1e-9)


def test_a_bad_cell_under_another_name_says_which_item_it_is(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("EQ5D0201,SC,UA,PD,AD,VAS\n6,1,1,1,1,101\n", encoding="utf-8")
    with pytest.raises(ScoreFileInvalid) as refused:
        score_file(EQ5D, source, tmp_path / "out.csv")
    assert refused.value.problems == [
        f"{source} line 2, column EQ5D0201 (item MO): '6' is not allowed (1, 2, 3, 4, 5, or blank)",
        f"{source} line 2, column VAS: '101' is not allowed (0 to 100, whole numbers, or blank)",
    ]
