"""What follows once a visit's forms are sent."""

from __future__ import annotations

from flask import current_app

from qol_app.services.opened import OpenVisit


def score_later(visit: OpenVisit) -> None:
    """Have the visit's forms scored soon."""
    for response in visit.responses:
        current_app.extensions["queue"].score_response(response.id)
