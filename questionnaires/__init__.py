"""Versioned questionnaires as data: structure, pages, skip rules, scales and wording.

Usable without the app:

    from questionnaires import load, wording
    form = load("eortc-qlq-c30")
    words = wording("eortc-qlq-c30", form.version, "en")

A released version never changes: ``LOCK`` holds the hash of every released file.
"""

from questionnaires.document import (
    from_document,
    wording_document,
    wording_from_document,
)
from questionnaires.files import (
    QuestionnaireInvalid,
    QuestionnaireUnknown,
    available,
    languages,
    load,
    wording,
)

__all__ = [
    "QuestionnaireInvalid",
    "QuestionnaireUnknown",
    "available",
    "from_document",
    "languages",
    "load",
    "wording",
    "wording_document",
    "wording_from_document",
]
