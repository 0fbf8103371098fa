"""Dates, times and languages as records write them, for every page of staff."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from qol_app.domain.languages import own_name


def day(value: date) -> str:
    """Return a date as records write it, in every language: 2026-03-02."""
    return value.isoformat()


def moment(value: datetime, zone: ZoneInfo) -> str:
    """Return an instant by the site's clock: 2026-03-02 10:00."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def language_name(tag: str) -> str:
    """Return a language in its own words."""
    return own_name(tag)
