"""The ways by which staff can write to a participant about a visit, as buttons say them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app
from flask_babel import lazy_gettext as _l

from qol_app.db.models import Visit
from qol_app.domain.eligibility import Refusal
from qol_app.domain.recipients import Channel, Obstacle
from qol_app.domain.reminders import Kind
from qol_app.services import recipients
from qol_app.web import unit
from qol_app.web.staff.lists import Option

SEND = {Channel.EMAIL: _l("Send e-mail"), Channel.SMS: _l("Send text message")}


def offered(visits: Sequence[Visit]) -> dict[int, tuple[Option, ...]]:
    """Return by visit the channel and words of each way by which a message would go out now.

    The same rule decides here as when the message is planned and sent.
    """
    served = current_app.extensions["queue"].tasks.ways
    beside, now = recipients.known(unit.session(), visits), unit.now()

    def goes(visit: Visit, channel: Channel) -> bool:
        verdict = recipients.judge(visit, Kind.LINK, beside, ways=served, now=now, channel=channel)
        return verdict.channel is not None

    return {
        visit.id: tuple((way.value, str(text)) for way, text in SEND.items() if goes(visit, way))
        for visit in visits
    }


def obstacles(visits: Sequence[Visit]) -> dict[int, Refusal | Obstacle]:
    """Return by visit why no message goes out; visits about which one does are left out."""
    served = current_app.extensions["queue"].tasks.ways
    beside, now = recipients.known(unit.session(), visits), unit.now()
    found = {
        visit.id: recipients.judge(visit, Kind.LINK, beside, ways=served, now=now).reason
        for visit in visits
    }
    return {visit_id: reason for visit_id, reason in found.items() if reason is not None}
