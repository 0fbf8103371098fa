"""The web's surfaces by name, imported only where they are served."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from flask import Flask

from qol_app.settings import Settings

SURFACES = ("auth", "patient", "kiosk", "staff", "analysis", "admin", "receipts")
"""Every surface; each is a package in ``qol_app.web`` with ``register(app, settings)``."""


def register(app: Flask, settings: Settings, names: Iterable[str]) -> None:
    """Register the named surfaces.

    Raises:
        ValueError: a name is not among SURFACES.
    """
    unknown = set(names) - set(SURFACES)
    if unknown:
        raise ValueError(f"unknown surfaces {sorted(unknown)}; there are {', '.join(SURFACES)}")
    for name in SURFACES:
        if name in names:
            import_module(f"qol_app.web.{name}").register(app, settings)
