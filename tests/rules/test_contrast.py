"""Words can be read on every ground they stand on: WCAG contrast, computed from the tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "qol_app" / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
HIGH = (CSS / "contrast.css").read_text(encoding="utf-8")

WORDS = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in ("paper", "surface", "sunken")),
    ("accent", "paper"),
    ("accent", "surface"),
    ("accent-strong", "accent-soft"),
    ("ink", "accent-soft"),
    ("on-accent", "accent"),
    ("ink", "warning-soft"),
    ("warning", "warning-soft"),
    ("warning", "paper"),
    ("danger", "paper"),
    ("danger", "danger-soft"),
    ("ink", "danger-soft"),
    ("on-danger", "danger"),
]
SHAPES = [("focus", "paper"), ("line-strong", "paper"), ("line-strong", "surface")]


def colours(selector: str, sheet: str = TOKENS, at_least: int = 17) -> dict[str, str]:
    """The tokens of the first block with this selector."""
    blocks = re.findall(rf"(?m)^ *{re.escape(selector)} \{{(.*?)\}}", sheet, re.DOTALL)
    found = re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", blocks[0])
    assert len(found) >= at_least
    return dict(found)


def high(selector: str) -> dict[str, str]:
    return colours(selector, HIGH, at_least=10)


LIGHT = colours(":root")
AUTO, CHOSEN = ':root:not([data-theme="light"])', ':root[data-theme="dark"]'
THEMES = {
    "light": LIGHT,
    "dark": {**LIGHT, **colours(AUTO)},
    "dark by choice": {**LIGHT, **colours(CHOSEN)},
}
HIGH_THEMES = {
    "high": {**LIGHT, **high(":root")},
    "high and dark": {**LIGHT, **high(":root"), **colours(AUTO), **high(AUTO)},
    "high and dark by choice": {**LIGHT, **high(":root"), **colours(CHOSEN), **high(CHOSEN)},
}


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21_and_the_known_grey_is_4_5() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_have_a_contrast_of_at_least_4_5(theme: str, ink: str, ground: str) -> None:
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("line", "ground"), SHAPES)
def test_what_marks_a_control_has_a_contrast_of_at_least_3(
    theme: str, line: str, ground: str
) -> None:
    assert contrast(THEMES[theme][line], THEMES[theme][ground]) >= 3


def test_both_dark_themes_are_the_same() -> None:
    assert THEMES["dark"] == THEMES["dark by choice"]
    assert HIGH_THEMES["high and dark"] == HIGH_THEMES["high and dark by choice"]


@pytest.mark.parametrize("theme", HIGH_THEMES)
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_in_high_contrast_words_have_at_least_7_and_lines_3(theme: str, ground: str) -> None:
    set_of = HIGH_THEMES[theme]
    for ink in ("ink", "ink-soft", "accent", "warning", "danger"):
        assert contrast(set_of[ink], set_of[ground]) >= 7, ink
    for line in ("line", "line-strong", "focus"):
        assert contrast(set_of[line], set_of[ground]) >= 3, line


@pytest.mark.parametrize("theme", HIGH_THEMES)
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_high_contrast_is_nowhere_lower(theme: str, ink: str, ground: str) -> None:
    assert contrast(HIGH_THEMES[theme][ink], HIGH_THEMES[theme][ground]) >= 4.5


def test_no_other_style_sheet_names_a_colour_but_the_black_and_white_of_a_qr_code() -> None:
    for path in sorted(CSS.glob("*.css")):
        text = path.read_text(encoding="utf-8")
        if path.name not in ("tokens.css", "contrast.css", "print.css", "plotly.css"):
            named = set(re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", text))
            assert named <= {"#ffffff", "#000000"}, path.name
