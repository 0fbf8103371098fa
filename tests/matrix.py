"""A form of our own for tests: five questions of a garden week, four of them in a matrix."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from qol_app.db.models import Study
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import parse
from qol_app.services import studies
from questionnaires import files
from tests import builders

ID, VERSION = "garden-week", "1.0"

DEFINITION = """
id = "garden-week"
version = "1.0"
licence = "own"
confirmed = true
sources = ["Written for a test"]
pages = [
  { items = ["BIRDS", "SHADE", "PATHS", "PEOPLE"], layout = "matrix" },
  ["SEATS"],
]

[[items]]
id = "BIRDS"
type = "one_of"
codes = [1, 2, 3, 4, 5]
options = "often"

[[items]]
id = "SHADE"
type = "one_of"
codes = [1, 2, 3, 4, 5]
options = "often"

[[items]]
id = "PATHS"
type = "one_of"
codes = [1, 2, 3, 4, 5]
options = "often"

[[items]]
id = "PEOPLE"
type = "one_of"
codes = [1, 2, 3, 4, 5]
options = "often"

[[items]]
id = "SEATS"
type = "scale"
low = 0
high = 10
options = "seats"

# Whom one met is asked only of those who heard a bird at least seldom.
[[skips]]
items = ["PEOPLE"]
item = "BIRDS"
values = [2, 3, 4, 5]

[[scales]]
code = "WEEK"
items = ["BIRDS", "SHADE", "PATHS", "PEOPLE"]
module = "mean_percent"
direction = "better"
"""

WORDS = """
kind = "own"
title = "A week in the garden"
introduction = "Four questions in a grid, and one more."

[questions]
BIRDS = "I heard the birds"
SHADE = "I found a place in the shade when I wanted one"
PATHS = "The paths were easy to walk on, even where it had rained the night before"
PEOPLE = "I met somebody I know"
SEATS = "How good were the seats?"

[options.often]
1 = "Never"
2 = "Seldom"
3 = "Sometimes"
4 = "Often"
5 = "All the time"

[options.seats]
0 = "Hard"
10 = "Soft"

[scales]
WEEK = "Week"
"""


@pytest.fixture
def garden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the form, beside those of the example study's own form."""
    root = tmp_path / "forms"
    shutil.copytree(files.ROOT / "daily-life-check", root / "daily-life-check")
    folder = root / ID / VERSION
    (folder / "wording").mkdir(parents=True)
    (folder / "definition.toml").write_text(DEFINITION, encoding="utf-8")
    for language in ("en", "zh-Hans"):
        (folder / "wording" / f"{language}.toml").write_text(WORDS, encoding="utf-8")
    monkeypatch.setattr(files, "ROOT", root)
    return folder


def garden_study(session: Session, now: datetime) -> Study:
    """The example study with the garden week in place of its form."""
    text = (builders.STUDIES / "example.toml").read_text(encoding="utf-8")
    text = text.replace('version = "1.2"', f'version = "{VERSION}"')
    text = text.replace("daily-life-check", ID).replace('scale = "WELL"', 'scale = "WEEK"')
    protocol = parse(text, "garden.toml")
    return studies.load(
        session, protocol, purpose=Purpose.REHEARSAL, actor=builders.COMMAND, now=now
    )
