"""A rehearsal: a study with simulated participants, users to sign in as, and links to answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.cli import base, people, serving
from qol_app.cli.base import FILE, Commands
from qol_app.db import migrate
from qol_app.db.models import Participant, Study
from qol_app.domain import actor as actors
from qol_app.domain.errors import Conflict
from qol_app.domain.roles import Role
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

    with base.progress(f"simulating {protocol.planned_participants or ''} participants") as show:
        simulator.create(
            base.ready(),
            protocol.id,
            vault=base.vault(),
            seed=seed,
            now=base.now(),
            progress=show,
        )
    _mark(protocol).touch()


def _mark(protocol: Protocol) -> Path:
    """Name the file that says that a simulation was finished, as its commits cannot say so."""
    return base.settings().instance / f"simulated-{protocol.id}"


def _show_entrances(protocol: Protocol) -> None:
    with base.writing() as session:
        study = studies.find(session, protocol.id)
        passwords = _sign_ins(session, study)
        tokens = _links(session, study)
    address = base.settings().base_url
    click.echo(f"\nStaff and analysts: {address}/sign-in")
    for role in Role:
        email = _email(role, protocol.id)
        click.echo(f"  {role.value:8} {email:32} {passwords.get(email, '(set by its user)')}")
    click.echo("Patients whose questionnaire is open today:")
    for token in tokens:
        click.echo(f"  {address}/s/{token}")
    if not tokens:
        click.echo("  none; sign in as staff and enrol a participant")


def _email(role: Role, study: str) -> str:
    return f"{role.value}@{study}.example"


def _sign_ins(session: Session, study: Study) -> dict[str, str]:
    """Create one user per role where absent; return passwords by address, as far as known."""
    path = base.settings().instance / "sign-ins.txt"
    kept = _read(path)
    known = dict(kept)
    for role in Role:
        email = _email(role, study.code)
        password = kept.get(email) or people.make_password()
        try:
            people.add(session, email, f"Rehearsal {role.value}", password, role=role, study=study)
        except Conflict:
            continue
        known[email] = password
    if known != kept:
        _write(path, known)
    return known


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {email: password for email, password in (line.split() for line in lines)}


def _write(path: Path, passwords: Mapping[str, str]) -> None:
    text = "".join(f"{email} {password}\n" for email, password in passwords.items())
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _links(session: Session, study: Study) -> list[str]:
    waiting = worklist.waiting(session, study, sites=None, now=base.now())
    return [
        links.issue(session, task.visit, channel="screen", actor=ACTOR, now=base.now())[1]
        for task in worklist.tasks(session, waiting[:LINKS])
    ]
