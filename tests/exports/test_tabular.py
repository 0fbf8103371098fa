"""CSV and ZIP files: exact bytes, nothing lost, the same every time."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pytest

from qol_app.exports.tabular import csv_bytes, zip_bytes

NOON = datetime(2026, 3, 2, 12, 0, 5, tzinfo=UTC)


def written(*values: object) -> str:
    """Return the cells of one column named ``x``."""
    text = csv_bytes(pd.DataFrame({"x": pd.Series(values, dtype=object)})).decode("utf-8")
    assert text.startswith("\ufeffx\n")
    return text.removeprefix("\ufeffx\n")


def test_a_file_begins_with_a_byte_order_mark_and_its_lines_end_in_newline() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert csv_bytes(frame) == b"\xef\xbb\xbfa,b\n1,x\n2,y\n"


def test_a_table_without_rows_is_its_header() -> None:
    assert csv_bytes(pd.DataFrame(columns=["a", "b"])) == b"\xef\xbb\xbfa,b\n"


def test_missing_values_of_every_kind_are_empty_cells() -> None:
    frame = pd.DataFrame({"n": range(4), "x": [None, float("nan"), pd.NA, pd.NaT]}, dtype=object)
    assert csv_bytes(frame).decode("utf-8-sig") == "n,x\n0,\n1,\n2,\n3,\n"


def test_a_line_with_one_missing_cell_is_not_an_empty_line() -> None:
    assert written(None, "b") == '""\nb\n'


def test_whole_numbers_have_no_point_even_beside_missing_ones() -> None:
    frame = pd.DataFrame({"a": [1.0, None], "b": pd.Series([2, None], dtype="Int64")})
    assert csv_bytes(frame).decode("utf-8-sig") == "a,b\n1,2\n,\n"


def test_other_numbers_keep_every_digit() -> None:
    assert written(0.1, 200 / 3, -1e-9) == "0.1\n66.66666666666667\n-1e-09\n"


def test_true_and_false_are_one_and_zero() -> None:
    assert written(True, False) == "1\n0\n"
    assert csv_bytes(pd.DataFrame({"x": [True]})).decode("utf-8-sig") == "x\n1\n"


def test_days_and_instants_are_iso_with_the_offset() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert written(date(2026, 3, 2), NOON, NOON.astimezone(shanghai)) == (
        "2026-03-02\n2026-03-02T12:00:05+00:00\n2026-03-02T20:00:05+08:00\n"
    )


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="without an offset"):
        written(NOON.replace(tzinfo=None))


def test_an_infinite_number_is_refused() -> None:
    with pytest.raises(ValueError, match="infinite"):
        written(float("inf"))


def test_a_list_is_refused() -> None:
    with pytest.raises(TypeError, match="list"):
        written([1, 2])


TEXTS = [
    "今天感觉很好，谢谢",
    "a;b",
    'she said "yes"',
    "one\ntwo",
    "one\r\ntwo\rthree",
    "a,b",
    " edge ",
    "=1+1",
    "007",
]


def test_text_comes_back_unchanged_from_the_csv_module() -> None:
    text = written(*TEXTS)
    assert [line[0] for line in csv.reader(io.StringIO(text, newline=""))] == TEXTS


def test_text_comes_back_unchanged_from_pandas() -> None:
    content = csv_bytes(pd.DataFrame({"x": TEXTS}))
    assert pd.read_csv(io.BytesIO(content), dtype="str")["x"].tolist() == TEXTS


def test_quotes_stand_only_where_needed() -> None:
    assert written("plain", 'a"b', "c\rd") == 'plain\n"a""b"\n"c\rd"\n'


def test_the_same_files_in_any_order_make_the_same_zip() -> None:
    one = zip_bytes({"b.csv": b"2", "a.csv": b"1"}, modified=NOON)
    assert one == zip_bytes({"a.csv": b"1", "b.csv": b"2"}, modified=NOON)
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.csv", "b.csv"]
        assert archive.read("b.csv") == b"2"


def test_files_in_a_zip_carry_the_time_in_utc() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=8)))
    packed = zip_bytes({"a.csv": b"1"}, modified=there)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.getinfo("a.csv").date_time == (2026, 3, 2, 12, 0, 4)
    assert packed == zip_bytes({"a.csv": b"1"}, modified=NOON)


def test_a_zip_needs_a_time_with_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        zip_bytes({}, modified=NOON.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("imported", "unwanted"),
    [
        ("qol_app.exports.datasets, qol_app.exports.tabular", {"flask", "sqlalchemy", "wtforms"}),
        ("qol_app.analysis.frames, qol_app.analysis.charts", {"flask", "sqlalchemy", "wtforms"}),
        ("qol_app.domain.compliance, qol_app.domain.answers", {"pandas", "sqlalchemy", "flask"}),
    ],
)
def test_light_parts_do_not_load_heavy_ones(imported: str, unwanted: set[str]) -> None:
    code = f"import sys, {imported}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert unwanted.isdisjoint(done.stdout.split())
