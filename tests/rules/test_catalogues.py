"""Every word of the interface stands in every language that has a catalogue."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from qol_app.domain import languages

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "qol_app" / "translations"
CATALOGUES = [
    TRANSLATIONS / languages.catalogue_of(tag)
    for tag in languages.found(TRANSLATIONS)
    if tag != languages.SOURCE
]

pytestmark = pytest.mark.parametrize("language", CATALOGUES, ids=lambda path: path.parts[-3])


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def test_every_message_is_translated(tmp_path: Path, language: Path) -> None:
    fresh = tmp_path / "messages.pot"
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "extract",
        "-F",
        "qol_app/translations/babel.cfg",
    ]
    command += ["-k", "_l", "-o", str(fresh), "."]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    translated = {m.id for m in catalogue(language) if m.id and m.string and not m.fuzzy}
    missing = [m.id for m in catalogue(fresh) if m.id and m.id not in translated]
    assert missing == []


def test_translations_keep_their_placeholders(language: Path) -> None:
    for message in catalogue(language):
        if not isinstance(message.id, str) or not message.id:
            continue
        wanted = set(re.findall(r"%\(\w+\)\w", message.id))
        assert wanted == set(re.findall(r"%\(\w+\)\w", str(message.string))), message.id
