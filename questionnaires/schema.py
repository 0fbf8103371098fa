"""The shape of the questionnaire files, and their expansion into documents."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from questionnaires.model import NoAnswer

Text = Annotated[str, StringConstraints(pattern=r"\S")]
"""Words that a reader will see: never blank."""


def _each_once(words: list[NoAnswer]) -> list[NoAnswer]:
    twice = [word.value for word in NoAnswer if words.count(word) > 1]
    if twice:
        raise ValueError(f"{twice[0]} occurs twice")
    return words


NoAnswers = Annotated[list[NoAnswer], AfterValidator(_each_once)]
"""What may be said instead of an answer, in the order in which it is offered."""
_RANGE = re.compile(r"^([A-Za-z_]*)(\d+)\.\.([A-Za-z_]*)(\d+)$")


class Strict(BaseModel):
    """An unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ItemsEntry(Strict):
    """One item, or a run of alike items (``q1..q28``)."""

    id: str
    type: Literal["one_of", "several_of", "scale", "visual_analogue", "number", "text"]
    codes: list[int] = Field(default_factory=list)
    read_as: list[tuple[int, int]] = Field(default_factory=list)
    missing_codes: list[int] = Field(default_factory=list)
    options: str | None = None
    low: float | None = None
    high: float | None = None
    decimals: int = Field(default=0, ge=0, le=3)
    max_length: int | None = Field(default=None, ge=1, le=4000)
    exclusive: list[int] = Field(default_factory=list)
    no_answers: NoAnswers | None = None
    """None takes the definition's; an empty list offers nothing."""
    cdisc: str | None = None
    """A code; in a run ``##`` stands for the item's number in two digits."""


class PageEntry(Strict):
    """Items of one page and how they stand together."""

    items: list[str] = Field(min_length=1)
    layout: Literal["matrix"] | None = None


class SkipEntry(Strict):
    """Show ``items`` only if the answer to ``item`` is among ``values``."""

    items: list[str] = Field(min_length=1)
    item: str
    values: list[int] = Field(min_length=1)


class ScaleEntry(Strict):
    """One score."""

    code: str
    items: list[str] = Field(min_length=1)
    module: str
    direction: Literal["better", "worse"] | None = None
    low: float = 0
    high: float = 100
    kind: str | None = None
    cdisc: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)


class Definition(Strict):
    """One ``definition.toml``."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]+$")
    version: str = Field(pattern=r"^\d+(\.\d+)*$")
    licence: Literal["import", "ship", "own"]
    confirmed: bool
    cdisc_category: str | None = None
    sources: list[str] = Field(min_length=1)
    no_answers: NoAnswers = Field(default_factory=list)
    """For every item that does not say otherwise."""
    pages: list[list[str] | PageEntry] | None = None
    """Items per page; without it every item has a page of its own."""
    items: list[ItemsEntry] = Field(min_length=1)
    skips: list[SkipEntry] = Field(default_factory=list)
    scales: list[ScaleEntry] = Field(min_length=1)


class WordingFile(Strict):
    """One ``wording/<language>.toml``."""

    kind: Literal["labels", "own", "official"]
    title: Text
    introduction: Text
    questions: dict[str, Text]
    hints: dict[str, Text] = Field(default_factory=dict)
    options: dict[str, dict[str, Text]] = Field(default_factory=dict)
    scales: dict[str, Text]


def expand(ids: list[str]) -> list[str]:
    """Spell out runs: ``["q1..q3", "q7"]`` gives q1, q2, q3, q7."""
    spelled: list[str] = []
    for each in ids:
        run = _RANGE.match(each)
        if run and run[1] == run[3]:
            spelled += [f"{run[1]}{number}" for number in range(int(run[2]), int(run[4]) + 1)]
        else:
            spelled.append(each)
    return spelled


def document(definition: Definition) -> dict[str, Any]:
    """Return the definition as a plain document with every run spelled out."""
    items = [one for entry in definition.items for one in _items(entry, definition.no_answers)]
    pages = definition.pages or [[item["id"]] for item in items]
    return {
        "id": definition.id,
        "version": definition.version,
        "licence": definition.licence,
        "confirmed": definition.confirmed,
        "cdisc_category": definition.cdisc_category,
        "sources": definition.sources,
        "items": items,
        "pages": [_page(f"p{number}", page) for number, page in enumerate(pages, 1)],
        "skips": [
            {"items": expand(s.items), "item": s.item, "values": s.values} for s in definition.skips
        ],
        "scales": [{**s.model_dump(), "items": expand(s.items)} for s in definition.scales],
    }


def _page(page_id: str, entry: list[str] | PageEntry) -> dict[str, Any]:
    if isinstance(entry, list):
        return {"id": page_id, "items": expand(entry)}
    page = {"id": page_id, "items": expand(entry.items)}
    # A key added to every page would change every released hash.
    return {**page, "layout": entry.layout} if entry.layout else page


def _items(entry: ItemsEntry, no_answers: list[NoAnswer]) -> list[dict[str, Any]]:
    offered = no_answers if entry.no_answers is None else entry.no_answers
    items = []
    for item_id in expand([entry.id]):
        number = re.sub(r"\D", "", item_id).zfill(2)
        cdisc = entry.cdisc.replace("##", number) if entry.cdisc else None
        item = {**entry.model_dump(mode="json"), "id": item_id, "cdisc": cdisc}
        item["no_answers"] = [word.value for word in offered]
        # A key added to every item would change every released hash.
        for rare in ("missing_codes", "read_as", "no_answers"):
            if not item[rare]:
                del item[rare]
        items.append(item)
    return items
