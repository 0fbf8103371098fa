"""A rehearsal: a study with simulated participants, users to sign in as, and links to answer."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.cli import base, rehearsal_users, serving
from qol_app.cli.base import FILE, Commands
from qol_app.db import migrate
from qol_app.db.models import Participant, Study
from qol_app.domain import actor as actors
from qol_app.domain.errors import Conflict
from qol_app.domain.study import Protocol, Purpose
from qol_app.domain.study_file import read
from qol_app.services import links, studies, worklist

ACTOR = actors.command("rehearsal")
LINKS = 3
SEED = 6449937

rehearsal = Commands("rehearsal", help="A study with simulated participants.")


@rehearsal.command("create")
@click.argument("file", type=FILE)
@click.option("--seed", type=int, default=SEED, show_default=True)
def create(file: Path, seed: int) -> None:
    """Load a study FILE for rehearsal and simulate its participants up to today."""
    protocol = read(file)
    _load(protocol)
    if _participants(protocol):
        raise Conflict(f"{protocol.id} has participants already; nothing was simulated")
    _simulate(protocol, seed)


@rehearsal.command("run")
@click.argument("file", type=FILE)
@click.option("--seed", type=int, default=SEED, show_default=True)
def run(file: Path, seed: int) -> None:
    """Prepare a rehearsal of a study FILE where there is none yet, say how to enter, and serve."""
    protocol = read(file)
    migrate.upgrade(base.sessions().engine)
    _load(protocol)
    if not _participants(protocol):
        _simulate(protocol, seed)
    elif not _mark(protocol).exists():
        base.note(f"These participants may be incomplete: simulating {protocol.id} was broken off.")
        base.note(f"To start again, remove {base.settings().instance}")
    _show_entrances(protocol)
    serving.start()


def _load(protocol: Protocol) -> None:
    with base.writing() as session:
        study = studies.load(
            session, protocol, purpose=Purpose.REHEARSAL, actor=ACTOR, now=base.now()
        )
        if study.purpose != Purpose.REHEARSAL:
            raise Conflict(f"{study.code} is loaded for real participants; nothing was simulated")


def _participants(protocol: Protocol) -> int:
    with base.ready().read() as session:
        study = studies.find(session, protocol.id)
        query = select(func.count(Participant.id)).where(Participant.study_id == study.id)
        return session.scalar(query) or 0


def _simulate(protocol: Protocol, seed: int) -> None:
    # Imported here because it imports numpy and pandas, which would slow down other commands.
    from qol_app.services import rehearsal as simulator

    with base.writing() as session:
        study = studies.find(session, protocol.id)
        rehearsal_users.ensure(session, study)
        office = rehearsal_users.office(session, study)
    with base.progress(f"simulating {protocol.planned_participants or ''} participants") as show:
        simulator.create(
            base.ready(),
            protocol.id,
            vault=base.vault(),
            seed=seed,
            now=base.now(),
            office=office,
            progress=show,
        )
    _mark(protocol).touch()


def _mark(protocol: Protocol) -> Path:
    """Name the file that says that a simulation was finished, as its commits cannot say so."""
    return base.settings().instance / f"simulated-{protocol.id}"


def _show_entrances(protocol: Protocol) -> None:
    with base.writing() as session:
        study = studies.find(session, protocol.id)
        passwords = rehearsal_users.ensure(session, study)
        tokens = _links(session, study)
    address = base.settings().base_url
    click.echo(f"\nStaff and analysts: {address}/sign-in")
    for place in rehearsal_users.PLACES:
        email = rehearsal_users.email(place.name, protocol.id)
        if place.told:
            password = passwords.get(email, "(set by its user)")
            click.echo(f"  {place.name:11} {email:35} {password}")
    click.echo("Patients whose questionnaire is open today:")
    for token in tokens:
        click.echo(f"  {address}/s/{token}")
    if not tokens:
        click.echo("  none; sign in as staff and enrol a participant")


def _links(session: Session, study: Study) -> list[str]:
    waiting = worklist.waiting(session, study, sites=None, now=base.now())
    return [
        links.issue(session, task.visit, channel="screen", actor=ACTOR, now=base.now())[1]
        for task in worklist.tasks(session, waiting[:LINKS])
    ]
