"""An application on an instance folder of its own, and commands to run in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from qol_app.db import migrate
from qol_app.factory import create_app
from qol_app.settings import from_environment

Run = Callable[..., Result]


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture
def app(instance: Path) -> Flask:
    """The application; its database does not exist yet."""
    environment = {"QOL_INSTANCE": str(instance), "QOL_QUEUE_URL": "memory://"}
    return create_app(from_environment(environment), surfaces_served=("auth",))


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command as typed after ``flask --app wsgi``."""
    runner = app.test_cli_runner()

    def command(*words: str, typed: str | None = None) -> Result:
        return runner.invoke(args=list(words), input=typed, catch_exceptions=True)

    return command


@pytest.fixture
def upgraded(app: Flask) -> Flask:
    """The application with an empty database."""
    migrate.upgrade(app.extensions["sessions"].engine)
    return app
