"""A page with every component in every state, for whoever builds pages. Development only.

All texts are invented for this page. ``?words=zh-Hans`` shows it in Chinese, ``?theme=dark`` and
``?text_size=large`` and ``?contrast=high`` in the reader's other choices, ``?direction=rtl`` from
right to left.
"""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import Flask, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import InputRequired, Length

from qol_app.web import locale
from qol_app.web.styleguide_samples import WORDS, timeline, worklist

PAGES = {
    "components": "styleguide.html",
    "patient": "styleguide/patient.html",
    "review": "styleguide/review.html",
    "worklist": "styleguide/worklist.html",
    "participant": "styleguide/participant.html",
    "plain": "styleguide/plain.html",
}
QUESTIONS = ("one_of", "scale", "visual_analogue", "several_of", "group", "matrix")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One link of a menu, or one choice of language."""

    label: str
    url: str = ""
    code: str = ""
    current: bool = False


class SampleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """One field of each type."""

    number = StringField("Study number", [InputRequired("Enter the study number.")])
    site = SelectField(
        "Site", choices=[SelectChoice("1", "Site 1 (Hefei)"), SelectChoice("2", "第2中心(北京)")]
    )
    born = DateField("Date of consent", [InputRequired("Enter the date as on the form.")])
    reason = TextAreaField("Reason", [Length(max=200)])
    mode = RadioField(
        "How was it answered?",
        choices=[SelectChoice("own", "Own device"), SelectChoice("paper", "Paper")],
    )
    confirmed = BooleanField("I have compared every answer with the paper form")


def register(app: Flask) -> None:
    """Mount ``/styleguide`` where the configuration says STYLEGUIDE; elsewhere do nothing."""
    if not app.config.get("STYLEGUIDE"):
        return
    from qol_app.web.guards import public

    app.add_url_rule("/styleguide", "styleguide", public(show), defaults={"page": "components"})
    app.add_url_rule("/styleguide/<page>", "styleguide", public(show))


def show(page: str) -> ResponseReturnValue:
    """Render one page of the style guide."""
    if page not in PAGES:
        abort(404)
    chosen = request.args.get("words", "en")
    locale.speak(chosen if chosen in locale.LANGUAGES else "en")
    words = WORDS[locale.language()]
    question = request.args.get("question", "one_of")
    return render_template(
        PAGES[page],
        words=words,
        question=question if question in QUESTIONS else "one_of",
        theme=request.args.get("theme", ""),
        text_size=request.args.get("text_size", ""),
        contrast=request.args.get("contrast", ""),
        direction=request.args.get("direction", locale.direction()),
        display=_display(),
        study_title=words.study,
        home_url=url_for("styleguide"),
        user_name=words.user,
        navigation=_navigation(page),
        languages=_languages(),
        filled=SampleForm(meta={"csrf": False}, number="S01-0007"),
        refused=_refused_form(),
        groups=worklist(locale.language()),
        visits=timeline(locale.language()),
        qr=Markup(segno.make("https://example.org/s/0000", micro=False).svg_inline(scale=4)),  # noqa: S704  # our own drawing
    )


def _display() -> object:
    from qol_app.web.patient.display import control

    chosen = request.args.get("text_size"), request.args.get("contrast")
    return control("#", "", *chosen)


def _navigation(page: str) -> list[Entry]:
    return [
        Entry(
            label=name.capitalize(),
            url=url_for("styleguide", page=name, words=request.args.get("words", "en")),
            current=name == page,
        )
        for name in PAGES
    ]


def _languages() -> list[Entry]:
    spoken = locale.language()
    return [
        Entry(code="zh-Hans", label="中文", current=spoken == "zh-Hans"),
        Entry(code="en", label="English", current=spoken == "en"),
    ]


def _refused_form() -> SampleForm:
    form = SampleForm(meta={"csrf": False}, prefix="refused-")
    form.validate()
    return form
