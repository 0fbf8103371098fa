"""Score a study anew: first what would change, then, if told why, the change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from qol_app.cli import base
from qol_app.cli.base import Commands
from qol_app.domain import actor as actors
from qol_app.domain.errors import InvalidInput
from qol_app.services import studies

if TYPE_CHECKING:
    from qol_app.services.rescoring import Difference, Preview

stored_scores = Commands("scores", help="The stored scores of a study.")
SHOWN = 20
"""Differences that are listed; the rest is counted."""


@stored_scores.command("rescore")
@click.argument("study")
@click.option("--apply", "reason", metavar="REASON", help="Store the new scores, for this reason.")
def rescore(study: str, reason: str | None) -> None:
    """Score all forms of STUDY anew and show what changes; nothing is stored without --apply.

    Old scores are kept as revisions beside the new ones.
    """
    from qol_app.services import rescoring  # imports pandas, which would slow other commands

    with base.ready().read() as session:
        found = rescoring.preview(session, studies.find(session, study))
    _show(found)
    if reason is None:
        return
    if not reason.strip():
        raise InvalidInput(["--apply: say why, e.g. --apply 'linear 1.1.0'"])
    with base.writing() as session:
        done = rescoring.apply(
            session,
            studies.find(session, study),
            actor=actors.command("scores rescore"),
            now=base.now(),
            reason=reason,
        )
    click.echo(f"stored: {done.scored} forms scored anew, {done.unchanged} unchanged")


def _show(found: Preview) -> None:
    changed = {(one.participant, one.visit, one.instrument) for one in found.differences}
    click.echo(
        f"{found.forms} forms, {found.scores} scores: {len(found.differences)} scores of "
        f"{len(changed)} forms change; of {found.remarked} more forms only the remarks change"
    )
    for instrument, scale, count, largest in _by_scale(found.differences):
        click.echo(f"  {instrument} {scale}: {count} change, by at most {largest}")
    for one in found.differences[:SHOWN]:
        click.echo(
            f"  {one.participant} {one.visit} {one.instrument} {one.scale}: "
            f"{_number(one.before)} -> {_number(one.after)}"
        )
    if len(found.differences) > SHOWN:
        click.echo(f"  and {len(found.differences) - SHOWN} more")
    for line in found.failing:
        click.echo(f"  cannot be scored: {line}")


def _by_scale(differences: Sequence[Difference]) -> list[tuple[str, str, int, str]]:
    groups: dict[tuple[str, str], list[Difference]] = {}
    for one in differences:
        groups.setdefault((one.instrument, one.scale), []).append(one)
    return [
        (instrument, scale, len(group), _largest(group))
        for (instrument, scale), group in sorted(groups.items())
    ]


def _largest(group: Sequence[Difference]) -> str:
    moved = [
        abs(one.after - one.before)
        for one in group
        if one.before is not None and one.after is not None
    ]
    came_or_went = len(group) - len(moved)
    parts = [f"{max(moved):.6g}"] if moved else []
    parts += [f"{came_or_went} between missing and a score"] if came_or_went else []
    return "; ".join(parts)


def _number(value: float | None) -> str:
    return "missing" if value is None else f"{value:.6g}"
