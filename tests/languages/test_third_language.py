"""A third language is added by files alone, and no page falls back to English."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel import Locale

from qol_app.domain import languages
from tests.languages.pseudo import TAG, add_language

ROOT = Path(__file__).parents[2]
TREE = ("qol_app", "questionnaires", "scoring", "studies", "templates", "tests")
LATIN = re.compile(r"[A-Za-z]{2,}")
NOT_WORDS = re.compile(
    r"\{\w+\}|https?://\S*|/s/\S*|\b[a-z.]+@[a-z.]+\b|\b[a-z.]+/s\b|/s\b|\b[A-Z0-9]+(-[A-Z0-9]+)+\b"
)
"""Placeholders, addresses, study numbers and the codes of letters."""


STUDY = {"example"}
"""Mails name a study by its short name: its title could tell the diagnosis."""


def calendar_words(tag: str) -> set[str]:
    """How a language itself writes days and months, which no catalogue holds."""
    locale = Locale.parse(tag)
    names = [
        name
        for kind in (locale.months, locale.days)
        for width in ("wide", "abbreviated")
        for name in kind["format"][width].values()
    ]
    return {word for name in names for word in LATIN.findall(name)}


def walk(root: Path, tag: str, folder: Path) -> dict[str, list[str]]:
    """What a patient reads on every page, in the repository at ``root``."""
    command = [sys.executable, "-m", "tests.languages.walk", tag, str(folder)]
    done = subprocess.run(
        command, cwd=root, capture_output=True, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    seen: dict[str, list[str]] = json.loads(done.stdout)
    return seen


def english_in(seen: dict[str, list[str]], allowed: set[str]) -> dict[str, list[str]]:
    """The Latin words of each page that nobody allowed."""
    left = {
        name: [
            word
            for text in texts
            for word in LATIN.findall(NOT_WORDS.sub("", text))
            if word not in allowed
        ]
        for name, texts in seen.items()
    }
    return {name: words for name, words in left.items() if words}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with the files of a made-up language added, and nothing else changed."""
    root = tmp_path_factory.mktemp("repository")
    for name in TREE:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    add_language(root)
    return root


def test_no_page_of_a_third_language_falls_back_to_english(copy: Path, tmp_path: Path) -> None:
    seen = walk(copy, TAG, tmp_path)
    assert len(seen) > 100
    assert english_in(seen, allowed=STUDY | calendar_words(TAG)) == {}


def test_a_text_that_nobody_can_translate_is_found(copy: Path, tmp_path: Path) -> None:
    template = copy / "templates" / "patient" / "thanks.html"
    words = template.read_text(encoding="utf-8")
    template.write_text(words.replace("<h1>", "<h1>Written by hand "), encoding="utf-8")
    seen = walk(copy, TAG, tmp_path)
    template.write_text(words, encoding="utf-8")
    assert english_in(seen, allowed=STUDY | calendar_words(TAG)) == {
        "thanks": ["Written", "by", "hand"],
        "tablet, thanks": ["Written", "by", "hand"],
    }


def test_the_chinese_path_holds_no_english(tmp_path: Path) -> None:
    assert english_in(walk(ROOT, "zh-Hans", tmp_path), allowed=STUDY) == {}


def test_the_english_path_in_a_chinese_browser_holds_no_chinese(tmp_path: Path) -> None:
    seen = walk(ROOT, "en", tmp_path)
    chinese = {
        name: [text for text in texts if re.search(r"[\u4e00-\u9fff]", text)]
        for name, texts in seen.items()
    }
    assert {name: texts for name, texts in chinese.items() if texts} == {}


def test_languages_are_found_by_their_catalogues(copy: Path) -> None:
    assert languages.found(ROOT / "qol_app" / "translations") == ("en", "zh-Hans")
    assert languages.found(copy / "qol_app" / "translations") == ("en", "eo", "zh-Hans")


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        (["zh-CN"], "zh-Hans"),
        (["zh-TW", "en"], "zh-Hans"),
        (["zh"], "zh-Hans"),
        (["de-AT", "en-GB"], "de"),
        (["fr", "en-US"], "en"),
        (["fr"], "en"),
        ([], "en"),
        (["*", "zh"], "zh-Hans"),
    ],
)
def test_a_reader_gets_the_language_that_fits_best(wishes: list[str], expected: str) -> None:
    assert languages.best(wishes, ["en", "de", "zh-Hans"]) == expected


def test_a_closer_language_of_the_same_name_is_taken() -> None:
    known = ["en", "zh-Hans", "zh-Hant"]
    assert languages.best(["zh-TW"], known) == "zh-Hant"
    assert languages.best(["zh-SG"], known) == "zh-Hans"


def test_languages_name_themselves() -> None:
    names = [languages.own_name(tag) for tag in ("en", "zh-Hans", "fr", "no-such-tag")]
    assert names == ["English", "中文", "Français", "no-such-tag"]
