"""A visit as its patient walks it: may it be opened, which pages does it have, where to go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from qol_app.domain import answers as rules
from qol_app.domain.eligibility import Refusal
from qol_app.domain.errors import (
    AlreadySubmitted,
    LinkEnded,
    LinkExpired,
    LinkTooEarly,
    NotFound,
    QolError,
)
from qol_app.services import facts
from qol_app.services.opened import OpenResponse, OpenVisit
from qol_app.services.rows import VisitRow
from questionnaires.model import Page, Questionnaire

REFUSALS: dict[Refusal, type[QolError]] = {
    Refusal.TOO_EARLY: LinkTooEarly,
    Refusal.CLOSED: LinkExpired,
    Refusal.SUBMITTED: AlreadySubmitted,
    Refusal.DIED: LinkEnded,
    Refusal.WITHDRAWN: LinkEnded,
    Refusal.PRO_STOPPED: LinkEnded,
}


@dataclass(frozen=True, kw_only=True)
class SurveyPage:
    """One page of the whole visit, counted from 1 over all its instruments."""

    number: int
    total: int
    response: OpenResponse
    questionnaire: Questionnaire
    page: Page
    items: tuple[str, ...]
    """The page's items that the answers so far show."""
    starts_instrument: bool


def check_open(visit: VisitRow, *, now: datetime) -> None:
    """Raise the error that says why the visit cannot be answered now, if it cannot.

    Raises:
        LinkTooEarly, LinkExpired, AlreadySubmitted, LinkEnded.
    """
    verdict = facts.eligibility(visit, now=now)
    if verdict.reason is not None:
        raise REFUSALS[verdict.reason](f"visit {visit.code}: {verdict.reason.value}")


def pages(visit: OpenVisit) -> list[SurveyPage]:
    """Return the visit's pages in order, those that skip rules hide left out."""
    return _numbered(
        (response, rules.visible_pages(response.questionnaire, response.answers))
        for response in visit.responses
    )


def every_page(visit: OpenVisit) -> list[SurveyPage]:
    """Return all of the visit's pages with all their items, whatever the answers hide."""
    return _numbered((response, response.questionnaire.pages) for response in visit.responses)


def _numbered(walk: Iterable[tuple[OpenResponse, Sequence[Page]]]) -> list[SurveyPage]:
    found = [
        (response, page, place == 0) for response, shown in walk for place, page in enumerate(shown)
    ]
    return [
        SurveyPage(
            number=number,
            total=len(found),
            response=response,
            questionnaire=response.questionnaire,
            page=page,
            items=page.items,
            starts_instrument=first,
        )
        for number, (response, page, first) in enumerate(found, start=1)
    ]


def page(visit: OpenVisit, instrument: str, page_id: str) -> SurveyPage:
    """Return one page. Raises NotFound if the visit has none such, or it is hidden."""
    for each in pages(visit):
        if (each.questionnaire.id, each.page.id) == (instrument, page_id):
            return each
    raise NotFound(f"this survey has no page {instrument} {page_id}")


def following(visit: OpenVisit, current: SurveyPage) -> SurveyPage | None:
    """Return where to go after ``current``; None if it is the last page.

    That is the same page again if an answer on it has just opened a further item.
    """
    walk = pages(visit)
    places = [place for place, each in enumerate(walk) if _same(each, current)]
    if not places:
        return walk[0]
    again = walk[places[0]]
    if any(item not in again.response.answers for item in again.items):
        return again
    return walk[places[0] + 1] if places[0] + 1 < len(walk) else None


def preceding(visit: OpenVisit, current: SurveyPage) -> SurveyPage | None:
    """Return the page before ``current``; None if it is the first."""
    before = None
    for each in pages(visit):
        if _same(each, current):
            return before
        before = each
    return None


def _same(one: SurveyPage, other: SurveyPage) -> bool:
    return one.response.id == other.response.id and one.page.id == other.page.id


def items_ahead(visit: OpenVisit, current: SurveyPage) -> tuple[int, int]:
    """Return how many items there are from ``current`` to the end, and how many in all."""
    walk = pages(visit)
    ahead = sum(len(each.items) for each in walk if each.number >= current.number)
    return ahead, sum(len(each.items) for each in walk)


def is_submitted(visit: OpenVisit) -> bool:
    """Tell whether all forms of the visit were sent."""
    return all(response.submitted_at is not None for response in visit.responses)


def resume_at(visit: OpenVisit) -> SurveyPage | None:
    """Return the first page with an item never seen; None if every page was seen."""
    for each in pages(visit):
        if any(item not in each.response.answers for item in each.items):
            return each
    return None
