"""The example of the documentation works as it says, by file and by package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "median_of_items.py"
PAGE = ROOT / "docs" / "scoring-plugin.md"

HEAD = """
id = "three-questions"
version = "1.0"
licence = "own"
confirmed = true
sources = ["made for this test"]
"""

SCORE = """
from pathlib import Path
import sys
from questionnaires.files import read
from scoring import score_file
folder, source, target = map(Path, sys.argv[1:])
print(score_file(read(folder), source, target, bom=False))
"""

FORMS = """id,q1,q2,q3
all answered,1,2,5
best,1,1,1
worst,5,5,5
two answered,2,,5
one answered,2,,
none answered,,,
"""

# Median 2 of 1, 2, 5 is a quarter of the way from 1 to 5, turned round 75. The median of 2 and 5
# is 3.5, which is 62.5 % of the way, turned round 37.5.
SCORED = """id,q1,q2,q3,MEDIAN
all answered,1,2,5,75.0
best,1,1,1,100.0
worst,5,5,5,0.0
two answered,2,,5,37.5
one answered,2,,,
none answered,,,,
"""


def blocks(language: str) -> list[str]:
    """The code blocks of the page in one language."""
    parts = PAGE.read_text(encoding="utf-8").split("```")[1::2]
    return [part.removeprefix(language) for part in parts if part.startswith(f"{language}\n")]


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    """A small questionnaire around the page's own item and scale."""
    folder = tmp_path / "three-questions" / "1.0"
    folder.mkdir(parents=True)
    (used,) = [block for block in blocks("toml") if "[[scales]]" in block]
    (folder / "definition.toml").write_text(HEAD + used, encoding="utf-8")
    return folder


def scored(tmp_path: Path, definition: Path, forms: str, **environment: str) -> str:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(forms, encoding="utf-8")
    given = {key: value for key, value in os.environ.items() if not key.startswith("QOL_")}
    path = os.pathsep.join([str(ROOT), environment.pop("PYTHONPATH", "")])
    subprocess.run(
        [sys.executable, "-W", "error", "-c", SCORE, str(definition), str(source), str(target)],
        env={**given, **environment, "PYTHONPATH": path},
        check=True,
    )
    return target.read_text(encoding="utf-8")


def test_the_example_scores_as_worked_by_hand(tmp_path: Path, definition: Path) -> None:
    folder = {"QOL_SCORING_FOLDER": str(EXAMPLE.parent)}
    assert scored(tmp_path, definition, FORMS, **folder) == SCORED


def test_the_example_takes_a_file_without_forms(tmp_path: Path, definition: Path) -> None:
    folder = {"QOL_SCORING_FOLDER": str(EXAMPLE.parent)}
    assert scored(tmp_path, definition, "q1,q2,q3\n", **folder) == "q1,q2,q3,MEDIAN\n"


def test_the_example_works_as_a_package(tmp_path: Path, definition: Path) -> None:
    site = tmp_path / "site"
    info = site / "median_of_items-1.0.0.dist-info"
    info.mkdir(parents=True)
    shutil.copy(EXAMPLE, site)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: median-of-items\nVersion: 1.0.0\n", encoding="utf-8"
    )
    (written,) = [block for block in blocks("toml") if "entry-points" in block]
    (line,) = [line for line in written.splitlines() if line.startswith("median_of_items =")]
    entries = f"[qol.scoring]\n{line.replace(chr(34), '')}\n"
    (info / "entry_points.txt").write_text(entries, encoding="utf-8")
    assert scored(tmp_path, definition, FORMS, PYTHONPATH=str(site)) == SCORED
