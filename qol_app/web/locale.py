"""Which language a page speaks. On the patient's path the language belongs to the patient."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from babel import Locale
from babel.dates import format_date, format_skeleton
from flask import Flask, current_app, g, request, session
from flask_babel import Babel, get_locale, refresh
from flask_security import current_user
from sqlalchemy.exc import SQLAlchemyError

from qol_app.domain import languages
from qol_app.settings import TRANSLATIONS

LANGUAGES = languages.found(TRANSLATIONS)
"""Languages of the interface, as written in HTML and in study files."""

CHOSEN = "language"


@dataclass(frozen=True, kw_only=True)
class LanguageChoice:
    """One language to choose, as a language switch takes it."""

    code: str
    label: str
    current: bool


def choices(tags: Iterable[str] = LANGUAGES) -> tuple[LanguageChoice, ...]:
    """Return languages to choose among, each in its own words."""
    spoken = language()
    return tuple(
        LanguageChoice(code=tag, label=languages.own_name(tag), current=tag == spoken)
        for tag in tags
    )


def survey_session() -> dict[str, Any]:
    """Return what the browser's session holds of a running survey; empty if none runs."""
    return cast(dict[str, Any], session.get("survey", {}))


def register(app: Flask) -> None:
    """Set up Flask-Babel and give templates ``language``, ``direction`` and all languages."""
    app.extensions["readers"] = []
    Babel(app, locale_selector=_locale, default_domain="messages")
    app.context_processor(
        lambda: {
            "language": language(),
            "direction": direction(),
            "languages_to_choose": choices,
        }
    )


def language() -> str:
    """Return the language of this page, as an HTML tag: ``en`` or ``zh-Hans``."""
    locale = get_locale()
    return str(locale).replace("_", "-") if locale else "en"


def direction() -> str:
    """Return the direction in which the language of this page is written: ``ltr`` or ``rtl``."""
    locale = get_locale()
    return locale.text_direction if locale else "ltr"


def speak(chosen: str) -> None:
    """Make this request speak ``chosen``, the language of the patient it is for, from now on."""
    g.language = chosen
    refresh()


def recognise_readers_by(app: Flask, recognise: Callable[[], None]) -> None:
    """Have failures ask ``recognise``, which speaks the language of a reader whom it knows."""
    app.extensions["readers"].append(recognise)


def speak_to_reader() -> None:
    """Before a failure is explained, speak the language of whom address, session or device name.

    What fails early, such as an address that leads nowhere, has met no guard that would do so.
    Without the database nobody is found, and the failure is explained all the same.
    """
    with suppress(SQLAlchemyError):
        for recognise in current_app.extensions["readers"]:
            if "language" not in g:
                recognise()


def day_in_words(day: date, *, today: date, weekday: bool = False) -> str:
    """Write a date as one says it: 4 June, Thursday 4 June or 6月4日; the year if it differs."""
    locale = get_locale()
    if str(locale) == "en":
        locale = Locale.parse("en_GB")  # day before month
    if day.year != today.year:
        return str(format_date(day, "full" if weekday else "long", locale=locale))
    return str(format_skeleton("MMMMEEEEd" if weekday else "MMMMd", day, locale=locale))


def _locale() -> Locale:
    return Locale.parse(_chosen().replace("-", "_"))


def _chosen() -> str:
    if "language" in g:
        return cast(str, g.language)
    # An address that leads nowhere has no blueprint.
    if request.blueprint in ("patient", None) and "language" in survey_session():
        return cast(str, survey_session()["language"])
    if session.get(CHOSEN) in LANGUAGES:
        return browser_language()
    if current_user and current_user.is_authenticated and current_user.language in LANGUAGES:
        return cast(str, current_user.language)
    return from_header()


def browser_language() -> str:
    """Return the language chosen in this browser, or else the one that the browser asks for."""
    chosen = session.get(CHOSEN)
    return cast(str, chosen) if chosen in LANGUAGES else from_header()


def from_header() -> str:
    """Return the language of ours that suits best what the browser asks for."""
    return languages.best([tag for tag, _ in request.accept_languages], LANGUAGES)
