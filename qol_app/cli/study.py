"""Commands on studies: check a study file, load it, list what is loaded."""

from __future__ import annotations

from pathlib import Path

import click

from qol_app.cli import base
from qol_app.cli.base import FILE, Commands
from qol_app.domain import actor as actors
from qol_app.domain.study import Protocol, Purpose
from qol_app.domain.study_file import read
from qol_app.services import studies

study = Commands("study", help="Studies and their protocols.")


@study.command("check")
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Say everything that is wrong with a study FILE; stores nothing."""
    click.echo(_summary(read(file)))


@study.command("load")
@click.argument("file", type=FILE)
@click.option("--real", is_flag=True, help="Real people will answer; needs licensed wordings.")
def load(file: Path, real: bool) -> None:
    """Store a study FILE: a new study, or a new version of one. Twice is a no-op."""
    protocol = read(file)
    purpose = Purpose.REAL if real else Purpose.REHEARSAL
    with base.writing() as session:
        loaded = studies.load(
            session,
            protocol,
            purpose=purpose,
            actor=actors.command("study load"),
            now=base.now(),
        )
        stored = loaded.purpose
    click.echo(f"{_summary(protocol)}, loaded for {stored}")


@study.command("list")
def list_studies() -> None:
    """List the loaded studies."""
    with base.ready().read() as session:
        for each in studies.every(session):
            click.echo(f"{_summary(studies.in_force(each))}, {each.purpose}")


def _summary(protocol: Protocol) -> str:
    return (
        f"{protocol.id} version {protocol.version}: {len(protocol.schedule.visits)} visits, "
        f"{len(protocol.instruments)} instruments, {len(protocol.sites)} sites"
    )
