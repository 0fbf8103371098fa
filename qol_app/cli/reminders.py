"""Commands on reminders: plan them, send what is due, or print beforehand what would happen.

A dry run judges by the same function as planning and sending, and prints no address.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

import click
from flask import current_app
from sqlalchemy.orm import Session

from qol_app.cli import base
from qol_app.cli.base import Commands
from qol_app.db.models import Study
from qol_app.domain import actor as actors
from qol_app.domain.recipients import Verdict
from qol_app.services import reminders as service
from qol_app.services import studies
from qol_app.services.reminders import OpenVisit

reminders = Commands("reminders", help="Messages that participants get without staff asking.")

COLUMNS = ("participant", "visit", "message", "channel", "language", "when", "why not")
_dry_run = click.option("--dry-run", is_flag=True, help="Print what would happen; store nothing.")


@reminders.command("plan")
@click.argument("study")
@_dry_run
def plan(study: str, dry_run: bool) -> None:
    """Put what the reminders of STUDY want until tomorrow into the outbox."""
    if dry_run:
        with base.ready().read() as session:
            _table(_outlook(session, studies.find(session, study)))
        return
    with base.writing() as session:
        count = service.plan(
            session,
            studies.find(session, study),
            ways=_ways(),
            actor=actors.command("reminders plan"),
            now=base.now(),
        )
    click.echo(f"{count} messages planned")


@reminders.command("send")
@click.argument("study")
@_dry_run
def send(study: str, dry_run: bool) -> None:
    """Send the messages of STUDY that are due."""
    now = base.now()
    with base.ready().read() as session:
        of = studies.find(session, study)
        due = list(service.waiting(session, of, ways=_ways(), now=now))
        if dry_run:
            _table(
                _line(visit, f"{message.kind} {message.number}", judged, now)
                for message, visit, judged in due
            )
            return
    tasks = current_app.extensions["queue"].tasks
    for message, _visit, _judged in due:
        tasks.send_message(message.id)
    click.echo(f"{len(due)} messages were due; see the worklist for those that did not go out")


def _ways() -> frozenset[str]:
    return cast(frozenset[str], current_app.extensions["queue"].tasks.ways)


def _outlook(session: Session, study: Study) -> Iterable[tuple[str, ...]]:
    for each in service.outlook(session, study, ways=_ways(), now=base.now(), everyone=True):
        what = f"{each.step.kind.value} {each.step.number}" if each.step else ""
        yield _line(each.visit, what, each.verdict, each.due_at)


def _line(visit: OpenVisit, what: str, judged: Verdict, due_at: datetime) -> tuple[str, ...]:
    participant = visit.participant
    who = (participant.number, visit.code, what or "none")
    if judged.channel is None:
        return (*who, "", participant.language, "", str(judged.reason))
    if not what:
        return (*who, "", participant.language, "", "nothing is due until tomorrow")
    at = due_at.astimezone(ZoneInfo(participant.site.timezone))
    return (*who, judged.channel.value, participant.language, f"{at:%Y-%m-%d %H:%M}", "")


def _table(lines: Iterable[tuple[str, ...]]) -> None:
    click.echo("\t".join(COLUMNS))
    for line in lines:
        click.echo("\t".join(line))
