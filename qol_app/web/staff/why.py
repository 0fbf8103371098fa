"""What the page of one score's reasons shows, and the same as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import g, url_for

from qol_app.db.models import Score, Visit
from qol_app.domain.answers import UNSAID, ItemState
from qol_app.domain.study import Protocol
from qol_app.web.navigation import in_words
from qol_app.web.staff import score_words, words
from scoring.reasons import Part, PartKind

if TYPE_CHECKING:
    from qol_app.services.score_reasons import ScoreReasons


@dataclass(frozen=True, kw_only=True)
class PartRow:
    """One thing that went into the score."""

    code: str
    name: str
    given: str
    """The answer in words or what was said instead of one, or another scale's score."""
    used: str
    is_text: bool
    """Whether ``name`` is wording, in the language of the form."""


@dataclass(frozen=True, kw_only=True)
class EarlierRow:
    """A score that stood before the answers or the scoring changed."""

    revision: int
    score: str
    answered: int
    expected: int
    scored_at: str
    module: str


@dataclass(frozen=True, kw_only=True)
class WhyPage:
    """Why a score is what it is."""

    number: str
    visit: str
    back_url: str
    title: str
    scale: str
    score: str
    low: str
    high: str
    answered: int
    expected: int
    parts: tuple[PartRow, ...]
    steps: tuple[str, ...]
    flags: tuple[str, ...]
    stored: str
    """What is stored where that differs; empty where it does not."""
    is_scored: bool
    earlier: tuple[EarlierRow, ...]
    facts: tuple[tuple[str, str], ...]
    """Module, version, hash and options: name and value as they stand in files."""
    sources: tuple[str, ...]
    data_url: str


def why_page(protocol: Protocol, visit: Visit, found: ScoreReasons) -> WhyPage:
    """Return what the page shows."""
    explained, number = found.explanation, visit.participant.number
    where = {"study": g.study.code, "number": number, "visit": visit.code}
    is_other = found.stored is not None and not found.is_stored
    return WhyPage(
        number=number,
        visit=in_words(protocol.visit(visit.code).name),
        back_url=url_for("staff.answers", **where) + f"#form-{found.instrument}",
        title=found.title,
        scale=found.scale_name,
        score=score_words.number(explained.score),
        low=score_words.number(explained.scale.low),
        high=score_words.number(explained.scale.high),
        answered=explained.answered,
        expected=explained.expected,
        parts=tuple(_part(part, found) for part in explained.reasons.parts),
        steps=tuple(score_words.step(step) for step in explained.reasons.steps),
        flags=tuple(score_words.flag(flag.value) for flag in explained.flags),
        stored=score_words.number(found.stored.value) if is_other and found.stored else "",
        is_scored=found.stored is not None,
        earlier=tuple(_earlier(score, visit) for score in found.earlier),
        facts=_facts(found),
        sources=found.sources,
        data_url=url_for(
            "staff.why_data", **where, instrument=found.instrument, scale=explained.scale.code
        ),
    )


def _earlier(score: Score, visit: Visit) -> EarlierRow:
    zone = ZoneInfo(visit.participant.site.timezone)
    return EarlierRow(
        revision=score.revision,
        score=score_words.number(score.value),
        answered=score.items_answered,
        expected=score.items_expected,
        scored_at=words.moment(score.scored_at, zone),
        module=f"{score.module} {score.module_version}",
    )


def _part(part: Part, found: ScoreReasons) -> PartRow:
    names = {PartKind.ITEM: found.questions, PartKind.SCALE: found.scale_names}.get(part.kind, {})
    given = score_words.number(part.given)
    if part.kind is PartKind.ITEM:
        given = _answer(part.code, found)
    return PartRow(
        code=part.code,
        name=names.get(part.code, part.code),
        given="" if part.kind is PartKind.TERM else given,
        used=score_words.not_counted() if part.used is None else score_words.number(part.used),
        is_text=part.kind is not PartKind.TERM,
    )


def _answer(item: str, found: ScoreReasons) -> str:
    state = found.states.get(item, ItemState.NEVER_SEEN)
    if state in UNSAID:
        return "–"
    return found.answers[item] if state is ItemState.ANSWERED else str(words.ITEMS[state])


def _facts(found: ScoreReasons) -> tuple[tuple[str, str], ...]:
    module = found.explanation.module
    chosen = {
        name: value
        for name, value in found.explanation.options.items()
        if isinstance(value, str | int | float | bool) and name != "formula"
    }
    return (
        ("instrument", f"{found.instrument} {found.version}"),
        ("module", f"{module.id} {module.version} ({module.origin})"),
        *((name, str(value)) for name, value in sorted(chosen.items())),
        ("form_hash", found.form_hash),
    )


def why_data(visit: Visit, found: ScoreReasons) -> dict[str, Any]:
    """Return the reasons as plain data, for other programs."""
    explained = found.explanation
    return {
        "participant": visit.participant.number,
        "visit": visit.code,
        "instrument": found.instrument,
        "version": found.version,
        "form_hash": found.form_hash,
        "scale": explained.scale.code,
        "score": explained.score,
        "stored": None if found.stored is None else found.stored.value,
        "earlier": [
            {
                "revision": score.revision,
                "score": score.value,
                "scored_at": score.scored_at.isoformat(),
            }
            for score in found.earlier
        ],
        "items_answered": explained.answered,
        "items_expected": explained.expected,
        "items_imputed": explained.imputed,
        "flags": [flag.value for flag in explained.flags],
        "module": explained.module.id,
        "module_version": explained.module.version,
        "options": dict(explained.options),
        "parts": [
            {
                "kind": part.kind.value,
                "code": part.code,
                "given": part.given,
                "used": part.used,
                "state": found.states.get(part.code) if part.kind is PartKind.ITEM else None,
            }
            for part in explained.reasons.parts
        ],
        "steps": [
            {"kind": step.kind.value, **step.values, **({"text": step.text} if step.text else {})}
            for step in explained.reasons.steps
        ],
    }
