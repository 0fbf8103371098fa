"""What the page of a visit's answers shows, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import g, url_for

from qol_app.db.models import Query, Response, Visit
from qol_app.domain.answers import ItemState
from qol_app.domain.helpers import Helper
from qol_app.domain.roles import Permission
from qol_app.domain.study import Protocol
from qol_app.services import scans
from qol_app.services.answers_view import CorrectionView, FormView, ItemView, ScoreView
from qol_app.web import guards, unit
from qol_app.web.navigation import in_words
from qol_app.web.staff import query_views, words
from qol_app.web.staff.lists import form_url, participant_url
from qol_app.web.staff.query_views import QueryRow
from qol_app.web.staff.scan_rows import ScanRow, scan_rows


@dataclass(frozen=True, kw_only=True)
class CorrectionRow:
    """What stood before a correction, and who put what in its place, when and why."""

    old: str
    new: str
    who: str
    at: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """One item; ``answer`` is empty unless it was answered, and ``state`` says why then."""

    id: str
    question: str
    answer: str
    state: str
    at: str
    is_hidden: bool
    corrections: tuple[CorrectionRow, ...]
    correct_url: str
    """Empty for a form that was not sent, and for who may not correct."""


@dataclass(frozen=True, kw_only=True)
class ScoreRow:
    """One score; ``value`` is empty where too few items were answered."""

    name: str
    why_url: str
    remarks: tuple[str, ...]
    value: str
    answered: int
    expected: int
    module: str


@dataclass(frozen=True, kw_only=True)
class FormSection:
    """One form with its answers and scores."""

    id: str
    title: str
    language: str
    language_name: str
    answered_on: str
    source: str
    """Where it was keyed from, in a sentence; empty where nobody keyed it."""
    helper: str
    """Who helped, in a sentence; empty where the patient did not say."""
    is_started: bool
    problem: str
    ask_url: str
    """Empty for who may not raise queries."""
    queries: tuple[QueryRow, ...]
    scans: tuple[ScanRow, ...]
    rows: tuple[AnswerRow, ...]
    scores: tuple[ScoreRow, ...]


@dataclass(frozen=True, kw_only=True)
class AnswersPage:
    """All forms of one visit."""

    number: str
    participant_url: str
    visit: str
    forms: tuple[FormSection, ...]


def answers_page(
    protocol: Protocol, visit: Visit, forms: Sequence[FormView], asked: Sequence[Query]
) -> AnswersPage:
    """Return what the page shows; moments are by the site's clock."""
    participant = visit.participant
    zone = ZoneInfo(participant.site.timezone)
    return AnswersPage(
        number=participant.number,
        participant_url=participant_url("staff.participant", participant.number),
        visit=in_words(protocol.visit(visit.code).name),
        forms=tuple(_section(visit, form, zone, _about(form.response, asked)) for form in forms),
    )


def _about(response: Response, asked: Sequence[Query]) -> tuple[QueryRow, ...]:
    return tuple(query_views.row(each) for each in asked if each.response_id == response.id)


def _section(
    visit: Visit, form: FormView, zone: ZoneInfo, asked: tuple[QueryRow, ...]
) -> FormSection:
    response = form.response
    return FormSection(
        id=response.instrument_id,
        title=form.title,
        language=form.language,
        language_name=words.language_name(form.language),
        answered_on=words.day(response.answered_on) if response.answered_on else "",
        source=str(words.SOURCES[response.mode]) if response.mode in words.SOURCES else "",
        helper=str(words.HELPERS[Helper(response.helper)]) if response.helper else "",
        is_started=response.started_at is not None,
        problem=response.scoring_problem or "",
        ask_url=query_views.ask_url(response),
        queries=asked,
        scans=scan_rows(visit, scans.of_form(unit.session(), response)),
        rows=tuple(_row(item, response, zone) for item in form.items),
        scores=tuple(_score(visit, form, score) for score in form.scores),
    )


def _row(item: ItemView, response: Response, zone: ZoneInfo) -> AnswerRow:
    may_correct = response.submitted_at is not None and guards.holds(Permission.CORRECT_ANSWERS)
    return AnswerRow(
        id=item.id,
        question=item.question,
        answer=item.answer,
        state="" if item.state is ItemState.ANSWERED else str(words.ITEMS[item.state]),
        at=words.moment(item.answered_at, zone) if item.answered_at else "",
        is_hidden=item.is_hidden,
        corrections=tuple(_correction(each, zone) for each in item.corrections),
        correct_url=form_url("staff.correction", response, item=item.id) if may_correct else "",
    )


def _correction(each: CorrectionView, zone: ZoneInfo) -> CorrectionRow:
    return CorrectionRow(
        old=each.old or str(words.ITEMS[each.old_state]),
        new=each.new or str(words.ITEMS[each.new_state]),
        who=each.by,
        at=words.moment(each.at, zone),
        reason=each.reason,
    )


def _score(visit: Visit, form: FormView, score: ScoreView) -> ScoreRow:
    return ScoreRow(
        name=score.name,
        why_url=url_for(
            "staff.why",
            study=g.study.code,
            number=visit.participant.number,
            visit=visit.code,
            instrument=form.response.instrument_id,
            scale=score.scale,
        ),
        remarks=tuple(str(words.REMARKS[flag]) for flag in score.flags),
        value="" if score.value is None else f"{score.value:.{_decimals(score)}f}",
        answered=score.items_answered,
        expected=score.items_expected,
        module=f"{score.module} {score.module_version}",
    )


def _decimals(score: ScoreView) -> int:
    """Return the digits after the point that a scale of this width needs."""
    width = score.high - score.low
    return 3 if width <= 10 else 1 if width <= 1000 else 0
