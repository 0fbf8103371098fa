"""Every setting and every command is documented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask

from qol_app import cli

ROOT = Path(__file__).parents[2]


def test_every_setting_is_documented() -> None:
    code = (ROOT / "qol_app" / "settings.py").read_text(encoding="utf-8")
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    settings = set(re.findall(r'"(QOL_[A-Z_]+|PORT)"', code))
    assert len(settings) > 10
    assert [name for name in sorted(settings) if f"`{name}`" not in documented] == []


def commands(group: click.Group, path: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        whole = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, whole)
        else:
            yield whole


def test_every_command_is_documented() -> None:
    app = Flask("documented")
    cli.register(app)
    documented = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    ours = sorted(commands(app.cli))
    assert "study check" in ours
    assert [name for name in ours if f"`{name}" not in documented] == []
