"""What is known about a questionnaire beyond its scoring, and giving it out. Needs no database."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import click

from qol_app.cli import base
from qol_app.cli.base import FILE, Commands
from qol_app.domain.errors import NotFound
from qol_app.services import wordings
from questionnaires import QuestionnaireUnknown, load
from questionnaires.model import Questionnaire
from questionnaires.thresholds import Points, Side, Threshold, thresholds

COLUMNS = ("scale", "kind", "points", "step", "confidence", "short", "population", "source")
SIGNS = {
    (Side.BELOW, False): "<",
    (Side.BELOW, True): "<=",
    (Side.ABOVE, False): ">",
    (Side.ABOVE, True): ">=",
}

questionnaire = Commands("questionnaire", help="The questionnaires.")


@questionnaire.command("thresholds")
@click.argument("instrument")
@click.option("--version", help="Version of the instrument; without it, the newest.")
def show_thresholds(instrument: str, version: str | None) -> None:
    """List the published thresholds of INSTRUMENT, scale by scale, and each scale's step."""
    try:
        form = load(instrument, version)
        found = thresholds(instrument)
    except QuestionnaireUnknown as error:
        raise NotFound(str(error)) from error
    rows = [row for code in _codes(form) for row in _rows(form, code, found)]
    if not rows:
        click.echo(f"no published thresholds are kept for {form.id} {form.version}")
        return
    _print([COLUMNS, *rows])


@questionnaire.command("export")
@click.argument("instrument")
@click.option(
    "--format",
    type=click.Choice(["fhir"]),
    required=True,
    expose_value=False,  # one format so far
    help="FHIR R4, as JSON.",
)
@click.option("--version", help="Version of the instrument; without it, the newest.")
@click.option("--language", required=True, help="Language of its words, such as en or zh-Hans.")
@click.option("--out", "target", type=FILE, required=True, help="The file to write.")
def export(instrument: str, version: str | None, language: str, target: Path) -> None:
    """Write INSTRUMENT with our own words for other systems. Needs no database."""
    base.write_file(target, wordings.fhir_file(wordings.subject(instrument, version, language)))


def _codes(form: Questionnaire) -> list[str]:
    return [scale.code for scale in form.scales]


def _rows(form: Questionnaire, code: str, found: Sequence[Threshold]) -> list[tuple[str, ...]]:
    own = [each for each in found if code in each.scales and form.version in each.versions]
    step = _step(form, code) if own else ""
    return [
        (
            code,
            " ".join(filter(None, (each.kind, each.comparison))),
            _numbers(each),
            step,
            each.confidence,
            " ".join((each.short["en"], *each.options.values())),
            each.population["en"],
            _source(each),
        )
        for each in own
    ]


def _step(form: Questionnaire, code: str) -> str:
    # Imported here because it imports pandas, which would slow down every other command.
    from scoring.steps import attainable_scores, is_even, smallest_step

    scores = attainable_scores(form, code)
    step = None if scores is None else smallest_step(scores)
    if scores is None or step is None:
        return "none"
    return _number(step) if is_even(scores) else f"{_number(step)}, uneven"


def _numbers(each: Threshold) -> str:
    if each.value is not None and each.side is not None:
        text = f"{SIGNS[each.side, each.inclusive]} {_number(each.value)}"
    elif each.improvement == each.deterioration and each.improvement is not None:
        text = _span(each.improvement)
    else:
        changes = (("better", each.improvement), ("worse", each.deterioration))
        text = ", ".join(f"{word} {_span(span)}" for word, span in changes if span is not None)
    return f"{text} ({each.meaning['en']})" if each.meaning else text


def _source(each: Threshold) -> str:
    return "; ".join(words["en"] for words in (each.source, each.note) if words)


def _span(span: Points) -> str:
    if span.high is None:
        return f"> {_number(span.low)}"
    if span.low == span.high:
        return _number(span.low)
    return f"{_number(span.low)} to {_number(span.high)}"


def _number(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def _print(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
