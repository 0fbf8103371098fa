"""Questionnaires and wordings as plain JSON documents: what is stored, hashed and rebuilt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from questionnaires.model import (
    AnswerType,
    Direction,
    Item,
    Layout,
    NoAnswer,
    Page,
    Questionnaire,
    Scale,
    SkipRule,
    Wording,
    WordingKind,
)


def digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of a document's canonical JSON."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def from_document(document: Mapping[str, Any]) -> Questionnaire:
    """Rebuild a questionnaire from its document; the same document gives the same hash."""
    return Questionnaire(
        id=document["id"],
        version=document["version"],
        hash=digest(document),
        items=tuple(_item(item) for item in document["items"]),
        pages=tuple(_page(page) for page in document["pages"]),
        skips=tuple(
            SkipRule(items=tuple(s["items"]), item=s["item"], values=tuple(s["values"]))
            for s in document["skips"]
        ),
        scales=tuple(_scale(scale) for scale in document["scales"]),
        licence=document["licence"],
        sources=tuple(document["sources"]),
        confirmed=document["confirmed"],
        cdisc_category=document["cdisc_category"],
        document=document,
    )


def _page(page: Mapping[str, Any]) -> Page:
    layout = Layout(page["layout"]) if "layout" in page else None
    return Page(id=page["id"], items=tuple(page["items"]), layout=layout)


def _item(item: Mapping[str, Any]) -> Item:
    lists = ("codes", "exclusive", "missing_codes")
    tuples = {name: tuple(item[name]) for name in lists if name in item}
    pairs = tuple((code, answer) for code, answer in item.get("read_as", ()))
    refusals = tuple(NoAnswer(word) for word in item.get("no_answers", ()))
    made = {"read_as": pairs, "no_answers": refusals, "type": AnswerType(item["type"])}
    return Item(**{**item, **tuples, **made})


def _scale(scale: Mapping[str, Any]) -> Scale:
    direction = None if scale["direction"] is None else Direction(scale["direction"])
    return Scale(**{**scale, "items": tuple(scale["items"]), "direction": direction})


def wording_document(words: Wording) -> dict[str, Any]:
    """Return a wording as plain JSON values (option codes become texts, as JSON keys must)."""
    return {
        "language": words.language,
        "kind": words.kind.value,
        "title": words.title,
        "introduction": words.introduction,
        "questions": dict(words.questions),
        "hints": dict(words.hints),
        "options": {
            name: {str(code): text for code, text in texts.items()}
            for name, texts in words.options.items()
        },
        "scales": dict(words.scales),
    }


def wording_from_document(document: Mapping[str, Any]) -> Wording:
    """Rebuild a wording from its document; the same document gives the same hash."""
    return Wording(
        language=document["language"],
        kind=WordingKind(document["kind"]),
        hash=digest(document),
        title=document["title"],
        introduction=document["introduction"],
        questions=dict(document["questions"]),
        hints=dict(document["hints"]),
        options={
            name: {int(code): text for code, text in texts.items()}
            for name, texts in document["options"].items()
        },
        scales=dict(document["scales"]),
    )
