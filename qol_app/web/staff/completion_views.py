"""The completion page: what came of every expected form, by visit and by site, and the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from qol_app.domain.compliance import FormStatus
from qol_app.domain.missing import MissingReason
from qol_app.domain.roles import Permission
from qol_app.domain.study import Protocol
from qol_app.services import completion, studies
from qol_app.services.completion import Count, MainVisit
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.navigation import in_words
from qol_app.web.staff import instrument_titles, words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.missing_views import REASONS

BANDS = (
    ("received", (FormStatus.COMPLETE,)),
    ("partial", (FormStatus.PARTIAL,)),
    (
        "missed",
        (FormStatus.MISSED, FormStatus.DECLINED, FormStatus.TOO_ILL, FormStatus.TECHNICAL),
    ),
    ("died", (FormStatus.DEAD,)),
    ("ended", (FormStatus.WITHDRAWN, FormStatus.PRO_STOPPED)),
    ("open", (FormStatus.OPEN,)),
    ("not_due", (FormStatus.NOT_DUE,)),
)
"""The parts of a bar in their order; each form is in one."""

NO_LONGER = (FormStatus.DEAD, FormStatus.WITHDRAWN, FormStatus.PRO_STOPPED)
"""Why forms are no longer expected, in the order in which they are told."""

LEGEND = {
    "received": _l("Answered"),
    "partial": _l("Unfinished"),
    "missed": _l("Missing"),
    "died": _l("Died"),
    "ended": _l("Withdrew or stopped"),
    "open": _l("Can still be answered"),
    "not_due": _l("Not due yet"),
}


@dataclass(frozen=True, kw_only=True)
class Band:
    """One part of a bar; ``start`` and ``width`` are percent of it."""

    kind: str
    count: int
    start: float
    width: float


@dataclass(frozen=True, kw_only=True)
class CompletionRow:
    """One visit, or one site at one visit."""

    name: str
    enrolled: int
    expected: int
    received: int
    of_expected: str
    of_enrolled: str
    bands: tuple[Band, ...]
    missing: tuple[str, ...]
    """Reasons with their counts, the most frequent first."""
    ended: tuple[str, ...]
    """Deaths, withdrawals and stops with their counts."""


@dataclass(frozen=True, kw_only=True)
class ForecastWords:
    """The forecast in sentences, and what it rests on."""

    sentence: str
    basis: str
    width: str


@dataclass(frozen=True, kw_only=True)
class CompletionPage:
    """The page."""

    instruments: tuple[tuple[str, str], ...]
    instrument: str
    visits: tuple[CompletionRow, ...]
    sites: tuple[tuple[str, tuple[CompletionRow, ...]], ...]
    """By visit that has closed windows, its row of each site."""
    forecast: ForecastWords | None
    legend: tuple[tuple[str, str], ...]


@bp.get("/completion", endpoint="completion")
@requires(Permission.SEE_COMPLETION)
def show_completion() -> ResponseReturnValue:
    """Show what came of every expected form of one instrument."""
    protocol, session, now = studies.in_force(g.study), unit.reading(), unit.now()
    sites = guards.sites(Permission.SEE_COMPLETION)
    found = completion.counts(session, g.study, sites=sites, now=now)
    known = [use.id for use in protocol.instruments]
    wanted = request.args.get("instrument", "")
    chosen = wanted if wanted in known else protocol.analysis.main.instrument
    main = completion.main_visit(session, g.study, found) if sites is None else None
    page = CompletionPage(
        instruments=tuple(instrument_titles.of(protocol).items()),
        instrument=chosen,
        visits=_visits(protocol, found, chosen),
        sites=_sites(protocol, found, chosen),
        forecast=_forecast(protocol, main) if main else None,
        legend=tuple((kind, str(text)) for kind, text in LEGEND.items()),
    )
    return render_template("staff/completion.html", page=page)


def _visits(
    protocol: Protocol, found: Sequence[Count], instrument: str
) -> tuple[CompletionRow, ...]:
    names = {visit.code: in_words(visit.name) for visit in protocol.schedule.visits}
    return tuple(
        _row(names.get(each.visit, each.visit), each)
        for each in found
        if each.instrument == instrument and each.site is None
    )


def _sites(
    protocol: Protocol, found: Sequence[Count], instrument: str
) -> tuple[tuple[str, tuple[CompletionRow, ...]], ...]:
    """Return the sites of each visit at which anything was expected or has ended."""
    by_visit: dict[str, list[CompletionRow]] = {}
    for each in found:
        if each.instrument != instrument or each.site is None or not each.enrolled:
            continue
        if each.expected or each.ended:
            name = in_words(protocol.site(each.site).name)
            by_visit.setdefault(each.visit, []).append(_row(name, each))
    known = {visit.code: in_words(visit.name) for visit in protocol.schedule.visits}
    several = {code: rows for code, rows in by_visit.items() if len(rows) > 1}
    return tuple((known.get(code, code), tuple(rows)) for code, rows in several.items())


def _row(name: str, count: Count) -> CompletionRow:
    return CompletionRow(
        name=name,
        enrolled=count.enrolled,
        expected=count.expected,
        received=count.received,
        of_expected=_share(count.received, count.expected),
        of_enrolled=_share(count.received, count.enrolled),
        bands=_bands(count),
        missing=_reasons(count),
        ended=tuple(
            f"{words.STATUSES[status]} {count.statuses[status]}"
            for status in NO_LONGER
            if count.statuses[status]
        ),
    )


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({100 * part / whole:.0f}%)" if whole else "–"


def _bands(count: Count) -> tuple[Band, ...]:
    made, start = [], 0.0
    for kind, statuses in BANDS:
        number = sum(count.statuses[status] for status in statuses)
        if number:
            width = 100 * number / count.enrolled
            made.append(Band(kind=kind, count=number, start=start, width=width))
            start += width
    return tuple(made)


def _reasons(count: Count) -> tuple[str, ...]:
    unsaid = str(_("no reason given"))
    return tuple(
        f"{_reason(word) or unsaid} {number}" for word, number in count.reasons.most_common()
    )


def _reason(word: str) -> str:
    """Return a reason in words; one that an import brought in its own words stays as it is."""
    return str(REASONS[MissingReason(word)]) if word in list(MissingReason) else word


def _forecast(protocol: Protocol, main: MainVisit) -> ForecastWords:
    made = main.forecast
    name = {visit.code: in_words(visit.name) for visit in protocol.schedule.visits}
    sentence = ngettext(
        "If forms go on coming as they have, %(visit)s will have about %(num)s usable form",
        "If forms go on coming as they have, %(visit)s will have about %(num)s usable forms",
        round(made.expected),
        visit=name[main.visit],
    )
    basis = _(
        "%(sentence)s (%(low)s to %(high)s): %(received)s have come, %(awaited)s are to come.",
        sentence=sentence,
        low=round(made.low),
        high=round(made.high),
        received=made.received,
        awaited=made.awaited,
    )
    rate = _(
        "The rate is that of %(visit)s: %(received)s of %(closed)s received among all who should "
        "have come, with its 95%% Wilson interval. Losses after that visit are not in it.",
        visit=name[made.basis],
        received=made.basis_received,
        closed=made.basis_closed,
    )
    width = ""
    if main.half_width is not None:
        width = _(
            "With a standard deviation of %(sd).1f points so far, the 95%% interval of a "
            "difference of two equal groups would be about ±%(width).1f points.",
            sd=main.sd,
            width=main.half_width,
        )
    return ForecastWords(sentence=basis, basis=rate, width=width)
