"""Commands that keep running: the web server and the consumer of the queue."""

from __future__ import annotations

import logging
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from qol_app.cli import base
from qol_app.cli.base import Command, Commands
from qol_app.cli.processes import run_together
from qol_app.db import migrate
from qol_app.domain.errors import NotReady
from qol_app.settings import ROOT

GUNICORN = ("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app")
CONSUMER = ("-m", "flask", "--app", "wsgi", "jobs", "run")

jobs = Commands("jobs", help="Work that no request waits for.")


@jobs.command("run")
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True)
def run(workers: int) -> None:
    """Send messages and score forms until SIGTERM. One process of this suffices."""
    base.ready()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)  # it would report every tick
    base.note(f"{workers} worker(s) wait for work")
    try:
        current_app.extensions["queue"].consume(workers=workers)
    except ValueError as error:
        raise NotReady(str(error)) from error


@click.command("serve", cls=Command)
@with_appcontext
def serve() -> None:
    """Serve the pages on PORT and do the waiting work, until SIGTERM or Ctrl-C."""
    if base.settings().environment == "development":
        migrate.upgrade(base.sessions().engine)
    start()


def start() -> None:
    """Run the web server and one consumer; end the command with their exit code.

    Raises:
        NotReady: the database is not up to date.
    """
    base.ready().engine.dispose()
    base.note(f"serving {base.settings().base_url} - stop with Ctrl-C")
    commands = [(sys.executable, *GUNICORN), (sys.executable, *CONSUMER)]
    click.get_current_context().exit(run_together(commands, folder=ROOT))
