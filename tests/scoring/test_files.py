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
