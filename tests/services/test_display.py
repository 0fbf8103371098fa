"""What a participant chose for the eyes is kept, once, and only in known words."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import AuditEvent, Participant
from qol_app.domain import actor as actors
from qol_app.domain.errors import InvalidInput
from qol_app.services import display
from tests import builders

LINK = actors.link(7)


@pytest.fixture
def person(session: Session, now: datetime) -> Participant:
    """A participant of the example study who has chosen nothing."""
    study = builders.study(session, now)
    return builders.participant(session, now, of=study, at="SHA", anchor=now.date())


def test_a_choice_is_kept_and_leaves_one_audit_event(
    session: Session, person: Participant, now: datetime
) -> None:
    before = builders.count_audit(session)
    for _ in range(2):
        display.choose(session, person.id, text_size="largest", actor=LINK, now=now)
    assert (person.text_size, person.contrast) == ("largest", None)
    assert builders.count_audit(session) == before + 1
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    assert (last.action, last.actor_kind, last.actor_id) == ("display_changed", "link", "7")
    assert last.participant_id == person.id


def test_the_usual_is_stored_as_no_choice(
    session: Session, person: Participant, now: datetime
) -> None:
    display.choose(session, person.id, text_size="large", contrast="high", actor=LINK, now=now)
    display.choose(session, person.id, contrast="usual", actor=LINK, now=now)
    assert (person.text_size, person.contrast) == ("large", None)


@pytest.mark.parametrize("choice", [{"text_size": "huge"}, {"contrast": "low"}, {"contrast": ""}])
def test_an_unknown_word_is_refused_and_changes_nothing(
    session: Session, person: Participant, now: datetime, choice: dict[str, str]
) -> None:
    before = builders.count_audit(session)
    with pytest.raises(InvalidInput, match="choose one of usual"):
        display.choose(session, person.id, **choice, actor=LINK, now=now)
    assert (person.text_size, person.contrast) == (None, None)
    assert builders.count_audit(session) == before
