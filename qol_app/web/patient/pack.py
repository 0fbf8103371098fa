"""A survey's pages as one piece of JSON without any answer: what a device needs to go on offline.

The pages are the same HTML that the server shows, so a question looks alike with and without a
line. Items that skip rules hide are in it too; the device applies the same rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from qol_app.domain.study import Protocol
from qol_app.services import opened, survey
from qol_app.services.opened import OpenResponse, OpenVisit
from qol_app.web.locale import language, survey_session
from qol_app.web.patient import view_models
from qol_app.web.patient.forms import page_form
from qol_app.web.patient.review import helper_choices
from questionnaires.model import Questionnaire, Wording

COUNTED = 200
"""Counts that have a sentence of their own; a visit has fewer items than this."""


@dataclass(frozen=True, kw_only=True)
class Pack:
    """The JSON and what it is known by."""

    body: bytes
    etag: str


@dataclass(frozen=True, kw_only=True)
class Shell:
    """What the empty page shows around the questions."""

    study: str
    contact: str
    visit: str
    ticket: str
    typical: int | None
    """Minutes that others needed for the whole visit; None where that is not known."""


def shell(visit: OpenVisit, ticket: str) -> Shell:
    """Return what the empty page shows; the ticket lets the device add answers, no more."""
    protocol: Protocol = visit.protocol
    return Shell(
        study=protocol.patient_title[language()],
        contact=protocol.contact[language()],
        visit=str(visit.id),
        ticket=ticket,
        typical=survey_session().get("minutes"),
    )


_made: dict[tuple[str, ...], Pack] = {}
KEPT = 64
"""Packs kept by a process: a study has one per language and set of forms."""


def pack(session: Session, visit: OpenVisit) -> Pack:
    """Return all pages of a visit without answers; made once for all who see the same words."""
    spoken = language()
    words = [opened.wording(session, response, spoken) for response in visit.responses]
    forms = [response.questionnaire.hash for response in visit.responses]
    key = (spoken, *forms, *(each.hash for each in words))
    if key not in _made:
        while len(_made) >= KEPT:
            del _made[next(iter(_made))]
        _made[key] = _make(session, visit)
    return _made[key]


def _make(session: Session, visit: OpenVisit) -> Pack:
    blank = replace(
        visit,
        responses=tuple(replace(each, answers={}, no_answers={}) for each in visit.responses),
    )
    document = {
        "language": language(),
        "forms": [_form(response) for response in blank.responses],
        "pages": list(_pages(session, blank)),
        "end": render_template("patient/offline_end.html", helpers=helper_choices()),
        "texts": _texts(language()),
    }
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Pack(body=body, etag=hashlib.sha256(body).hexdigest()[:32])


def _form(response: OpenResponse) -> dict[str, Any]:
    questionnaire = response.questionnaire
    return {
        "instrument": questionnaire.id,
        "hash": questionnaire.hash,
        "skips": [
            {"items": rule.items, "item": rule.item, "values": rule.values}
            for rule in questionnaire.skips
        ],
    }


def _pages(session: Session, blank: OpenVisit) -> Iterator[dict[str, Any]]:
    for page in survey.every_page(blank):
        form = page_form(page)
        model = view_models.question_page(session, blank, page, form, reviewing=False)
        words = opened.wording(session, page.response, language())
        yield {
            "instrument": page.questionnaire.id,
            "wording": words.hash,
            "url": view_models.page_url(page),
            "items": [_item(page.questionnaire, words, item) for item in page.items],
            "html": render_template("patient/questions.html", page=model),
        }


def _item(questionnaire: Questionnaire, words: Wording, item_id: str) -> dict[str, Any]:
    item = questionnaire.item(item_id)
    return {
        "id": item.id,
        "type": item.type.value,
        "low": item.low,
        "high": item.high,
        "decimals": item.decimals,
        "remedy": view_models.remedy(item),
        "question": words.questions[item_id],
    }


@lru_cache(maxsize=16)
def _texts(spoken: str) -> dict[str, Any]:
    """Return the sentences that the script says, in the language of this request."""
    counts = range(1, COUNTED + 1)
    return {
        "of": _("%(number)s of %(total)s", number="{number}", total="{total}"),
        "minutes": [
            ngettext("about %(num)s minute left", "about %(num)s minutes left", count)
            for count in counts
        ],
        "saved": _("Saved on the server at %(time)s.", time="{time}"),
        "ready": _("Each answer is saved as you give it."),
        "online_only": _("Answers are saved only while there is a connection."),
        "saving": _("Saving …"),
        "waiting": [
            ngettext(
                "%(num)s answer is only on this device. It is sent once you are online.",
                "%(num)s answers are only on this device. They are sent once you are online.",
                count,
            )
            for count in counts
        ],
        "unsaved": [
            ngettext(
                "%(num)s answer is not saved yet: there is no connection. Keep this page open.",
                "%(num)s answers are not saved yet: there is no connection. Keep this page open.",
                count,
            )
            for count in counts
        ],
        "empty": [
            ngettext("%(num)s question is empty", "%(num)s questions are empty", count)
            for count in counts
        ],
        "title_end": _("Look through your answers"),
        "kept": _("Your answers are on this device"),
        "kept_more": _(
            "They are sent by themselves when the connection is back. Please keep this page open, "
            "or open your link again later."
        ),
        "elsewhere": _("Answers you gave earlier are safe on the server. They show again online."),
        "error": _("Error:"),
    }
