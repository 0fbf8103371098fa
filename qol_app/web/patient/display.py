"""The patient's own text size and contrast: two routes, and what every page needs to show them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from qol_app.domain.display import Contrast, TextSize
from qol_app.services import display, opened, survey
from qol_app.services.opened import OpenParticipant, OpenVisit
from qol_app.web import unit
from qol_app.web.guards import enter, public, with_link
from qol_app.web.patient.blueprint import bp

FLAGS = ("review", "change")
"""What an address of a patient's page may say besides its path."""
SIZES = {
    TextSize.USUAL: _l("Usual size"),
    TextSize.LARGE: _l("Larger"),
    TextSize.LARGEST: _l("Largest"),
}
CONTRASTS = {Contrast.USUAL: _l("Usual contrast"), Contrast.HIGH: _l("High contrast")}


@dataclass(frozen=True, kw_only=True)
class DisplayChoice:
    """One size or one contrast that the patient may pick."""

    word: str
    label: LazyString
    current: bool


@dataclass(frozen=True, kw_only=True)
class Display:
    """The control in the header of a patient's page."""

    action: str
    return_to: str
    """The page to show again; empty where it cannot be asked for."""
    sizes: tuple[DisplayChoice, ...]
    contrasts: tuple[DisplayChoice, ...]


@bp.post("/s/<token>/display")
@public
def choose_display_first(token: str) -> ResponseReturnValue:
    """Remember the size or contrast that the patient picked before starting."""
    found = opened.by_token(unit.reading(), token)
    enter(found)
    _remember(found.visit)
    return redirect(url_for(".welcome", token=token), 303)


@bp.post("/survey/display")
@with_link
def choose_display() -> ResponseReturnValue:
    """Remember the size or contrast that the patient picked on the way, and show the page again."""
    _remember(g.survey.visit)
    wanted = request.form.get("return_to", "")
    return redirect(wanted if _is_own_page(wanted) else url_for(".resume"), 303)


def _remember(visit: OpenVisit) -> None:
    if not survey.is_submitted(visit):
        survey.check_open(visit, now=unit.now())
    display.choose(
        unit.session(),
        visit.participant.id,
        text_size=request.form.get("text_size"),
        contrast=request.form.get("contrast"),
        actor=g.actor,
        now=unit.now(),
    )


def _is_own_page(address: str) -> bool:
    own = url_for(".resume")
    return address == own or address.startswith((f"{own}/", f"{own}?"))


@bp.app_context_processor
def _chosen() -> dict[str, Any]:
    """Give the templates of a patient's request the choices made; others have none."""
    if "survey" not in g:
        return {"display": None}
    participant: OpenParticipant = g.survey.visit.participant
    return {
        "text_size": participant.text_size,
        "contrast": participant.contrast,
        "display": control(_action(), _this_page(), participant.text_size, participant.contrast),
    }


def control(action: str, return_to: str, text_size: str | None, contrast: str | None) -> Display:
    """Return the control, with what is chosen now."""
    return Display(
        action=action,
        return_to=return_to,
        sizes=_choices(SIZES, text_size),
        contrasts=_choices(CONTRASTS, contrast),
    )


def _choices(labels: dict[Any, LazyString], chosen: str | None) -> tuple[DisplayChoice, ...]:
    now: str | StrEnum = chosen or "usual"
    return tuple(
        DisplayChoice(word=word.value, label=label, current=word == now)
        for word, label in labels.items()
    )


def _action() -> str:
    token = (request.view_args or {}).get("token")
    if token is not None:
        return url_for("patient.choose_display_first", token=token)
    return url_for("patient.choose_display")


def _this_page() -> str:
    methods = request.url_rule.methods if request.url_rule else None
    if "GET" not in (methods or ()):
        return ""
    # Nothing else of what was asked for: a compressed page must not show it beside a form token.
    kept = urlencode({flag: 1 for flag in FLAGS if flag in request.args})
    return f"{request.path}?{kept}" if kept else request.path
