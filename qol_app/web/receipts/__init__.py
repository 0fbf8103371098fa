"""The gateways' surface: receipts that say what became of text messages.

Anyone can reach it, and only who knows the shared secret is believed. What is believed is little:
that a message which we sent, and which the sender can name, arrived or did not.
"""

from __future__ import annotations

from flask import Flask

from qol_app.settings import Settings
from qol_app.web.receipts import views

__all__ = ["register", "views"]


def register(app: Flask, settings: Settings) -> None:
    """Add the receipts' route to ``app``; a signature stands in for the form token."""
    app.register_blueprint(views.bp)
    app.extensions["csrf"].exempt(views.take_in)
