"""What the page before sending shows: what was left empty first, then all answers."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from qol_app.domain.answers import UNSAID, ItemState, item_state
from qol_app.domain.helpers import Helper
from qol_app.services import opened, survey
from qol_app.services.opened import OpenVisit
from qol_app.services.survey import SurveyPage
from qol_app.web import running
from qol_app.web.locale import LanguageChoice, choices, language
from qol_app.web.patient.view_models import page_url
from qol_app.web.patient.words import HELPERS, INSTEAD
from questionnaires.model import AnswerType, Item, Value, Wording


@dataclass(frozen=True, kw_only=True)
class ReviewLine:
    """One item on the review page: its answer in words, or what there is instead of one."""

    question: str
    answer: str | None
    """None if there is none."""
    instead: str
    """What to say where there is no answer."""
    is_blank: bool
    """Whether nothing was said at all; the page names such items first."""
    url: str


@dataclass(frozen=True, kw_only=True)
class ReviewSection:
    """The items of one instrument on the review page."""

    title: str
    lines: tuple[ReviewLine, ...]


@dataclass(frozen=True, kw_only=True)
class Review:
    """The page before sending."""

    study: str
    blanks: tuple[ReviewLine, ...]
    is_all_answered: bool
    helpers: tuple[tuple[str, str], ...]
    """Who may have helped, each with its words."""
    helper: str | None
    """Who helped, if that was chosen before the patient went back to an answer."""
    sections: tuple[ReviewSection, ...]
    last_url: str
    language_url: str
    languages: tuple[LanguageChoice, ...]


def review_page(session: Session, visit: OpenVisit) -> Review:
    """Return what the page before sending shows: blanks first, then all answers."""
    walk, spoken = survey.pages(visit), language()
    sections: dict[str, list[ReviewLine]] = {}
    for page in walk:
        words = opened.wording(session, page.response, spoken)
        lines = sections.setdefault(words.title, [])
        lines += [_line(page, item_id, words) for item_id in page.items]
    every = [line for lines in sections.values() for line in lines]
    protocol = visit.protocol
    return Review(
        study=protocol.patient_title[spoken],
        blanks=tuple(line for line in every if line.is_blank),
        is_all_answered=all(line.answer is not None for line in every),
        helpers=helper_choices(),
        helper=running.helper(),
        sections=tuple(
            ReviewSection(title=title, lines=tuple(lines)) for title, lines in sections.items()
        ),
        last_url=page_url(walk[-1]),
        language_url=url_for("patient.choose_language"),
        languages=choices(protocol.languages),
    )


def way_from(page: Review, pressed: str) -> str:
    """Return where a button of the review leads, other than to send; the review, if it has none."""
    if pressed == "back":
        return page.last_url
    urls = {line.url for section in page.sections for line in section.lines}
    return pressed if pressed in urls else url_for("patient.review")


def helper_choices() -> tuple[tuple[str, str], ...]:
    """Return who may have helped, each word with its words."""
    return tuple((each.value, str(HELPERS[each])) for each in Helper)


def _line(page: SurveyPage, item_id: str, words: Wording) -> ReviewLine:
    item, answers = page.questionnaire.item(item_id), page.response.answers
    state = item_state(item_id, answers, page.response.no_answers)
    return ReviewLine(
        question=words.questions[item_id],
        answer=_answer_text(item, answers.get(item_id), words),
        instead="" if state is ItemState.ANSWERED else str(INSTEAD[state]),
        is_blank=state in UNSAID,
        url=page_url(page, reviewing=True) + (f"#{item_id}" if len(page.items) > 1 else ""),
    )


def _answer_text(item: Item, value: Value, words: Wording) -> str | None:
    """Return an answer in words; None if it was left blank."""
    if value is None:
        return None
    texts = words.options.get(item.options or "", {})
    if item.type is AnswerType.ONE_OF and isinstance(value, int):
        return texts[value]
    if isinstance(value, list):
        return "; ".join(texts[code] for code in value)
    return str(value)
