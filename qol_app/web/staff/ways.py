"""By which ways staff can send a participant a link: one button each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from flask_babel import lazy_gettext as _l

from qol_app.db.models import Participant
from qol_app.domain.recipients import Channel

SEND = {Channel.EMAIL: _l("Send by e-mail"), Channel.SMS: _l("Send by text message")}


@dataclass(frozen=True, kw_only=True)
class Way:
    """A channel with the words on its button."""

    channel: str
    label: str


def ways_to(participant: Participant) -> tuple[Way, ...]:
    """Return the ways that are served, on file and not refused."""
    served = current_app.extensions["queue"].tasks.ways
    open_ways = (on_file(participant) & served) - set(participant.refused_channels)
    return tuple(
        Way(channel=channel.value, label=str(label))
        for channel, label in SEND.items()
        if channel.value in open_ways
    )


def on_file(participant: Participant) -> frozenset[str]:
    """Return the channels for which an address is on file."""
    contact = participant.contact
    if contact is None:
        return frozenset()
    held = ((Channel.EMAIL, contact.has_email), (Channel.SMS, contact.has_phone))
    return frozenset(channel.value for channel, is_held in held if is_held)
