"""How far the keying of a form has come, and what was keyed so far; writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import Keying, Response
from qol_app.domain.answers import UNSAID, item_state
from qol_app.domain.compliance import ended
from qol_app.domain.helpers import Helper
from qol_app.domain.keying import Keyed, Source, different_facts, different_items
from qol_app.domain.said import Said
from qol_app.domain.schedule import is_on_time
from qol_app.services import facts, forms
from questionnaires.model import NoAnswer


class Step(StrEnum):
    """What is to be done next with a form."""

    FIRST = "first"
    SECOND = "second"
    SETTLE = "settle"
    """Two people keyed it, and they differ."""
    STORED = "stored"
    """It was sent, by keying or by its participant."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a form has come."""

    step: Step
    keyings: tuple[Keying, ...]
    online: frozenset[str]
    """The items that the participant answered, or declined, online: they stand."""

    def is_waiting_for(self, user_id: int) -> bool:
        """Tell whether the next step is the user's to do: a second keying is another's."""
        return not (self.step is Step.SECOND and self.keyings[0].keyed_by == user_id)


def standing(session: Session, response: Response) -> Standing:
    """Return how far a form has come."""
    query = select(Keying).where(Keying.response_id == response.id).order_by(Keying.number)
    keyings = tuple(session.scalars(query))
    online = frozenset(
        item
        for item in response.answers
        if item_state(item, response.answers, response.no_answers) not in UNSAID
    )
    step = (Step.FIRST, Step.SECOND, Step.SETTLE, Step.STORED)[len(keyings)]
    return Standing(
        step=Step.STORED if response.submitted_at else step, keyings=keyings, online=online
    )


def open_items(response: Response, found: Standing) -> list[str]:
    """Return the items that are keyed, in the order of the form: all but those answered online."""
    questionnaire = forms.questionnaire(response.form_version)
    ordered = [item for page in questionnaire.pages for item in page.items]
    return [item for item in ordered if item not in found.online]


def as_keyed(row: Keying) -> Keyed:
    """Return a stored keying as plain values."""
    said = {item: Said(value=value) for item, value in row.answers.items()}
    said |= {item: Said(no_answer=NoAnswer(word)) for item, word in row.no_answers.items()}
    return Keyed(
        source=Source(row.source),
        answered_on=row.answered_on,
        language=row.language,
        helper=Helper(row.helper) if row.helper else None,
        said=said,
    )


def is_in_window(response: Response, answered_on: date) -> bool:
    """Tell whether a form answered on this day is on time."""
    return is_on_time(facts.window_of(response.visit), answered_on)


def had_ended(response: Response, answered_on: date) -> bool:
    """Tell whether the participant had died or left the questionnaires before this day."""
    person = facts.participant_facts(response.visit.participant.events)
    return ended(person, answered_on - timedelta(days=1)) is not None


def differs(response: Response, found: Standing, keyed: Keyed) -> bool:
    """Tell whether what was keyed differs from the first keying in what is stored."""
    first, items = as_keyed(found.keyings[0]), open_items(response, found)
    return bool(different_facts(first, keyed) or different_items(first, keyed, items))
