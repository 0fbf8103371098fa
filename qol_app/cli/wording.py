"""Commands on wordings: a table to fill in with a licence holder's text."""

from __future__ import annotations

from pathlib import Path

import click

from qol_app.cli import base
from qol_app.cli.base import FILE, Commands
from qol_app.domain.errors import InvalidInput
from qol_app.services import wordings

wording = Commands("wording", help="The licence holders' texts of questionnaires.")


@wording.command("template")
@click.argument("instrument")
@click.argument("language")
@click.option("--version", help="Version of the instrument; without it, the newest.")
@click.option("--out", "target", type=FILE, required=True, help="A .csv or .xlsx file to write.")
def template(instrument: str, language: str, version: str | None, target: Path) -> None:
    """Write a table to fill in with the text of INSTRUMENT in LANGUAGE. Needs no database."""
    subject = wordings.subject(instrument, version, language)
    content = wordings.template(subject, target.suffix)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise InvalidInput([f"{target}: {error.strerror}"]) from error
    base.note(f"fill in the column text of {target}; leave hints and scales blank to skip them")
