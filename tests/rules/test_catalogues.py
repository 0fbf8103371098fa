"""Every word of the interface stands in both languages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CHINESE = ROOT / "qol_app" / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def test_every_message_is_translated(tmp_path: Path) -> None:
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
    translated = {m.id for m in catalogue(CHINESE) if m.id and m.string and not m.fuzzy}
    missing = [m.id for m in catalogue(fresh) if m.id and m.id not in translated]
    assert missing == []


def test_translations_keep_their_placeholders() -> None:
    for message in catalogue(CHINESE):
        if not isinstance(message.id, str) or not message.id:
            continue
        wanted = set(re.findall(r"%\(\w+\)\w", message.id))
        assert wanted == set(re.findall(r"%\(\w+\)\w", str(message.string))), message.id
