"""How a participant wants the pages to look, remembered for every device and visit."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Participant
from qol_app.domain.actor import Actor
from qol_app.domain.display import Contrast, TextSize
from qol_app.domain.errors import InvalidInput
from qol_app.domain.events import Action


def choose(
    session: Session,
    participant_id: int,
    *,
    text_size: str | None = None,
    contrast: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Remember how the participant wants pages to look. Choosing the same again is a no-op.

    Args:
        text_size: One of ``TextSize``; None leaves it as it is.
        contrast: One of ``Contrast``; None leaves it as it is.

    Raises:
        InvalidInput: there is no such size or contrast.
    """
    participant = session.get_one(Participant, participant_id)
    before = participant.text_size, participant.contrast
    after = (
        _stored("text_size", text_size, TextSize, before[0]),
        _stored("contrast", contrast, Contrast, before[1]),
    )
    if after == before:
        return
    with audited(
        session,
        actor=actor,
        action=Action.DISPLAY_CHANGED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        participant.text_size, participant.contrast = after


def _stored(field: str, word: str | None, words: type[StrEnum], before: str | None) -> str | None:
    if word is None:
        return before
    known = [each.value for each in words]
    if word not in known:
        raise InvalidInput([f"{field}: choose one of {', '.join(known)}"])
    return None if word == "usual" else word
