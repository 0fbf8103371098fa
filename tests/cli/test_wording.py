"""A licence holder's text comes in through a table, and nothing is stored before it is whole."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from qol_app.db.models import AuditEvent, WordingVersion
from tests.cli.conftest import Run
from tests.official import filled_in


def test_a_template_is_written_without_a_database(run: Run, instance: Path, tmp_path: Path) -> None:
    file = tmp_path / "lmc21.csv"
    result = run("wording", "template", "eortc-qlq-lmc21", "zh-Hans", "--out", str(file))
    assert result.exit_code == 0, result.output
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.DictReader(opened))
    assert len(lines) == 2 + 21 + 4 + 13
    assert {line["text"] for line in lines} == {""}
    assert lines[2]["label"] == "营养（1/2）"
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


@pytest.fixture
def table(run: Run, tmp_path: Path) -> Path:
    """The table of the English QLQ-LMC21, filled in."""
    file = tmp_path / "lmc21.csv"
    run("wording", "template", "eortc-qlq-lmc21", "en", "--out", str(file))
    file.write_bytes(filled_in(file.read_bytes(), "Official text"))
    return file


def bring_in(run: Run, file: Path, *more: str) -> Result:
    command = ["wording", "import", str(file), "--instrument", "eortc-qlq-lmc21"]
    command += ["--language", "en", "--licence-reference", "AGR 7", "--language-version", "2.0"]
    return run(*command, *more)


def wordings_of(app: Flask) -> list[tuple[str, int | None]]:
    with app.extensions["sessions"].read() as session:
        rows = session.execute(select(WordingVersion.kind, WordingVersion.number))
        return [(kind, number) for kind, number in rows]


def test_without_accept_every_text_is_shown_and_nothing_stored(
    run: Run, upgraded: Flask, table: Path
) -> None:
    result = bring_in(run, table)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(
        "title\n"
        "  label: EORTC QLQ-LMC21\n"
        "  text:  Official text 2\n"
        "introduction\n"
        "  label: A rehearsal. Short labels stand here in place of the official questions.\n"
        "  text:  Official text 3\n"
        "question q31\n"
        "  label: Nutrition (1 of 2)\n"
        "  text:  Official text 4\n"
    )
    last = result.stdout.splitlines()[-1]
    assert last.startswith(
        "to be stored: eortc-qlq-lmc21 1.0, en, official wording 1, language version 2.0, "
        "licence reference AGR 7, hash "
    )
    assert "run this again with --accept" in result.stderr
    assert wordings_of(upgraded) == []


def test_with_accept_it_is_stored_once(run: Run, upgraded: Flask, table: Path) -> None:
    said = [bring_in(run, table, "--accept").stdout.partition(":")[0] for _ in range(2)]
    assert said == ["stored", "stored already"]
    assert wordings_of(upgraded) == [("labels", None), ("official", 1)]
    with upgraded.extensions["sessions"].read() as session:
        (event,) = session.scalars(select(AuditEvent))
        assert (event.action, event.actor_id) == ("wording_accepted", "wording import")


def test_every_mistake_of_a_table_gets_its_line_and_nothing_is_stored(
    run: Run, upgraded: Flask, table: Path
) -> None:
    content = table.read_text(encoding="utf-8")
    content = content.replace("Official text 9\n", "\n").replace("question,q51", "question,q52")
    table.write_text(content, encoding="utf-8")
    result = bring_in(run, table, "--accept")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "line 9, question q32: is blank",
        "line 28, question q52: belongs to nothing in this questionnaire",
        "question q51: is missing",
    ]
    assert wordings_of(upgraded) == []


def test_a_file_that_is_not_there_or_not_readable_is_told_plainly(
    run: Run, upgraded: Flask, tmp_path: Path
) -> None:
    assert "No such file" in bring_in(run, tmp_path / "none.csv").stderr
    strange = tmp_path / "lmc21.docx"
    strange.write_bytes(b"")
    result = bring_in(run, strange)
    assert result.exit_code == 2
    assert result.stderr.startswith(".docx: name the file .csv or .xlsx")


def test_a_questionnaire_goes_out_as_fhir_and_an_official_one_comes_in(
    run: Run, upgraded: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "lmc21.json"
    command = ["questionnaire", "export", "eortc-qlq-lmc21", "--format", "fhir"]
    result = run(*command, "--language", "en", "--out", str(file))
    assert result.exit_code == 0, result.output
    refused = bring_in(run, file, "--accept")
    assert refused.exit_code == 2
    assert refused.stderr == ("every question is our own label, not the licence holder's text\n")
    document = json.loads(file.read_text(encoding="utf-8"))
    for item in document["item"]:
        item["text"] = f"Official text {item['linkId']}"
    document["item"][-1].pop("text")
    file.write_text(json.dumps(document), encoding="utf-8")
    accepted = bring_in(run, file, "--accept")
    assert accepted.exit_code == 0, accepted.output
    assert wordings_of(upgraded) == [("labels", None), ("official", 1)]
