"""What a reader or a screen reader meets on a page: text nodes, titles, labels, alternatives."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

SPOKEN = ("title", "aria-label", "alt", "placeholder", "data-unanswered", "data-stop")
SILENT = ("script", "style", "template")


class Reader(HTMLParser):
    """Collects what a page says. What has a language of its own is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_void = tag in ("input", "link", "meta", "br", "img", "hr")
        if self._foreign or tag in SILENT or (tag != "html" and "lang" in values):
            if not is_void:
                self._foreign.append(tag)
            return
        self.texts += [str(values[name]) for name in SPOKEN if values.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if self._foreign and self._foreign[-1] == tag:
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not self._foreign and data.strip():
            self.texts.append(" ".join(data.split()))


def texts(html: str) -> list[str]:
    """What a page or a part of one says."""
    reader = Reader()
    reader.feed(html)
    return reader.texts


def strings(value: Any) -> Iterator[str]:
    """Every text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)
