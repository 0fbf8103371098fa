"""Conventions that a reader may rely on everywhere in the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from qol_app.domain.events import Action

ROOT = Path(__file__).parents[2]
PACKAGES = ("qol_app", "questionnaires", "scoring", "benchmarks", "tests")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
WRITTEN = [path for path in MODULES if "versions" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_no_module_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_no_function_is_longer_than_60_lines(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree)


def test_below_the_doors_nobody_looks_at_the_clock() -> None:
    floors = ("domain", "db", "services", "analysis", "exports", "messaging")
    for floor in floors:
        for path in (ROOT / "qol_app" / floor).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"datetime\.now\(|date\.today\(|time\.time\(", text), named(path)


def test_every_audit_action_is_used_by_some_use_case() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "qol_app").rglob("*.py"))
    unused = [action.name for action in Action if f"Action.{action.name}" not in code]
    assert unused == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_templates_hold_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag, tag


def test_nothing_served_loads_from_another_host() -> None:
    served = [*(ROOT / "templates").rglob("*"), *(ROOT / "qol_app" / "static").rglob("*")]
    for path in served:
        if path.suffix in {".html", ".css", ".js", ".svg"}:
            text = path.read_text(encoding="utf-8")
            addresses = re.findall(r"(?:src|href|url|import|from)\W{1,3}https?://[^\s\"')]+", text)
            assert addresses == [], named(path)
