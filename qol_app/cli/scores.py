"""Score a file of answers, and list the scoring modules: both without any database."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from qol_app.cli.base import FILE, Command, Commands
from qol_app.domain.errors import InvalidInput, NotFound
from questionnaires import QuestionnaireUnknown, load

scoring = Commands("scoring", help="The scoring modules.")


@scoring.command("list")
def list_modules() -> None:
    """List the scoring modules with version and origin, then the plug-ins that were skipped."""
    # Imported here because it imports pandas, which would slow down every other command.
    from scoring import modules, problems

    rows = [("module", "version", "origin")]
    rows += [(module.id, module.version, module.origin) for module in modules()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, version, origin in rows:
        click.echo(f"{name:{widths[0]}}  {version:{widths[1]}}  {origin}")
    skipped = problems()
    if skipped:
        click.echo("\nskipped:")
    for origin, why in skipped:
        click.echo(f"{origin}: {why}")


@click.command("score", cls=Command)
@click.argument("instrument")
@click.argument("source", metavar="IN.csv", type=FILE)
@click.option("--out", "target", metavar="OUT.csv", type=FILE, required=True)
@click.option("--version", help="Version of the instrument; without it, the newest.")
@click.option("--option", "pairs", metavar="KEY=VALUE", multiple=True, help="Option of a scale.")
@with_appcontext
def score(
    instrument: str, source: Path, target: Path, version: str | None, pairs: tuple[str, ...]
) -> None:
    """Add the scores of INSTRUMENT to a CSV file whose columns are named by item.

    Columns that are no items are kept. Needs no database.
    """
    # Imported here because it imports pandas, which would slow down every other command.
    from scoring import OptionUnknown, ScoreFileInvalid, score_file

    try:
        questionnaire = load(instrument, version)
        count = score_file(questionnaire, source, target, _options(pairs))
    except QuestionnaireUnknown as error:
        raise NotFound(str(error)) from error
    except ScoreFileInvalid as error:
        raise InvalidInput(error.problems) from error
    except OptionUnknown as error:
        raise InvalidInput([str(error)]) from error
    except OSError as error:
        raise InvalidInput([f"{target}: {error.strerror}"]) from error
    click.echo(f"{count} forms scored into {target}")


def _options(pairs: tuple[str, ...]) -> dict[str, str]:
    bad = [f"--option {pair}: write KEY=VALUE" for pair in pairs if "=" not in pair]
    if bad:
        raise InvalidInput(bad)
    return {key: value for key, _, value in (pair.partition("=") for pair in pairs)}
