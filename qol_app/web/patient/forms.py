"""The form of one survey page: one field per item, read by the domain's own rules.

Each field is shown with what stood for it (``shown-<item>``), so that a page left open in
another tab changes only what was changed on it. Beside it ``none-<item>`` holds the ticked words
that stand instead of an answer, where the form offers them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field

from qol_app.domain import answers as rules
from qol_app.domain.errors import AnswerOutOfRange
from qol_app.domain.said import NOTHING, Said, meant
from qol_app.services.opened import OpenResponse
from qol_app.services.responses import Answer
from qol_app.services.survey import SurveyPage
from questionnaires.model import AnswerType, Item, NoAnswer


class AnswerField(Field):
    """One item's answer, or what is said instead: ``data`` is a ``Said``."""

    data: Said

    def __init__(self, *, item: Item, **settings: Any) -> None:
        super().__init__(**settings)
        self.item = item
        self.raw: str | list[str] = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was posted; a value that the item does not allow becomes an error.

        Unless a word was ticked instead: then nothing that stands in the box counts.
        """
        several = self.item.type is AnswerType.SEVERAL_OF
        self.raw = valuelist if several else (valuelist[0] if valuelist else "")
        before, ticked = shown_before(self.item), _ticked(self.item)
        try:
            self.data = meant(before, rules.parse(self.item, self.raw), ticked)
        except AnswerOutOfRange as error:
            self.data = meant(before, None, ticked)
            if self.data.no_answer in (None, before.no_answer):
                raise ValueError(str(error)) from error


class PageForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """The CSRF token, and the answers added by ``page_form``."""

    answers: Sequence[AnswerField]

    def changed(self, now: datetime, *, mark_blank: bool) -> Iterator[Answer]:
        """Yield an answer for every item that was changed on this page.

        Args:
            now: When the page was sent.
            mark_blank: Whether an item left blank counts as seen.
        """
        for field in self.answers:
            is_untouched = field.data == shown_before(field.item)
            is_blank = field.data == NOTHING
            if is_untouched and not (is_blank and mark_blank):
                continue
            yield Answer(
                item=field.item.id,
                value=field.data.value,
                no_answer=field.data.no_answer,
                answered_at=now,
                only_if_unseen=is_untouched,
            )


def page_form(page: SurveyPage) -> PageForm:
    """Return the form of a page, filled with the stored answers or with what was posted."""
    items = tuple(page.questionnaire.item(item_id) for item_id in page.items)
    form = _form_of(items)(data={item.id: stored(page.response, item) for item in items})
    form.answers = [cast(AnswerField, form[item.id]) for item in items]
    return form


@lru_cache(maxsize=2048)
def _form_of(items: tuple[Item, ...]) -> type[PageForm]:
    fields = {item.id: cast(Any, AnswerField)(item=item, label=item.id) for item in items}
    return type("ThisPageForm", (PageForm,), fields)


def stored(response: OpenResponse, item: Item) -> Said:
    """Return what a form holds of an item."""
    word = response.no_answers.get(item.id)
    if word is not None:
        return Said(no_answer=NoAnswer(word))
    return Said(value=response.answers.get(item.id))


def shown(said: Said) -> str:
    """Return what stood for an item as the page carries it along: a value, or an object."""
    held = said.value if said.no_answer is None else {"no_answer": said.no_answer.value}
    return json.dumps(held, ensure_ascii=False)


def shown_before(item: Item) -> Said:
    """Return what the posted page had shown; nothing where it does not say."""
    try:
        held = json.loads(request.form.get(f"shown-{item.id}", "null"))
        if isinstance(held, dict):
            return Said(no_answer=NoAnswer(held["no_answer"]))
        return Said(value=rules.check(item, held))
    except (ValueError, KeyError, AnswerOutOfRange):
        return NOTHING


def _ticked(item: Item) -> list[NoAnswer]:
    offered = {word.value: word for word in item.no_answers}
    words = request.form.getlist(f"none-{item.id}")
    if set(words) - set(offered):
        raise ValueError(f"{item.id} does not offer this")
    return [offered[word] for word in words]
