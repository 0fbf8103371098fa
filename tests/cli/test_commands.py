"""What an operator types does what it says, and a mistake is told plainly with exit code 2."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from flask import Flask
from flask_security import verify_password
from sqlalchemy import select, text, update

from qol_app.cli.rehearsal import SEED
from qol_app.db.models import AuditEvent, Participant, Study, User
from qol_app.domain.roles import Grant, Role
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
NCT = str(ROOT / "studies" / "nct06449937.toml")
EXAMPLE = str(ROOT / "studies" / "example.toml")


def test_making_the_application_opens_no_database(app: Flask, instance: Path) -> None:
    assert {path.name for path in instance.iterdir()} == {"secrets.json"}


def test_upgrading_makes_the_tables_and_twice_is_a_no_op(run: Run, instance: Path) -> None:
    for _ in range(2):
        result = run("db", "upgrade")
        assert (result.exit_code, result.stdout) == (0, "the database is up to date\n")
    assert (instance / "qol.sqlite").exists()


def test_on_an_old_database_commands_say_what_to_do(run: Run) -> None:
    result = run("study", "list")
    assert result.exit_code == 2
    assert result.stderr == ("the database is not up to date; run: flask --app wsgi db upgrade\n")
    assert result.stdout == ""


def test_a_study_file_is_checked_without_a_database(run: Run, instance: Path) -> None:
    result = run("study", "check", NCT)
    assert result.exit_code == 0
    assert result.stdout == ("nct06449937 version 1.0: 9 visits, 3 instruments, 6 sites\n")
    assert not (instance / "qol.sqlite").exists()


def test_every_mistake_of_a_study_file_gets_its_line(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    content = Path(NCT).read_text(encoding="utf-8")
    content = content.replace("randomised = false", "randomised = 3")
    bad.write_text(content.replace('version = "1.0" ', "version = 1.0 ", 1), encoding="utf-8")
    result = run("study", "check", str(bad))
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"{bad}: ") for line in lines)
    assert "Traceback" not in result.output


def test_a_missing_study_file_is_told_plainly(run: Run, tmp_path: Path) -> None:
    result = run("study", "check", str(tmp_path / "none.toml"))
    assert result.exit_code == 2
    assert "there is no such file" in result.stderr


def test_a_study_is_loaded_once_and_listed(run: Run, upgraded: Flask) -> None:
    for _ in range(2):
        result = run("study", "load", NCT)
        assert result.exit_code == 0, result.output
        assert result.stdout.endswith(", loaded for rehearsal\n")
    assert run("study", "list").stdout == (
        "nct06449937 version 1.0: 9 visits, 3 instruments, 6 sites, rehearsal\n"
    )
    with upgraded.extensions["sessions"].read() as session:
        (event,) = session.scalars(select(AuditEvent))
        assert (event.actor_kind, event.actor_id) == ("command", "study load")
        assert event.action == "study_loaded"


def test_a_study_with_labels_is_not_loaded_for_real_people(run: Run, upgraded: Flask) -> None:
    result = run("study", "load", NCT, "--real")
    assert result.exit_code == 2
    assert "import its licensed wording" in result.stderr
    with upgraded.extensions["sessions"].read() as session:
        assert session.scalar(select(Study.id)) is None


@pytest.fixture
def loaded(run: Run, upgraded: Flask) -> Flask:
    """The application with the trial loaded."""
    assert run("study", "load", NCT).exit_code == 0
    return upgraded


def test_a_user_is_created_with_the_password_that_was_typed(run: Run, loaded: Flask) -> None:
    words = ["user", "create", "Li@Example.org", "--name", "Li", "--role", "staff"]
    words += ["--study", "nct06449937", "--site", "S02"]
    result = run(*words, typed="correct horse battery\n" * 2)
    assert result.exit_code == 0, result.output
    assert "Li@Example.org may sign in as staff of nct06449937 at S02" in result.stdout
    assert "correct horse" not in result.output
    with loaded.app_context(), loaded.extensions["sessions"].read() as session:
        user = session.scalars(select(User)).one()
        study = session.scalars(select(Study)).one()
        site = next(site for site in study.sites if site.code == "S02")
        assert user.email == "li@example.org"
        assert user.password.startswith("$argon2id$")
        assert verify_password("correct horse battery", user.password)
        assert user.grant_values() == (Grant(role=Role.STAFF, study_id=study.id, site_id=site.id),)


def test_a_made_password_is_shown_once_and_works(run: Run, loaded: Flask) -> None:
    words = ["user", "create", "ana@example.org", "--name", "Ana", "--role", "analyst"]
    result = run(*words, "--study", "nct06449937", "--generate")
    password = result.stdout.strip().rpartition(" ")[2]
    assert len(password) == 16
    with loaded.app_context(), loaded.extensions["sessions"].read() as session:
        assert verify_password(password, session.scalars(select(User.password)).one())


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"--study": "nope"}, "no study nope; loaded studies: nct06449937"),
        ({"--site": "S99"}, "no site S99; nct06449937 has S01, S02, S03, S04, S05, S06"),
    ],
)
def test_an_unknown_study_or_site_is_told_with_those_there_are(
    run: Run, loaded: Flask, changed: dict[str, str], problem: str
) -> None:
    options = {"--name": "Li", "--role": "staff", "--study": "nct06449937"} | changed
    words = [word for pair in options.items() for word in pair]
    result = run("user", "create", "li@example.org", *words, "--generate")
    assert (result.exit_code, result.stderr.strip()) == (2, problem)


def test_a_short_password_is_refused_and_nobody_is_created(run: Run, loaded: Flask) -> None:
    words = ["user", "create", "li@example.org", "--name", "Li", "--role", "staff"]
    result = run(*words, "--study", "nct06449937", typed="short\nshort\n")
    assert result.exit_code == 2
    assert "password: at least 12 characters" in result.stderr
    with loaded.extensions["sessions"].read() as session:
        assert session.scalar(select(User.id)) is None


def test_the_audit_verifies_and_a_changed_event_is_found(run: Run, loaded: Flask) -> None:
    result = run("audit", "verify")
    assert result.exit_code == 0
    assert result.stdout.startswith("1 events, all in place; head ")
    with loaded.extensions["sessions"].engine.begin() as connection:
        triggers = connection.execute(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
            )
        ).scalars()
        for name in triggers.all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(update(AuditEvent).values(reason="nothing happened"))
    result = run("audit", "verify")
    assert result.exit_code == 2
    assert "the log is broken at event 1, after 0 good events" in result.stderr


def write(path: Path, *rows: str) -> str:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def test_a_file_is_scored_without_any_database(run: Run, tmp_path: Path, instance: Path) -> None:
    header = "patient," + ",".join(f"q{number}" for number in range(1, 31))
    answers = "0042," + ",".join(["1"] * 28 + ["7", "7"])
    source = write(tmp_path / "in.csv", header, answers)
    target = tmp_path / "out.csv"
    result = run("score", "eortc-qlq-c30", source, "--out", str(target))
    assert result.exit_code == 0, result.output
    assert result.stdout == f"1 forms scored into {target}\n"
    with target.open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert row["patient"] == "0042"
    assert {scale: float(row[scale]) for scale in ("QL2", "PF2", "FA")} == {
        "QL2": 100.0,
        "PF2": 100.0,
        "FA": 0.0,
    }
    assert not (instance / "qol.sqlite").exists()
    assert not (instance / "queue.sqlite").exists()


def test_a_bad_answer_is_named_with_line_and_column(run: Run, tmp_path: Path) -> None:
    header = ",".join(f"q{number}" for number in range(1, 31))
    source = write(tmp_path / "in.csv", header, ",".join(["9", *["1"] * 29]))
    result = run("score", "eortc-qlq-c30", source, "--out", str(tmp_path / "out.csv"))
    assert result.exit_code == 2
    assert f"{source} line 2, column q1: '9' is not allowed" in result.stderr
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["score", "nope", "in.csv", "--out", "out.csv"], "no questionnaire nope; there are"),
        (
            ["score", "eq-5d-5l", "in.csv", "--out", "out.csv", "--option", "China"],
            "--option China: write KEY=VALUE",
        ),
        (["score", "eq-5d-5l", "/none.csv", "--out", "out.csv"], "No such file"),
    ],
)
def test_what_cannot_be_scored_is_told_plainly(run: Run, words: list[str], problem: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_an_import_with_a_bad_map_changes_nothing(run: Run, loaded: Flask, tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", "patient,q1", "1,1")
    mapped = write(tmp_path / "map.toml", 'encoding = "utf-8"')
    result = run("responses", "import", "nct06449937", source, "--map", mapped)
    assert result.exit_code == 2
    assert "map.toml" in result.stderr
    assert "Traceback" not in result.output
    with loaded.extensions["sessions"].read() as session:
        assert session.scalar(select(Participant.id)) is None


def test_a_rehearsal_is_created_once(run: Run, upgraded: Flask, tmp_path: Path) -> None:
    small = Path(EXAMPLE).read_text(encoding="utf-8")
    assert "planned_participants" in small
    lines = [
        "planned_participants = 3" if line.startswith("planned_participants") else line
        for line in small.splitlines()
    ]
    file = write(tmp_path / "small.toml", *lines)
    result = run("rehearsal", "create", file, "--seed", str(SEED))
    assert result.exit_code == 0, result.output
    with upgraded.extensions["sessions"].read() as session:
        assert len(session.scalars(select(Participant.id)).all()) == 3
    again = run("rehearsal", "create", file)
    assert again.exit_code == 2
    assert "has participants already" in again.stderr


def test_a_programmers_error_keeps_its_traceback(
    run: Run, loaded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(loaded.extensions, "sessions", None)
    result = run("study", "list")
    assert isinstance(result.exception, AttributeError)


def test_a_queue_that_works_at_once_has_no_process(run: Run, upgraded: Flask) -> None:
    result = run("jobs", "run")
    assert result.exit_code == 2
    assert "choose another QOL_QUEUE_URL" in result.stderr
