"""Commands on the data: bring the database up to date, check the audit, import answers."""

from __future__ import annotations

from pathlib import Path

import click

from qol_app.cli import base
from qol_app.cli.base import FILE, Commands
from qol_app.db import audit as log
from qol_app.db import migrate
from qol_app.domain import actor as actors
from qol_app.domain.errors import Conflict
from qol_app.services import studies

db = Commands("db", help="The database's tables.")
audit = Commands("audit", help="The audit log.")
responses = Commands("responses", help="Answers.")


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest migration."""
    migrate.upgrade(base.sessions().engine)
    click.echo("the database is up to date")


@audit.command("verify")
def verify() -> None:
    """Recompute the chain of hashes; exit with 2 where an event was changed or removed."""
    base.note("reading the whole log ...")
    with base.ready().read() as session:
        found = log.verify(session)
    if found.broken_id is not None:
        raise Conflict(
            f"the log is broken at event {found.broken_id}, after {found.count} good events: "
            "that event was changed, or one before it was removed"
        )
    click.echo(f"{found.count} events, all in place; head {found.head}")


@responses.command("import")
@click.argument("study")
@click.argument("file", type=FILE)
@click.option("--map", "map_file", type=FILE, required=True, help="Says what each column means.")
def import_file(study: str, file: Path, map_file: Path) -> None:
    """Bring existing answers of STUDY in from a CSV FILE: all of them or none."""
    # Imported here because it imports pandas, which would slow down every other command.
    from qol_app.services import imports

    base.note(f"importing {file} ...")
    with base.writing() as session:
        report = imports.import_responses(
            session,
            studies.find(session, study),
            file,
            map_file,
            vault=base.vault(),
            actor=actors.command("responses import"),
            now=base.now(),
        )
    click.echo(
        f"{report.participants} participants enrolled, {report.responses} forms and "
        f"{report.answers} answers added"
    )
    for line in report.notes:
        base.note(line)
