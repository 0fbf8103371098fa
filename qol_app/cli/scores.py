"""Score a file of answers, and list the scoring modules: both without any database."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
from flask.cli import with_appcontext

from qol_app.cli.base import FILE, Command, Commands, note, progress
from qol_app.domain.errors import InvalidInput, NotFound
from questionnaires import QuestionnaireUnknown, load

if TYPE_CHECKING:
    from scoring import BadCell

MOST_SHOWN = 50

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
@click.option("--encoding", help="Encoding of IN.csv, e.g. gb18030; without it, UTF-8.")
@click.option("--lenient", is_flag=True, help="Take bad cells as missing, and list them.")
@click.option(
    "--problems", "listed", metavar="FILE", type=FILE, help="With --lenient: a CSV of bad cells."
)
@with_appcontext
def score(
    instrument: str,
    source: Path,
    target: Path,
    version: str | None,
    pairs: tuple[str, ...],
    encoding: str | None,
    lenient: bool,
    listed: Path | None,
) -> None:
    """Add the scores of INSTRUMENT to a CSV file whose columns are named by item.

    Columns that are no items are kept. Needs no database. A cell that its item does not allow
    refuses the file, or with --lenient is missing and listed.
    """
    # Imported here because it imports pandas, which would slow down every other command.
    from scoring import score_file

    _refuse_list(listed, lenient=lenient, others=(source, target))
    options = _options(pairs)
    with _told_plainly(target), _bad_cells(listed) as bad, _bar() as show:
        count = score_file(
            load(instrument, version),
            source,
            target,
            options,
            encoding=encoding,
            on_bad_cell=bad.take if lenient else None,
            progress=show,
        )
    bad.tell(listed)
    click.echo(f"{count} forms scored into {target}")


class _BadCells:
    """Lists bad cells: all of them in a file, or the first fifty on the standard error."""

    def __init__(self, file: TextIO | None) -> None:
        self._writer = csv.writer(file, lineterminator="\n") if file else None
        self._first: list[str] = []
        self._count = 0
        if self._writer:
            self._writer.writerow(["line", "column", "item", "value", "allowed"])

    def take(self, cell: BadCell) -> None:
        """Note one cell."""
        self._count += 1
        if self._writer:
            self._writer.writerow([cell.line, cell.column, cell.item, cell.text, cell.allowed])
        elif len(self._first) < MOST_SHOWN:
            self._first.append(str(cell))

    def tell(self, listed: Path | None) -> None:
        """Say what was taken as missing."""
        for line in self._first:
            note(line)
        more = self._count - len(self._first)
        if more and not listed:
            note(f"and {more} more; --problems FILE lists all of them")
        where = f", in {listed}" if listed else ""
        if self._count:
            note(f"bad cells taken as missing: {self._count}{where}")


@contextmanager
def _bad_cells(listed: Path | None) -> Iterator[_BadCells]:
    from scoring import written_whole

    if listed is None:
        yield _BadCells(None)
        return
    with written_whole(listed) as file:
        yield _BadCells(file)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None] | None]:
    """Show how far scoring is, where somebody is watching."""
    if not sys.stderr.isatty():
        yield None
        return
    with progress("scoring") as show:
        yield show


@contextmanager
def _told_plainly(target: Path) -> Iterator[None]:
    """Turn what is expected to fail into the application's own failures."""
    from scoring import (
        ModuleFailed,
        ModuleUnknown,
        OptionUnknown,
        ScaleInvalid,
        ScoreFileInvalid,
    )

    try:
        yield
    except QuestionnaireUnknown as error:
        raise NotFound(str(error)) from error
    except ScoreFileInvalid as error:
        raise InvalidInput(error.problems) from error
    except (OptionUnknown, ModuleUnknown, ModuleFailed, ScaleInvalid) as error:
        raise InvalidInput([str(error)]) from error
    except OSError as error:
        place = error.filename2 or error.filename or target
        raise InvalidInput([f"{place}: {error.strerror}"]) from error


def _refuse_list(listed: Path | None, *, lenient: bool, others: tuple[Path, Path]) -> None:
    if listed and not lenient:
        raise InvalidInput(["--problems: goes with --lenient"])
    if listed in others:
        raise InvalidInput([f"--problems {listed}: name a file of its own"])


def _options(pairs: tuple[str, ...]) -> dict[str, str]:
    bad = [f"--option {pair}: write KEY=VALUE" for pair in pairs if "=" not in pair]
    if bad:
        raise InvalidInput(bad)
    return {key: value for key, _, value in (pair.partition("=") for pair in pairs)}
