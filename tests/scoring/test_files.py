"""A file is scored whole, or refused with every bad cell named."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from questionnaires import load
from scoring import BadCell, OptionUnknown, ScoreFileInvalid, score_file, written_whole

C30 = load("eortc-qlq-c30", "3.0")
ITEMS = [item.id for item in C30.items]


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


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


def test_a_chinese_file_in_gbk_is_recognised_and_read_when_told_so(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [form("1"), form("2")], encoding="gb18030")
    target = tmp_path / "out.csv"
    with pytest.raises(ScoreFileInvalid) as refused:
        score_file(C30, source, target)
    assert refused.value.problems == [
        f"{source} line 2: not UTF-8; it looks like GBK: use --encoding gb18030"
    ]
    assert not target.exists()
    assert score_file(C30, source, target, encoding="gb18030") == 2
    assert [row["note"] for row in rows(target)] == ["好;的", "好;的"]


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        pytest.param(
            "name,q1\nMüller,1\n".encode("latin-1"),
            None,
            " line 2: not UTF-8; save it as UTF-8, or name its --encoding",
            id="Latin letters are not Chinese",
        ),
        pytest.param(
            "id,q1\n".encode("utf-16"),
            None,
            " line 1: not UTF-8; save it as UTF-8, or name its --encoding",
            id="two bytes a letter",
        ),
        pytest.param(
            b"id,q1\n\xff\xff,1\n",
            "gb18030",
            ": not gb18030; save it as UTF-8, or name another --encoding",
            id="not what was named",
        ),
        pytest.param(
            b"id,q1\n",
            "utf-16",
            ": not utf-16; save it as UTF-8, or name another --encoding",
            id="no mark at the beginning",
        ),
    ],
)
def test_a_file_in_another_encoding_is_refused(
    tmp_path: Path, content: bytes, encoding: str | None, message: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(content)
    with pytest.raises(ScoreFileInvalid) as refused:
        score_file(C30, source, tmp_path / "out.csv", encoding=encoding)
    assert refused.value.problems[0] == f"{source}{message}"


def test_an_unknown_encoding_is_named(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [form("1")])
    with pytest.raises(ScoreFileInvalid, match="no encoding 'gb999'; there are utf-8, gb18030"):
        score_file(C30, source, tmp_path / "out.csv", encoding="gb999")


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    row = form("1")
    del row["id"]
    source = write(tmp_path / "in.csv", [row], encoding="utf-8-sig")
    for encoding in (None, "UTF8"):
        assert score_file(C30, source, tmp_path / "out.csv", encoding=encoding) == 1


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


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        pytest.param("2.5", "'2.5' is not allowed (1, 2, 3, 4, or blank)", id="between two codes"),
        pytest.param("often", "'often' is not allowed (1, 2, 3, 4, or blank)", id="a word"),
        pytest.param(
            "1_0", "'1_0' is not allowed (1, 2, 3, 4, or blank)", id="python's own number"
        ),
        pytest.param("nan", "'nan' is not allowed (1, 2, 3, 4, or blank)", id="no blank"),
        pytest.param("inf", "'inf' is not allowed (1, 2, 3, 4, or blank)", id="without end"),
        pytest.param("1e999", "'1e999' is not allowed (1, 2, 3, 4, or blank)", id="too large"),
        pytest.param("１", "'１' is not allowed (1, 2, 3, 4, or blank)", id="full width"),
        pytest.param("x" * 70, f"'{'x' * 60}...' is not allowed (1, 2, 3, 4, or blank)", id="long"),
    ],
)
def test_what_no_item_allows_is_named_with_what_is(
    tmp_path: Path, answer: str, problem: str
) -> None:
    source = write(tmp_path / "in.csv", [form("1"), form("2", q2=answer)])
    with pytest.raises(ScoreFileInvalid) as refused:
        score_file(C30, source, tmp_path / "out.csv")
    assert refused.value.problems == [f"{source} line 3, column q2: {problem}"]


@pytest.mark.parametrize("answer", ["2", " 2 ", "2.0", "02", "+2", "2e0", "2."])
def test_a_whole_number_may_be_written_in_several_ways(tmp_path: Path, answer: str) -> None:
    source = write(tmp_path / "in.csv", [form("1", q8=answer)])
    score_file(C30, source, tmp_path / "out.csv")
    (row,) = rows(tmp_path / "out.csv")
    assert (row["q8"], float(row["DY"])) == (answer, pytest.approx(33.333333, abs=1e-6))


def test_bad_lines_and_bad_cells_are_named_together(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    ones = ",".join(["1"] * 29)
    lines = [",".join(ITEMS), f"{ones},8", "1,2", f"9,{ones}", f"{ones},0"]
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(ScoreFileInvalid) as refused:
        score_file(C30, source, tmp_path / "out.csv")
    said = [problem.removeprefix(f"{source} ") for problem in refused.value.problems]
    assert sorted(said) == [
        "line 2, column q30: '8' is not allowed (1, 2, 3, 4, 5, 6, 7, or blank)",
        "line 3: 2 cells, but the header has 30",
        "line 4, column q1: '9' is not allowed (1, 2, 3, 4, or blank)",
        "line 5, column q30: '0' is not allowed (1, 2, 3, 4, 5, 6, 7, or blank)",
    ]


def test_a_bad_cell_is_missing_and_handed_over_where_that_is_asked_for(tmp_path: Path) -> None:
    bad = form("1", q1="9", q2="often", q3="2.5", q8="0")
    source, target = write(tmp_path / "in.csv", [bad, form("2")]), tmp_path / "out.csv"
    cells: list[BadCell] = []
    assert score_file(C30, source, target, on_bad_cell=cells.append) == 2
    assert [(cell.line, cell.column, cell.text) for cell in cells] == [
        (2, "q1", "9"),
        (2, "q2", "often"),
        (2, "q3", "2.5"),
        (2, "q8", "0"),
    ]
    assert {cell.allowed for cell in cells} == {"1, 2, 3, 4, or blank"}
    first, second = rows(target)
    # Physical functioning lacks three of five answers; dyspnoea lacks its only one.
    assert (first["PF2"], first["DY"], first["q1"], first["QL2"]) == ("", "", "9", "0.0")
    assert (second["PF2"], second["DY"]) == ("100.0", "0.0")


def test_a_missing_column_refuses_a_file_also_where_bad_cells_do_not(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(",".join(ITEMS[:29]) + "\n1,2\n", encoding="utf-8")
    cells: list[BadCell] = []
    with pytest.raises(ScoreFileInvalid, match="no column q30"):
        score_file(C30, source, tmp_path / "out.csv", on_bad_cell=cells.append)
    assert list(tmp_path.iterdir()) == [source]


def test_a_large_file_is_scored_in_parts_and_is_whole(tmp_path: Path) -> None:
    count = 100_001
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    body = "".join(f"{n},{n % 5 + 1},1,1,1,1,{n % 101}\n" for n in range(count))
    source.write_text("id,MO,SC,UA,PD,AD,VAS\n" + body, encoding="utf-8")
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))

    assert score_file(load("eq-5d-5l"), source, target, progress=progress) == count
    size = source.stat().st_size
    assert len(told) == 3
    assert 0 < told[0][0] < told[1][0] <= size
    assert told[2] == (size, size)
    written = rows(target)
    assert [row["id"] for row in written] == [str(n) for n in range(count)]
    assert [row["LSS"] for row in written] == [f"{n % 5 + 5}.0" for n in range(count)]
    assert [row["PROFILE"] for row in written[:3]] == ["11111.0", "21111.0", "31111.0"]


def test_a_bad_cell_far_down_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    target.write_text("older", encoding="utf-8")
    body = "1,1,1,1,1,50\n" * 50_000
    source.write_text(f"MO,SC,UA,PD,AD,VAS\n{body}1,1,1,6,1,50\n", encoding="utf-8")
    with pytest.raises(ScoreFileInvalid, match="line 50002, column PD: '6' is not allowed"):
        score_file(load("eq-5d-5l"), source, target)
    assert target.read_text(encoding="utf-8") == "older"
    assert sorted(tmp_path.iterdir()) == [source, target]


def test_a_file_may_take_its_own_place(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [form("1")])
    assert score_file(C30, source, source) == 1
    assert rows(source)[0]["PF2"] == "100.0"


def test_an_unknown_value_set_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("MO,SC,UA,PD,AD,VAS\n5,5,5,5,5,40\n", encoding="utf-8")
    with pytest.raises(OptionUnknown, match="no value set Atlantis"):
        score_file(load("eq-5d-5l"), source, tmp_path / "out.csv", {"value_set": "Atlantis"})
    assert list(tmp_path.iterdir()) == [source]


def test_a_target_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    target = tmp_path / "none" / "out.csv"
    with pytest.raises(FileNotFoundError) as failed, written_whole(target):
        pass
    assert failed.value.filename == str(target)
