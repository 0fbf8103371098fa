"""What the score command is told on the command line, and what it says about bad cells."""

from __future__ import annotations

import csv
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
HEADER = "id,MO,SC,UA,PD,AD,VAS"


def written(path: Path, *lines: str, encoding: str = "utf-8") -> str:
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding=encoding)
    return str(path)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_bad_cells_refuse_a_file(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path / "in.csv", "1,2.5,1,1,1,1,often")
    result = run("score", "eq-5d-5l", source, "--out", str(tmp_path / "out.csv"))
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{source} line 2, column MO: '2.5' is not allowed (1, 2, 3, 4, 5, or blank)",
        f"{source} line 2, column VAS: 'often' is not allowed (0 to 100, whole numbers, or blank)",
    ]
    assert not (tmp_path / "out.csv").exists()


def test_leniently_bad_cells_are_missing_and_listed(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path / "in.csv", "1,6,1,1,1,1,80", "2,1,1,1,1,1,often")
    target = tmp_path / "out.csv"
    result = run("score", "eq-5d-5l", source, "--out", str(target), "--lenient")
    assert (result.exit_code, result.stdout) == (0, f"2 forms scored into {target}\n")
    assert result.stderr.splitlines() == [
        "line 2, column MO: '6' is not allowed (1, 2, 3, 4, 5, or blank)",
        "line 3, column VAS: 'often' is not allowed (0 to 100, whole numbers, or blank)",
        "bad cells taken as missing: 2",
    ]
    first, second = read(target)
    assert (first["INDEX"], first["VAS"]) == ("", "80.0")
    assert (second["INDEX"], second["VAS"]) == ("1.0", "")


def test_bad_cells_are_listed_in_a_file_however_many(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path / "in.csv", *[f"{n},0,1,1,1,1,80" for n in range(60)])
    words = ["score", "eq-5d-5l", source, "--out", str(tmp_path / "out.csv"), "--lenient"]
    short = run(*words).stderr.splitlines()
    assert len(short) == 52
    assert short[50:] == [
        "and 10 more; --problems FILE lists all of them",
        "bad cells taken as missing: 60",
    ]
    listed = tmp_path / "bad.csv"
    result = run(*words, "--problems", str(listed))
    assert result.stderr == f"bad cells taken as missing: 60, in {listed}\n"
    cells = read(listed)
    assert len(cells) == 60
    assert cells[59] == {
        "line": "61",
        "column": "MO",
        "item": "MO",
        "value": "0",
        "allowed": "1, 2, 3, 4, 5, or blank",
    }


def test_where_nothing_is_bad_the_list_is_empty(run: Run, tmp_path: Path) -> None:
    source, listed = written(tmp_path / "in.csv", "1,1,1,1,1,1,80"), tmp_path / "bad.csv"
    words = ["score", "eq-5d-5l", source, "--out", str(tmp_path / "out.csv"), "--lenient"]
    result = run(*words, "--problems", str(listed))
    assert (result.exit_code, result.stderr) == (0, "")
    assert read(listed) == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--problems", "bad.csv"], "--problems: goes with --lenient"),
        (["--lenient", "--problems", "out.csv"], "--problems out.csv: name a file of its own"),
        (["--lenient", "--problems", "none/bad.csv"], "none/bad.csv: No such file or directory"),
        (["--version", "9.9"], "eq-5d-5l has no version 9.9; there are 1.0, 1.1"),
        (["--encoding", "gb999"], "no encoding 'gb999'; there are utf-8, gb18030"),
        (["--option", "value_set=Atlantis"], "no value set Atlantis; there are "),
    ],
)
def test_a_mistake_on_the_command_line_is_told_plainly(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "in.csv", "1,1,1,1,1,1,80")
    before = sorted(tmp_path.iterdir())
    result = run("score", "eq-5d-5l", "in.csv", "--out", "out.csv", *words)
    assert result.exit_code == 2
    assert result.stderr.startswith(problem)
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_in_gbk_is_read_when_told_so(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path / "in.csv", "张三,1,1,1,1,1,80", encoding="gb18030")
    words = ["score", "eq-5d-5l", source, "--out", str(tmp_path / "out.csv")]
    refused = run(*words)
    assert refused.exit_code == 2
    assert refused.stderr == (
        f"{source} line 2: not UTF-8; it looks like GBK: use --encoding gb18030\n"
    )
    assert run(*words, "--encoding", "gb18030").exit_code == 0
    (row,) = read(tmp_path / "out.csv")
    assert row["id"] == "张三"


def test_on_a_terminal_a_bar_shows_how_far_it_is(tmp_path: Path) -> None:
    source = written(tmp_path / "in.csv", "1,1,1,1,1,1,80")
    words = ["score", "eq-5d-5l", source, "--out", str(tmp_path / "out.csv")]
    screen, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env={**os.environ, "QOL_INSTANCE": str(tmp_path / "instance")},
        stdout=subprocess.PIPE,
        stderr=terminal,
        check=True,
    )
    os.close(terminal)
    shown = os.read(screen, 65536).decode()
    os.close(screen)
    assert "scoring" in shown
    assert "100%" in shown
    assert done.stdout.decode() == f"1 forms scored into {tmp_path / 'out.csv'}\n"
