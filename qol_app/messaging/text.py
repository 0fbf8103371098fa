"""The words of messages per kind and language: a mail's subject and body, a text message's line.

Messages are written outside any request, so this is a plain Jinja environment. A name that a
template uses and nobody gives is an error, not a blank.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

FOLDER = Path(__file__).parents[2] / "templates" / "messages"

_environment = Environment(
    loader=FileSystemLoader(FOLDER),
    undefined=StrictUndefined,
    autoescape=select_autoescape(),  # HTML only; these are .txt
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, kw_only=True)
class Text:
    """A message's words in one language."""

    subject: str
    body: str


@cache
def languages(kind: str, channel: str = "email") -> frozenset[str]:
    """Return the languages in which messages of ``kind`` are written, as HTML tags."""
    part = "sms" if channel == "sms" else "body"
    return frozenset(path.name.split(".")[1] for path in (FOLDER / kind).glob(f"{part}.*.txt"))


def render(kind: str, language: str, **values: str) -> Text:
    """Return a message's subject, on one line, and body.

    Raises:
        jinja2.TemplateNotFound: the kind is not written in this language (see ``languages``).
        jinja2.UndefinedError: the template uses a value that is not given.
    """
    subject = _environment.get_template(f"{kind}/subject.{language}.txt").render(values)
    body = _environment.get_template(f"{kind}/body.{language}.txt").render(values)
    return Text(subject=" ".join(subject.split()), body=body.strip() + "\n")


def render_short(kind: str, language: str, **values: str) -> str:
    """Return a text message's words, on one line. Raises as ``render`` does."""
    written = _environment.get_template(f"{kind}/sms.{language}.txt").render(values)
    return " ".join(written.split())


def day(value: date, language: str) -> str:
    """Write a date out in full, e.g. 2026年3月4日."""
    locale = Locale.parse("en_GB" if language == "en" else language.replace("-", "_"))
    return format_date(value, format="long", locale=locale)
