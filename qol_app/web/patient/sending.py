"""What follows once answers are stored or a visit's forms are sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import current_app

from qol_app.services.opened import OpenVisit
from qol_app.web import unit


def score_later(visit: OpenVisit) -> None:
    """Have the visit's forms scored soon."""
    for response in visit.responses:
        current_app.extensions["queue"].score_response(response.id)


def tell_staff(message_ids: Sequence[int]) -> None:
    """Have messages to staff sent at once, when what they tell of is safe."""
    queue = current_app.extensions["queue"]
    for message_id in message_ids:
        unit.after_commit(partial(queue.send_staff_message, message_id))
