"""What the patient's templates show, as plain values: no query and no rule in a template."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from qol_app.domain.durations import minutes_left
from qol_app.domain.study import Protocol
from qol_app.services import durations, opened, survey
from qol_app.services.opened import OpenResponse, OpenVisit
from qol_app.services.survey import SurveyPage
from qol_app.web.locale import LanguageChoice, choices, language, survey_session
from qol_app.web.patient.forms import AnswerField, PageForm, shown, stored
from qol_app.web.patient.words import NO_ANSWERS
from questionnaires.model import AnswerType, Item, Layout, NoAnswer, Value, Wording, WordingKind


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """The first page: what this is, how long it is, and whether it goes on."""

    study: str
    visit: str
    contact: str
    questions: int
    minutes: int | None
    """What others needed; None while too few have answered."""
    watched: str
    """Whether and when anyone reads the answers, in the study's words; empty: nobody watches."""
    is_started: bool
    are_labels: bool
    start_url: str
    not_today_url: str
    language_url: str
    languages: tuple[LanguageChoice, ...]


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
    """The answer; None while there is none or what was typed cannot be read."""
    typed: str | None
    """The answer as text, or what was typed and could not be read."""
    shown: str
    error: str | None
    no_answers: tuple[tuple[str, str], ...]
    """What may be said instead of an answer, each with its words."""
    no_answer: NoAnswer | None
    """What was said instead."""


@dataclass(frozen=True, kw_only=True)
class QuestionPage:
    """One page of questions with its place in the whole."""

    study: str
    form: PageForm
    number: int
    total: int
    minutes: int | None
    """How much longer it takes; None where too few others have answered, or on a way back."""
    title: str
    introduction: str | None
    are_labels: bool
    wording: str
    """Hash of the words shown, which the page sends back."""
    questions: tuple[Question, ...]
    is_single: bool
    """Whether the only question is the page's heading."""
    columns: tuple[str, ...]
    """The answers that the questions of a matrix share; none on any other page."""
    has_previous: bool
    is_reviewing: bool
    """Whether the patient came from the review and goes back there."""
    visit: str
    ticket: str
    typical: int | None
    """What the script needs to send answers by itself."""
    language_url: str
    languages: tuple[LanguageChoice, ...]


@dataclass(frozen=True, kw_only=True)
class Thanks:
    """The page after sending."""

    study: str
    contact: str
    watched: str
    """As on the first page."""


def welcome(session: Session, visit: OpenVisit, token: str) -> Welcome:
    """Return what the first page shows."""
    protocol, spoken = visit.protocol, language()
    words = [opened.wording(session, response, spoken) for response in visit.responses]
    return Welcome(
        study=protocol.patient_title[spoken],
        visit=protocol.visit(visit.code).name[spoken],
        contact=protocol.contact[spoken],
        questions=sum(len(page.items) for page in survey.pages(visit)),
        minutes=durations.of_visit(session, visit),
        watched=_watched(protocol, spoken),
        is_started=any(response.started_at for response in visit.responses),
        are_labels=any(each.kind is WordingKind.LABELS for each in words),
        start_url=url_for("patient.start", token=token),
        not_today_url=url_for("patient.not_today_first", token=token),
        language_url=url_for("patient.choose_language_first", token=token),
        languages=choices(protocol.languages),
    )


def thanks(visit: OpenVisit) -> Thanks:
    """Return what the last page shows."""
    protocol, spoken = visit.protocol, language()
    return Thanks(
        study=protocol.patient_title[spoken],
        contact=protocol.contact[spoken],
        watched=_watched(protocol, spoken),
    )


def _watched(protocol: Protocol, spoken: str) -> str:
    return protocol.alerts.patient_words[spoken] if protocol.alerts else ""


def question_page(
    session: Session,
    visit: OpenVisit,
    page: SurveyPage,
    form: PageForm,
    *,
    reviewing: bool,
    ticket: str = "",
) -> QuestionPage:
    """Return what a page of questions shows."""
    protocol, words = visit.protocol, opened.wording(session, page.response, language())
    return QuestionPage(
        study=protocol.patient_title[language()],
        form=form,
        number=page.number,
        total=page.total,
        minutes=None if reviewing else _minutes(visit, page),
        title=words.title,
        introduction=words.introduction if page.starts_instrument else None,
        are_labels=words.kind is WordingKind.LABELS,
        wording=words.hash,
        questions=tuple(_question(field, words, page.response) for field in form.answers),
        has_previous=page.number > 1,
        is_single=len(form.answers) == 1,
        columns=_columns(page, words),
        is_reviewing=reviewing,
        visit=str(visit.id),
        ticket=ticket,
        typical=survey_session().get("minutes"),
        language_url=url_for("patient.choose_language"),
        languages=choices(protocol.languages),
    )


def _minutes(visit: OpenVisit, page: SurveyPage) -> int | None:
    ahead, total = survey.items_ahead(visit, page)
    return minutes_left(survey_session().get("minutes"), ahead=ahead, total=total)


def _columns(page: SurveyPage, words: Wording) -> tuple[str, ...]:
    if page.page.layout is not Layout.MATRIX or len(page.items) == 1:
        return ()
    item = page.questionnaire.item(page.items[0])
    return tuple(words.options[item.options or ""][code] for code in item.codes)


def _question(field: AnswerField, words: Wording, response: OpenResponse) -> Question:
    item = field.item
    texts = words.options.get(item.options or "", {})
    return Question(
        item=item,
        text=words.questions[item.id],
        hint=words.hints.get(item.id),
        options=tuple((code, texts[code]) for code in item.codes),
        low_label=_end(texts, item.low),
        high_label=_end(texts, item.high),
        value=field.data.value,
        typed=_as_typed(field),
        shown=shown(stored(response, item)),
        error=remedy(item) if field.errors else None,
        no_answers=tuple((word.value, str(NO_ANSWERS[word])) for word in item.no_answers),
        no_answer=field.data.no_answer,
    )


def _end(texts: object, end: float | None) -> str:
    if end is None or not isinstance(texts, dict):
        return ""
    return str(texts.get(int(end), ""))


def _as_typed(field: AnswerField) -> str | None:
    if field.errors and isinstance(field.raw, str):
        return field.raw
    return None if field.data.value is None else str(field.data.value)


def remedy(item: Item) -> str:
    """Return what to do about an answer that the item does not allow."""
    if item.type is AnswerType.TEXT:
        return str(_("Please write at most %(number)s characters.", number=item.max_length))
    if item.type is AnswerType.SEVERAL_OF:
        return str(_("These answers do not go together. Please choose again."))
    if item.codes:
        return str(_("Please choose one of the answers shown."))
    low, high = f"{item.low:g}", f"{item.high:g}"
    if item.decimals:
        return str(_("Please give a number from %(low)s to %(high)s.", low=low, high=high))
    return str(_("Please give a whole number from %(low)s to %(high)s.", low=low, high=high))


def page_url(page: SurveyPage, *, reviewing: bool = False) -> str:
    """Return the address of a page of questions."""
    return url_for(
        "patient.show_page",
        instrument=page.questionnaire.id,
        page_id=page.page.id,
        review=1 if reviewing else None,
    )


def next_url(visit: OpenVisit, page: SurveyPage, *, go: str) -> str:
    """Return where the pressed button leads: ``next``, ``back`` or ``review``."""
    if go == "back":
        before = survey.preceding(visit, page)
        return page_url(before or page)
    after = survey.following(visit, page)
    opened_more = after is not None and after.page.id == page.page.id
    if after is None or (go == "review" and not opened_more):
        return url_for("patient.review")
    return page_url(after)
