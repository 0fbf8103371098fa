"""What the patient's templates show, as plain values: no query and no rule in a template."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from qol_app.db.models import Response, Visit
from qol_app.domain.study import Protocol
from qol_app.services import forms, studies, survey
from qol_app.services.survey import SurveyPage
from qol_app.web.locale import language
from qol_app.web.patient.forms import AnswerField, PageForm, shown
from questionnaires.model import AnswerType, Item, Value, Wording, WordingKind


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """The first page: what this is, how long it is, and whether it goes on."""

    study: str
    visit: str
    contact: str
    questions: int
    is_started: bool
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One item as shown."""

    item: Item
    text: str
    hint: str | None
    options: tuple[tuple[int, str], ...]
    low_label: str
    high_label: str
    value: Value
    text_value: str
    shown: str
    errors: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class QuestionPage:
    """One page of questions with its place in the whole."""

    study: str
    form: PageForm
    number: int
    total: int
    title: str
    introduction: str | None
    are_labels: bool
    questions: tuple[Question, ...]
    has_previous: bool
    is_reviewing: bool
    """Whether the patient came from the review and goes back there."""
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReviewLine:
    """One item on the review page; ``answer`` None means left blank."""

    question: str
    answer: str | None
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
    sections: tuple[ReviewSection, ...]
    last_url: str
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Thanks:
    """The page after sending."""

    study: str
    contact: str


def _protocol(visit: Visit) -> Protocol:
    return studies.protocol(visit.protocol)


def welcome(visit: Visit) -> Welcome:
    """Return what the first page shows."""
    protocol, spoken = _protocol(visit), language()
    return Welcome(
        study=protocol.title[spoken],
        visit=protocol.visit(visit.code).name[spoken],
        contact=protocol.contact[spoken],
        questions=sum(len(page.items) for page in survey.pages(visit)),
        is_started=any(response.started_at for response in visit.responses),
        languages=protocol.languages,
    )


def thanks(visit: Visit) -> Thanks:
    """Return what the last page shows."""
    protocol, spoken = _protocol(visit), language()
    return Thanks(study=protocol.title[spoken], contact=protocol.contact[spoken])


def wording_of(session: Session, response: Response, spoken: str) -> Wording:
    """Return the wording of a response's form in the patient's language."""
    return forms.wording(session, response.form_version, spoken)


def question_page(
    session: Session, page: SurveyPage, form: PageForm, *, reviewing: bool
) -> QuestionPage:
    """Return what a page of questions shows."""
    protocol, words = _protocol(page.response.visit), wording_of(session, page.response, language())
    return QuestionPage(
        study=protocol.title[language()],
        form=form,
        number=page.number,
        total=page.total,
        title=words.title,
        introduction=words.introduction if page.starts_instrument else None,
        are_labels=words.kind is WordingKind.LABELS,
        questions=tuple(_question(field, words, page.response) for field in form.answers),
        has_previous=page.number > 1,
        is_reviewing=reviewing,
        languages=protocol.languages,
    )


def _question(field: AnswerField, words: Wording, response: Response) -> Question:
    item = field.item
    texts = words.options.get(item.options or "", {})
    stored: Value = response.answers.get(item.id)
    return Question(
        item=item,
        text=words.questions[item.id],
        hint=words.hints.get(item.id),
        options=tuple((code, texts[code]) for code in item.codes),
        low_label=_end(texts, item.low),
        high_label=_end(texts, item.high),
        value=field.data,
        text_value=_as_typed(field),
        shown=shown(stored),
        errors=tuple(str(error) for error in field.errors),
    )


def _end(texts: object, end: float | None) -> str:
    if end is None or not isinstance(texts, dict):
        return ""
    return str(texts.get(int(end), ""))


def _as_typed(field: AnswerField) -> str:
    if field.errors and isinstance(field.raw, str):
        return field.raw
    return "" if field.data is None else str(field.data)


def page_url(page: SurveyPage, *, reviewing: bool = False) -> str:
    """Return the address of a page of questions."""
    return url_for(
        "patient.show_page",
        instrument=page.questionnaire.id,
        page_id=page.page.id,
        review=1 if reviewing else None,
    )


def next_url(visit: Visit, page: SurveyPage, *, go: str) -> str:
    """Return where the pressed button leads: ``next``, ``back`` or ``review``."""
    if go == "back":
        before = survey.preceding(visit, page)
        return page_url(before or page)
    after = survey.following(visit, page)
    opened_more = after is not None and after.page.id == page.page.id
    if after is None or (go == "review" and not opened_more):
        return url_for("patient.review")
    return page_url(after)


def review(session: Session, visit: Visit) -> Review:
    """Return what the page before sending shows: blanks first, then all answers."""
    walk, spoken = survey.pages(visit), language()
    sections: dict[str, list[ReviewLine]] = {}
    for page in walk:
        words = wording_of(session, page.response, spoken)
        lines = sections.setdefault(words.title, [])
        lines += [_line(page, item_id, words) for item_id in page.items]
    blanks = tuple(line for lines in sections.values() for line in lines if line.answer is None)
    protocol = _protocol(visit)
    return Review(
        study=protocol.title[spoken],
        blanks=blanks,
        sections=tuple(
            ReviewSection(title=title, lines=tuple(lines)) for title, lines in sections.items()
        ),
        last_url=page_url(walk[-1]),
        languages=protocol.languages,
    )


def _line(page: SurveyPage, item_id: str, words: Wording) -> ReviewLine:
    item = page.questionnaire.item(item_id)
    return ReviewLine(
        question=words.questions[item_id],
        answer=answer_text(item, page.response.answers.get(item_id), words),
        url=page_url(page, reviewing=True),
    )


def answer_text(item: Item, value: Value, words: Wording) -> str | None:
    """Return an answer in words; None if it was left blank."""
    if value is None:
        return None
    texts = words.options.get(item.options or "", {})
    if item.type is AnswerType.ONE_OF and isinstance(value, int):
        return texts[value]
    if isinstance(value, list):
        return "; ".join(texts[code] for code in value)
    return str(value)
