"""When a form meets an alert rule. A missing answer or score never does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from qol_app.domain.study import AlertRule, Since
from questionnaires.model import Value

TOLERANCE = 1e-6
"""Scores that differ by less are equal."""

Cause = dict[str, Any]
"""What met a rule, as plain JSON: ``item`` or ``scale``, its ``value``, the condition by its name
and, for a change, the score ``before``."""


def item_cause(rule: AlertRule, answers: Mapping[str, Value]) -> Cause | None:
    """Return what meets a rule about an item, or None.

    Args:
        rule: The rule; one about a scale is never met here.
        answers: The answers that count, by item id.
    """
    value = None if rule.item is None else answers.get(rule.item)
    if value is None or not _met_by_answer(rule, value):
        return None
    return {"item": rule.item, "value": value, rule.condition: _condition(rule)}


def _met_by_answer(rule: AlertRule, value: Value) -> bool:
    if rule.any_of is not None:
        chosen: Sequence[object] = value if isinstance(value, list) else [value]
        return any(code in rule.any_of for code in chosen)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return _within_limits(rule, value)


def score_cause(
    rule: AlertRule, value: float | None, earlier: Sequence[float | None] = ()
) -> Cause | None:
    """Return what meets a rule about a scale, or None.

    Args:
        rule: The rule; one about an item is never met here.
        value: The score now; None where there is none.
        earlier: The scores of the earlier visits in their order, the baseline's first; None for
            a visit without one.
    """
    if rule.scale is None or value is None:
        return None
    cause: Cause = {"scale": rule.scale, "value": value, rule.condition: _condition(rule)}
    if rule.drop_of is None and rule.rise_of is None:
        return cause if _within_limits(rule, value) else None
    before = _before(rule.since, earlier)
    if before is None or not _changed_enough(rule, value - before):
        return None
    return {**cause, "before": before}


def compared_with(since: Since, earlier: Sequence[float | None]) -> int | None:
    """Return the place among earlier visits of the one a change is counted from, or None."""
    if since is Since.BASELINE:
        return 0 if earlier and earlier[0] is not None else None
    scored = [place for place, score in enumerate(earlier) if score is not None]
    return scored[-1] if scored else None


def _before(since: Since, earlier: Sequence[float | None]) -> float | None:
    place = compared_with(since, earlier)
    return None if place is None else earlier[place]


def _changed_enough(rule: AlertRule, change: float) -> bool:
    if rule.drop_of is not None:
        return -change >= rule.drop_of - TOLERANCE
    return rule.rise_of is not None and change >= rule.rise_of - TOLERANCE


def _within_limits(rule: AlertRule, value: float) -> bool:
    if rule.at_least is not None:
        return value >= rule.at_least - TOLERANCE
    return rule.at_most is not None and value <= rule.at_most + TOLERANCE


def _condition(rule: AlertRule) -> object:
    condition = getattr(rule, rule.condition)
    return list(condition) if isinstance(condition, tuple) else condition


def waits_too_long(raised_at: datetime, *, hours: int, now: datetime) -> bool:
    """Tell whether an alert raised then should have been acknowledged by now."""
    return now - raised_at >= timedelta(hours=hours)
