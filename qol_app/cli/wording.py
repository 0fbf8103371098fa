"""Commands on wordings: a table to fill in with a licence holder's text, and taking it in."""

from __future__ import annotations

from pathlib import Path

import click

from qol_app.cli import base
from qol_app.cli.base import FILE, Commands
from qol_app.domain import actor as actors
from qol_app.domain.errors import InvalidInput
from qol_app.services import wordings
from qol_app.services.wordings import Candidate, Line, Plan, Source

wording = Commands("wording", help="The licence holders' texts of questionnaires.")


@wording.command("template")
@click.argument("instrument")
@click.argument("language")
@click.option("--version", help="Version of the instrument; without it, the newest.")
@click.option("--out", "target", type=FILE, required=True, help="A .csv or .xlsx file to write.")
def template(instrument: str, language: str, version: str | None, target: Path) -> None:
    """Write a table to fill in with the text of INSTRUMENT in LANGUAGE. Needs no database."""
    subject = wordings.subject(instrument, version, language)
    base.write_file(target, wordings.template(subject, target.suffix))
    base.note(f"fill in the column text of {target}; hints and names of scores may stay blank")


@wording.command("import")
@click.argument("file", type=FILE)
@click.option("--instrument", required=True, help="The instrument's id.")
@click.option("--version", help="Version of the instrument; without it, the newest.")
@click.option("--language", required=True, help="Language of the text, such as en or zh-Hans.")
@click.option("--licence-reference", required=True, help="The agreement with the licence holder.")
@click.option("--language-version", required=True, help="The holder's version of the translation.")
@click.option("--accept", is_flag=True, help="Store it; without this it is only shown.")
def import_file(
    file: Path,
    instrument: str,
    version: str | None,
    language: str,
    licence_reference: str,
    language_version: str,
    accept: bool,
) -> None:
    """Show a licence holder's text of an instrument beside our labels, or accept it."""
    source = Source(licence_reference=licence_reference, language_version=language_version)
    subject = wordings.subject(instrument, version, language)
    candidate = wordings.examine(subject, _content(file), file.suffix, source)
    if accept:
        with base.writing() as session:
            actor = actors.command("wording import")
            plan = wordings.accept(session, candidate, actor=actor, now=base.now())
        click.echo(_told(candidate, plan, "stored" if plan.is_new else "stored already"))
        return
    with base.ready().read() as session:
        plan = wordings.plan(session, candidate)
    for line in candidate.lines:
        click.echo(_beside(line))
    click.echo(_told(candidate, plan, "to be stored" if plan.is_new else "stored already"))
    if plan.is_new:
        base.note("nothing is stored yet; look at each text, then run this again with --accept")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput([f"{file}: {error.strerror}"]) from error


def _beside(line: Line) -> str:
    head = f"{line.kind} {line.key}".rstrip()
    mark = " (the same)" if line.label == line.text else ""
    return f"{head}\n  label: {line.label}\n  text:  {line.text}{mark}"


def _told(candidate: Candidate, plan: Plan, what: str) -> str:
    questionnaire, source = candidate.subject.questionnaire, candidate.source
    return (
        f"{what}: {questionnaire.id} {questionnaire.version}, {candidate.words.language}, "
        f"official wording {plan.number}, language version {source.language_version}, "
        f"licence reference {source.licence_reference}, hash {plan.hash}"
    )
