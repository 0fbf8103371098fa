"""The table of docs/validation.md is what the report prints today."""

from pathlib import Path

from tests.validation.report import DIFFERENCE, HEAD, as_markdown, rows

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


def test_the_page_holds_todays_table() -> None:
    """Rounding differs a little between machines, so the largest difference may."""
    assert [_without_difference(line) for line in _table(PAGE.read_text(encoding="utf-8"))] == [
        _without_difference(line) for line in _table(as_markdown(rows()))
    ]


def _table(text: str) -> list[list[str]]:
    lines = text.splitlines()
    start = lines.index(f"| {' | '.join(HEAD)} |")
    block = lines[start:]
    end = next((n for n, line in enumerate(block) if not line.startswith("|")), len(block))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block[:end]]


def _without_difference(cells: list[str]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place != DIFFERENCE]
