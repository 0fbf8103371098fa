"""The patient's surface: from the link to the thank-you, one page at a time.

Every page is plain HTML that works without script. Looking changes nothing: starting, answering
and sending are POSTs. The token is exchanged for a session and leaves the address bar.
"""

from __future__ import annotations

from flask import Flask

from qol_app.settings import Settings
from qol_app.web import locale
from qol_app.web.patient import device, display, not_today, reader, refusals, typing, views
from qol_app.web.patient.blueprint import bp

__all__ = [
    "device",
    "display",
    "not_today",
    "reader",
    "refusals",
    "register",
    "typing",
    "views",
]


def register(app: Flask, settings: Settings) -> None:
    """Add the patient's routes to ``app``."""
    app.register_blueprint(bp)
    locale.recognise_readers_by(app, reader.recognise_reader)
    # A device shows its ticket, which no other site can make a browser send.
    app.extensions["csrf"].exempt(device.take_in)
