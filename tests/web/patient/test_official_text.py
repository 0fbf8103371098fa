"""From the empty table to the patient's page: the licence holder's text, and a real study."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from qol_app.db import audit
from qol_app.db.models import Participant
from qol_app.db.session import Sessions
from qol_app.domain.study import InstrumentUse
from qol_app.domain.study_file import read
from qol_app.services import studies
from tests import builders
from tests.official import WORDS, filled_in
from tests.web.patient.conftest import Patient, a_link

NCT = builders.STUDIES / "nct06449937.toml"
PROTOCOL = read(NCT)
Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command as typed after ``flask --app wsgi``."""
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=list(words))


def bring_in(run: Run, folder: Path, use: InstrumentUse, language: str) -> None:
    """Write the table, fill it in, look at it and accept it."""
    file = folder / f"{use.id}.{language}.csv"
    which = ["--version", use.version]
    made = run("wording", "template", use.id, language, *which, "--out", str(file))
    assert made.exit_code == 0, made.output
    file.write_bytes(filled_in(file.read_bytes(), WORDS[language]))
    command = ["wording", "import", str(file), "--instrument", use.id, *which]
    command += ["--language", language, "--licence-reference", "AGR 7", "--language-version", "2"]
    looked_at = run(*command)
    assert looked_at.exit_code == 0, looked_at.output
    assert "to be stored" in looked_at.stdout
    accepted = run(*command, "--accept")
    assert accepted.exit_code == 0, accepted.output


def enrolled(sessions: Sessions, now: datetime, language: str) -> Participant:
    with sessions.write() as session:
        person = builders.participant(
            session,
            now,
            of=studies.find(session, "nct06449937"),
            at="S01",
            anchor=date(2026, 3, 10),
            group="I",
            language=language,
        )
        session.commit()
    return person


def test_a_real_study_shows_its_patients_the_official_text(
    app: Flask, run: Run, sessions: Sessions, now: datetime, tmp_path: Path
) -> None:
    refused = run("study", "load", str(NCT), "--real")
    assert refused.exit_code == 2
    assert len(refused.stderr.splitlines()) == 6
    for use in PROTOCOL.instruments:
        for language in PROTOCOL.languages:
            bring_in(run, tmp_path, use, language)
    loaded = run("study", "load", str(NCT), "--real")
    assert loaded.exit_code == 0, loaded.output
    assert loaded.stdout.endswith("loaded for real\n")
    for language, question in (("zh-Hans", "正式文字 4"), ("en", "Official text 4")):
        person = enrolled(sessions, now, language)
        patient = Patient(app.test_client(), a_link(sessions, now, person, "baseline"))
        patient.begin()
        assert patient.page.status_code == 200
        assert question in patient.text
        assert f"{WORDS[language]} 3" in patient.text
        assert "演练" not in patient.text
        assert "rehearsal" not in patient.text
        patient.send_page(q1="2")
        assert f"{WORDS[language]} 9" in patient.text
    with sessions.read() as session:
        assert audit.verify(session).broken_id is None
