"""An operator sees every scoring module, where it came from, and what was skipped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

MINE = """
from scoring.registry import register

@register("mine", "3.2.1")
def mine(given):
    return given.answers[:, 0]
"""


def listed(tmp_path: Path, **environment: str) -> list[str]:
    """The lines of a fresh process, for plug-ins are loaded once in each."""
    given = {key: value for key, value in os.environ.items() if not key.startswith("QOL_")}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "scoring", "list"],
        cwd=ROOT,
        env={**given, **environment, "QOL_INSTANCE": str(tmp_path / "instance")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_built_in_modules_are_listed(tmp_path: Path) -> None:
    header, *lines = listed(tmp_path)
    assert header.split() == ["module", "version", "origin"]
    (linear,) = [line.split() for line in lines if line.startswith("linear ")]
    assert linear[1].count(".") == 2
    assert linear[2:] == ["built", "in"]
    assert [line.index("built in") for line in lines] == [header.index("origin")] * len(lines)
    assert not (tmp_path / "instance" / "qol.sqlite").exists()


def test_plug_ins_are_listed_and_then_the_broken_ones_with_why(tmp_path: Path) -> None:
    folder = tmp_path / "scoring"
    folder.mkdir()
    (folder / "mine.py").write_text(MINE, encoding="utf-8")
    (folder / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    lines = listed(tmp_path, QOL_SCORING_FOLDER=str(folder))
    assert ["mine", "3.2.1", "file", str(folder / "mine.py")] in [line.split() for line in lines]
    assert lines[-2:] == [
        "skipped:",
        f"file {folder / 'broken.py'}: ZeroDivisionError: division by zero",
    ]
