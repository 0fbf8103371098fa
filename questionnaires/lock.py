"""Locks released questionnaire files: ``python -m questionnaires.lock`` adds new ones.

``LOCK`` has one line per released definition and wording: its hash, its id and version, and
``definition`` or the wording's language. A line never changes; a change is a new version.
"""

from __future__ import annotations

import sys
from pathlib import Path

from questionnaires.files import QuestionnaireInvalid, available, languages, load, wording

LOCK = Path(__file__).parent / "LOCK"

Entry = tuple[str, str, str]


def current() -> dict[Entry, str]:
    """Return the hash of every questionnaire file as it is now.

    Raises:
        QuestionnaireInvalid: files have mistakes; names all of them, in every file.
    """
    found: dict[Entry, str] = {}
    mistakes: list[str] = []
    for name, version in available():
        try:
            questionnaire = load(name, version)
        except QuestionnaireInvalid as error:
            mistakes.append(str(error))
            continue
        found[name, version, "definition"] = questionnaire.hash
        for language in languages(name, version):
            try:
                found[name, version, language] = wording(name, version, language).hash
            except QuestionnaireInvalid as error:
                mistakes.append(str(error))
    if mistakes:
        raise QuestionnaireInvalid("\n".join(mistakes))
    return found


def locked(path: Path = LOCK) -> dict[Entry, str]:
    """Return the hashes of all released files."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    entries = (line.split() for line in lines)
    return {(name, version, part): digest for digest, name, version, part in entries}


def changed(path: Path = LOCK) -> list[str]:
    """Return what was released and is now different or gone."""
    now = current()
    return [" ".join(entry) for entry, digest in locked(path).items() if now.get(entry) != digest]


def add(path: Path = LOCK) -> list[str]:
    """Lock what is not locked yet, and return it.

    Raises:
        ValueError: a released file was changed; names each.
    """
    if changed(path):
        raise ValueError("released and changed; make a new version: " + ", ".join(changed(path)))
    before = locked(path)
    everything = {**before, **current()}
    lines = [f"{digest} {' '.join(entry)}\n" for entry, digest in sorted(everything.items())]
    path.write_text("".join(lines), encoding="utf-8")
    return [" ".join(entry) for entry in sorted(set(everything) - set(before))]


if __name__ == "__main__":
    try:
        sys.stdout.write("".join(f"locked {entry}\n" for entry in add()))
    except ValueError as error:
        sys.exit(str(error))
