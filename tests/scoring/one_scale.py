"""Small questionnaires for tests of one scoring module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from questionnaires import from_document
from questionnaires.model import Questionnaire
from scoring import score

Rows = Sequence[Sequence[float | None]]


def item(id: str, *codes: int, **more: Any) -> dict[str, Any]:
    """One item of a document: with codes, or with ``low`` and ``high``."""
    ends = {"low": None, "high": None, "decimals": 0, **more}
    kind = "one_of" if codes else "number"
    return {"id": id, "type": kind, "codes": list(codes), "exclusive": [], **ends}


def scale(code: str, module: str, items: Sequence[str], **options: Any) -> dict[str, Any]:
    """One scale of a document, on 0-100."""
    return {
        "code": code,
        "items": list(items),
        "module": module,
        "direction": None,
        "low": 0,
        "high": 100,
        "options": options,
    }


def questionnaire(items: list[dict[str, Any]], *scales: Mapping[str, Any]) -> Questionnaire:
    """A questionnaire of these items and scales."""
    return from_document(
        {
            "id": "a-test",
            "version": "1.0",
            "items": items,
            "pages": [],
            "skips": [],
            "scales": list(scales),
            "licence": "own",
            "sources": [],
            "confirmed": True,
            "cdisc_category": None,
        }
    )


def scores(form: Questionnaire, rows: Rows, **options: Any) -> pd.DataFrame:
    """Score rows that hold the answers to the items in order; None is unanswered."""
    columns = [one.id for one in form.items]
    return score(form, pd.DataFrame(list(rows), columns=columns, dtype="float64"), options)
