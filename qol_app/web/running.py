"""The survey that runs in a browser: what its session holds, the same whichever door began it."""

from __future__ import annotations

from flask import session

from qol_app.services import durations
from qol_app.services.opened import OpenSurvey
from qol_app.web import unit


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
