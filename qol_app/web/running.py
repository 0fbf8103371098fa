"""The survey that runs in a browser: what its session holds, the same whichever door began it."""

from __future__ import annotations

from flask import session

from qol_app.domain.helpers import Helper
from qol_app.services import durations
from qol_app.services.opened import OpenSurvey
from qol_app.web import unit
from qol_app.web.locale import survey_session


def begin(found: OpenSurvey, *, handover_id: int | None = None) -> None:
    """Let the survey of a link run in this browser.

    Args:
        handover_id: The hand-over by which it runs on a shared tablet; None elsewhere.
    """
    session["survey"] = {
        "link": found.link_id,
        "language": found.visit.participant.language,
        "minutes": durations.of_visit(unit.reading(), found.visit),
    }
    if handover_id is not None:
        session["survey"]["handover"] = handover_id


def helper() -> str | None:
    """Return who helped, as was chosen and not yet sent."""
    return survey_session().get("helper")


def remember_helper(chosen: Helper | None) -> None:
    """Keep who helped until the forms are sent; nothing of it is stored before."""
    session["survey"] = {**survey_session(), "helper": chosen and chosen.value}
