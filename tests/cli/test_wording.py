"""A licence holder's text comes in through a table, and nothing is stored before it is whole."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_template_is_written_without_a_database(run: Run, instance: Path, tmp_path: Path) -> None:
    file = tmp_path / "lmc21.csv"
    result = run("wording", "template", "eortc-qlq-lmc21", "zh-Hans", "--out", str(file))
    assert result.exit_code == 0, result.output
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.DictReader(opened))
    assert len(lines) == 2 + 21 + 4 + 13
    assert {line["text"] for line in lines} == {""}
    assert lines[2]["label"] == "营养(1/2)"
    assert not (instance / "qol.sqlite").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["sf-99", "en"], "no questionnaire sf-99", id="unknown instrument"),
        pytest.param(["eortc-qlq-c30", "fr"], "no wording in fr; there are en, zh-Hans", id="fr"),
        pytest.param(["eortc-qlq-c30", "en", "--version", "9"], "no version 9", id="version"),
    ],
)
def test_a_template_of_what_there_is_not_is_refused(
    run: Run, tmp_path: Path, words: list[str], said: str
) -> None:
    result = run("wording", "template", *words, "--out", str(tmp_path / "out.csv"))
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_template_that_cannot_be_written_is_told_plainly(run: Run, tmp_path: Path) -> None:
    words = ["wording", "template", "eortc-qlq-c30", "en", "--out"]
    result = run(*words, str(tmp_path / "c30.docx"))
    assert (result.exit_code, result.stderr) == (2, ".docx: name the file .csv or .xlsx\n")
    result = run(*words, str(tmp_path / "none" / "c30.csv"))
    assert result.exit_code == 2
    assert "No such file or directory" in result.stderr
