"""What met an alert rule, in words: the question and its answer, or the score and its change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from qol_app.db.models import Alert
from qol_app.domain.study import CHANGES, ITEM_CONDITIONS
from qol_app.services import answers_view, forms, participants, studies
from qol_app.web import unit
from qol_app.web.locale import language
from qol_app.web.navigation import in_words
from questionnaires.model import AnswerType, Item, Value, Wording


@dataclass(frozen=True, kw_only=True)
class CauseWords:
    """One cause as staff read it."""

    subject: str
    """The question, or the name of the score."""
    value: str
    """What met the rule, with what it is compared with."""
    stands: str
    """What the form says now."""
    condition: str
    """When the rule is met."""


def of(alert: Alert, standing: Value) -> CauseWords:
    """Return what met the rule, and what ``standing`` there is now."""
    spoken = participants.spoken_in(alert.participant, language())
    shown = forms.wording(unit.session(), alert.response.form_version, spoken)
    if "item" in alert.cause:
        return _of_item(alert, standing, shown)
    return _of_scale(alert, standing, shown)


def _of_item(alert: Alert, standing: Value, shown: Wording) -> CauseWords:
    cause = alert.cause
    item = forms.questionnaire(alert.response.form_version).item(cause["item"])
    return CauseWords(
        subject=shown.questions[item.id],
        value=answers_view.answer_words(item, cause["value"], shown),
        stands=answers_view.answer_words(item, standing, shown) or str(_("No answer")),
        condition=_item_condition(cause, item, shown),
    )


def _item_condition(cause: Mapping[str, Any], item: Item, shown: Wording) -> str:
    name = next(name for name in ITEM_CONDITIONS if name in cause)
    limits = cause[name] if isinstance(cause[name], list) else [cause[name]]
    said = [_code_in_words(item, limit, shown) for limit in limits]
    if name == "any_of":
        return str(_("One of: %(answers)s", answers="; ".join(said)))
    return _limit(name, said[0])


def _code_in_words(item: Item, limit: float, shown: Wording) -> str:
    texts = shown.options.get(item.options or "", {})
    is_coded = item.type in (AnswerType.ONE_OF, AnswerType.SEVERAL_OF)
    return texts.get(int(limit), f"{limit:g}") if is_coded else f"{limit:g}"


def _limit(name: str, limit: str) -> str:
    if name == "at_least":
        return str(_("%(limit)s or more", limit=limit))
    return str(_("%(limit)s or less", limit=limit))


def _of_scale(alert: Alert, standing: Value, shown: Wording) -> CauseWords:
    cause = alert.cause
    value = _points(cause["value"])
    if "before" in cause:
        visit = studies.protocol(alert.response.visit.protocol).visit(cause["before_visit"])
        before, name = _points(cause["before"]), in_words(visit.name)
        value = str(
            _("%(score)s, after %(before)s at %(visit)s", score=value, before=before, visit=name)
        )
    return CauseWords(
        subject=shown.scales[cause["scale"]],
        value=value,
        stands=_points(standing) if isinstance(standing, int | float) else str(_("No score")),
        condition=_scale_condition(cause),
    )


def _scale_condition(cause: Mapping[str, Any]) -> str:
    change = next((name for name in CHANGES if name in cause), None)
    if change == "drop_of":
        return str(_("A fall of %(points)s points or more", points=_points(cause[change])))
    if change == "rise_of":
        return str(_("A rise of %(points)s points or more", points=_points(cause[change])))
    name = next(name for name in ITEM_CONDITIONS if name in cause)
    return _limit(name, _points(cause[name]))


def _points(value: float) -> str:
    return f"{round(value, 1):g}"
