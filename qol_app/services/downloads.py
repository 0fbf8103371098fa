"""The study's data as files: tidy tables, a codebook, and a list of what is in them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy.orm import Session

from qol_app.db.models import Study
from qol_app.exports import datasets as tables
from qol_app.exports.tabular import csv_bytes, zip_bytes
from qol_app.services import correction_rows, datasets, forms, studies
from questionnaires.model import Questionnaire, Wording

README = "README.txt"
CODEBOOK = "codebook.csv"


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """One file of a download; the codebook and the list of files count their lines too."""

    name: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Download:
    """A whole download."""

    name: str
    content: bytes
    digest: str
    """SHA-256 of ``content``."""


def overview(session: Session, study: Study, *, now: datetime) -> list[DataFile]:
    """Return the tables of a download taken now, with their numbers of rows."""
    frames = _frames(session, study, grouped=False, now=now)
    return [DataFile(name=name, rows=len(frame)) for name, frame in frames.items()]


def build(session: Session, study: Study, *, grouped: bool, now: datetime) -> Download:
    """Return all data of the study as one ZIP file.

    Args:
        session: A session.
        study: The study.
        grouped: Whether the reader may see groups; if not, ``group`` is empty everywhere.
        now: The time of the snapshot.
    """
    frames = _frames(session, study, grouped=grouped, now=now)
    files = {name: csv_bytes(frame) for name, frame in frames.items()}
    files[README] = _readme(study, frames, files, now=now).encode()
    content = zip_bytes(files, modified=now)
    return Download(
        name=f"{study.code}-{now.astimezone(UTC):%Y-%m-%d}.zip",
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
    )


def _frames(
    session: Session, study: Study, *, grouped: bool, now: datetime
) -> dict[str, pd.DataFrame]:
    rows = datasets.form_rows(session, study, grouped=grouped, now=now)
    by_instrument: dict[str, list[Questionnaire]] = {}
    for version in datasets.versions(session, study):
        by_instrument.setdefault(version.id, []).append(version)
    frames = {"visits.csv": tables.visits_table(rows)}
    for instrument, known in by_instrument.items():
        own = [row for row in rows if row.instrument == instrument]
        frames[f"items_{instrument}.csv"] = tables.items_table(own, known)
        frames[f"scores_{instrument}.csv"] = tables.scores_table(own)
    every = [version for known in by_instrument.values() for version in known]
    frames["item_states.csv"] = tables.item_states(rows, every)
    width = max((len(row.participant) for row in rows), default=0)
    frames["corrections.csv"] = tables.corrections_table(
        correction_rows.rows(session, study, width=width)
    )
    frames[CODEBOOK] = tables.codebook(every, _wordings(session, study, every))
    return frames


def _wordings(
    session: Session, study: Study, versions: Sequence[Questionnaire]
) -> dict[tuple[str, str], dict[str, Wording]]:
    """Return our own words of each instrument version by language, for the codebook.

    A licence holder's text stays in the database.
    """
    languages = studies.in_force(study).languages
    return {
        (version.id, version.version): {
            language: forms.wording(
                session,
                studies.form_version(session, version.id, version.version),
                language,
                kinds=forms.OURS,
            )
            for language in languages
        }
        for version in versions
    }


def _readme(
    study: Study,
    frames: Mapping[str, pd.DataFrame],
    files: Mapping[str, bytes],
    *,
    now: datetime,
) -> str:
    protocol = studies.in_force(study)
    lines = [
        f"{study.code}: {' / '.join(protocol.title.values())}",
        f"Protocol version {protocol.version}; snapshot of {now.astimezone(UTC).isoformat()}",
        "REHEARSAL: simulated people, no real data." if study.purpose == "rehearsal" else "",
        "",
        "CSV in UTF-8 with byte order mark, comma, point for decimals; missing is an empty cell.",
        "visits: one row per participant, scheduled visit and instrument, answered or not.",
        "items and scores: one row per form. item_states: answered, declined, not "
        "applicable, left blank and never seen told apart.",
        "corrections: every answer that staff corrected; the other files hold what counts since.",
        f"{CODEBOOK}: every column of every file. Groups are not randomised."
        if not protocol.randomised
        else f"{CODEBOOK}: every column of every file.",
        "",
        "file, rows, SHA-256:",
    ]
    for name, frame in frames.items():
        lines.append(f"{name}, {len(frame)}, {hashlib.sha256(files[name]).hexdigest()}")
    return "\n".join(line for line in lines) + "\n"
