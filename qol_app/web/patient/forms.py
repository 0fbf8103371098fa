"""The form of one survey page: one field per item, read by the domain's own rules.

Each field is shown with the answer it had (``shown-<item>``), so that a page left open in
another tab changes only what was changed on it.
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
from qol_app.services.responses import Answer
from qol_app.services.survey import SurveyPage
from questionnaires.model import AnswerType, Item, Value


class AnswerField(Field):
    """One item's answer. ``data`` is its value, None for blank; errors name the remedy."""

    def __init__(self, *, item: Item, **settings: Any) -> None:
        super().__init__(**settings)
        self.item = item
        self.raw: str | list[str] = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was posted; a value that the item does not allow becomes an error."""
        several = self.item.type is AnswerType.SEVERAL_OF
        self.raw = valuelist if several else (valuelist[0] if valuelist else "")
        try:
            self.data = rules.parse(self.item, self.raw)
        except AnswerOutOfRange as error:
            self.data = None
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
            is_blank = field.data is None
            if is_untouched and not (is_blank and mark_blank):
                continue
            yield Answer(
                item=field.item.id,
                value=field.data,
                answered_at=now,
                only_if_unseen=is_untouched,
            )


def page_form(page: SurveyPage) -> PageForm:
    """Return the form of a page, filled with the stored answers or with what was posted."""
    items = tuple(page.questionnaire.item(item_id) for item_id in page.items)
    form = _form_of(items)(data={item.id: page.response.answers.get(item.id) for item in items})
    form.answers = [cast(AnswerField, form[item.id]) for item in items]
    return form


@lru_cache(maxsize=2048)
def _form_of(items: tuple[Item, ...]) -> type[PageForm]:
    fields = {item.id: cast(Any, AnswerField)(item=item, label=item.id) for item in items}
    return type("ThisPageForm", (PageForm,), fields)


def shown(value: Value) -> str:
    """Return an answer as the page carries it along."""
    return json.dumps(value, ensure_ascii=False)


def shown_before(item: Item) -> Value:
    """Return the answer that the posted page had shown; None where it does not say."""
    try:
        return rules.check(item, json.loads(request.form.get(f"shown-{item.id}", "null")))
    except (ValueError, AnswerOutOfRange):
        return None
