"""A file is scored whole, or refused with every bad cell named."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from questionnaires import load
from scoring import ScoreFileInvalid, score_file

C30 = load("eortc-qlq-c30", "3.0")
ITEMS = [item.id for item in C30.items]


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def form(number: str, **answers: str) -> dict[str, str]:
    return {"id": number, **{item: answers.get(item, "1") for item in ITEMS}, "note": "好;的"}


def test_ids_and_other_columns_are_kept(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [form("0012"), form("0013", q1="", q29="7", q30="NA")])
    target = tmp_path / "out.csv"
    assert score_file(C30, source, target) == 2
    with target.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["id"], first["note"], first["PF2"]) == ("0012", "好;的", "100.0")
    assert second["QL2"] == "100.0"


def test_every_bad_cell_is_named_and_nothing_written(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [form("1", q2="9"), form("2"), form("3", q5="x")])
    target = tmp_path / "out.csv"
    with pytest.raises(ScoreFileInvalid) as refused:
        score_file(C30, source, target)
    places = [
        problem.split(": ", 1)[0].removeprefix(str(source)) for problem in refused.value.problems
    ]
    assert places == [" line 2, column q2", " line 4, column q5"]
    assert list(tmp_path.iterdir()) == [source]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    row = form("1")
    del row["q30"]
    with pytest.raises(ScoreFileInvalid, match="no column q30"):
        score_file(C30, write(tmp_path / "in.csv", [row]), tmp_path / "out.csv")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.touch()
    with pytest.raises(ScoreFileInvalid, match="the file is empty"):
        score_file(C30, source, tmp_path / "out.csv")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [form("1")], encoding="gb18030")
    with pytest.raises(ScoreFileInvalid, match="not UTF-8"):
        score_file(C30, source, tmp_path / "out.csv")


def test_a_ragged_line_is_named(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(",".join(ITEMS) + "\n1,2\n", encoding="utf-8")
    with pytest.raises(ScoreFileInvalid, match="line 2: 2 cells, but the header has 30"):
        score_file(C30, source, tmp_path / "out.csv")


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,q1,q1\n1,2,2\n", encoding="utf-8")
    with pytest.raises(ScoreFileInvalid, match="two columns are named 'q1'"):
        score_file(C30, source, tmp_path / "out.csv")


def test_a_column_with_the_name_of_a_score_is_not_overwritten(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [form("1") | {"PF2": "mine"}])
    with pytest.raises(ScoreFileInvalid, match="column PF2 would be overwritten; rename it"):
        score_file(C30, source, tmp_path / "out.csv")


def test_of_very_many_bad_cells_fifty_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [form(str(n), q3="0") for n in range(60)])
    with pytest.raises(ScoreFileInvalid) as refused:
        score_file(C30, source, tmp_path / "out.csv")
    assert len(refused.value.problems) == 51
    assert refused.value.problems[-1] == "and 10 more"


def test_a_bad_cell_is_found_on_its_line_also_after_cells_of_several_lines(tmp_path: Path) -> None:
    first = form("1") | {"note": "one\ntwo\nthree"}
    source = write(tmp_path / "in.csv", [first, form("2", q30="8")])
    with pytest.raises(ScoreFileInvalid, match=r"line 5, column q30: '8' is not allowed"):
        score_file(C30, source, tmp_path / "out.csv")


def test_empty_lines_are_no_forms(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [form("1")])
    source.write_text(source.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    assert score_file(C30, source, tmp_path / "out.csv") == 1


def test_a_header_alone_gives_a_header_alone(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(",".join(["id", *ITEMS]) + "\n", encoding="utf-8")
    assert score_file(C30, source, tmp_path / "out.csv") == 0
    written = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert written.startswith("id,q1,")
    assert written.endswith(",FI,SUMSC\n")


def test_an_open_quotation_mark_is_named_with_its_line(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(",".join(ITEMS) + '\n1,"2\n', encoding="utf-8")
    with pytest.raises(ScoreFileInvalid, match="line 2: unexpected end of data"):
        score_file(C30, source, tmp_path / "out.csv")


def test_the_byte_order_mark_can_be_left_out(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [form("1")])
    score_file(C30, source, tmp_path / "with.csv")
    score_file(C30, source, tmp_path / "without.csv", bom=False)
    assert (tmp_path / "with.csv").read_bytes().startswith(b"\xef\xbb\xbfid,")
    assert (tmp_path / "without.csv").read_bytes().startswith(b"id,")


def test_the_value_set_of_a_file_can_be_chosen(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,MO,SC,UA,PD,AD,VAS\n01,5,5,5,5,5,40\n", encoding="utf-8")
    target = tmp_path / "out.csv"
    score_file(load("eq-5d-5l"), source, target, {"value_set": "Germany"})
    with target.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["INDEX"]) == pytest.approx(-0.661, abs=1e-9)
    assert row["id"] == "01"
