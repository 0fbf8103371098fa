"""What all commands share: plain errors, the application's parts, the time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from qol_app.db import migrate
from qol_app.db.session import Sessions
from qol_app.db.vault import Vault
from qol_app.domain.errors import InvalidInput, NotReady, QolError
from qol_app.settings import Settings

EXPECTED_FAILURE = 2
FILE = click.Path(path_type=Path)


class Command(click.Command):
    """A command that prints expected failures plainly and exits with 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except QolError as error:
            click.echo(str(error), err=True)
            ctx.exit(EXPECTED_FAILURE)


class Commands(AppGroup):
    """A group of such commands, each run inside the application's context."""

    command_class = Command


def settings() -> Settings:
    """Return the application's settings."""
    return cast(Settings, current_app.extensions["settings"])


def sessions() -> Sessions:
    """Return the application's sessions, whatever state the database is in."""
    return cast(Sessions, current_app.extensions["sessions"])


def vault() -> Vault:
    """Return what opens contact details."""
    return cast(Vault, current_app.extensions["vault"])


def ready() -> Sessions:
    """Return sessions on a database that is up to date.

    Raises:
        NotReady: migrations are missing; says which command to run.
    """
    if not migrate.is_current(sessions().engine):
        raise NotReady("the database is not up to date; run: flask --app wsgi db upgrade")
    return sessions()


@contextmanager
def writing() -> Iterator[Session]:
    """Give a session whose changes are committed at the end, or rolled back on any error."""
    with ready().write() as session:
        yield session
        session.commit()


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def write_file(target: Path, content: bytes) -> None:
    """Write a file. Raises InvalidInput where that cannot be done."""
    try:
        target.write_bytes(content)
    except OSError as error:
        raise InvalidInput([f"{target}: {error.strerror}"]) from error


def note(text: str) -> None:
    """Tell the operator what is going on, beside the command's output."""
    click.echo(text, err=True)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the standard error; give a function that takes (done, of how many)."""
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
