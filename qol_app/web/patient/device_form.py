"""What a device sends: answers that it kept, and whether the participant has finished."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from qol_app.domain.errors import InvalidInput
from qol_app.domain.helpers import Helper
from qol_app.services.device_answers import Sent, moment
from qol_app.services.responses import Answer
from questionnaires.model import NoAnswer

MOST = 2000
"""Answers in one call; a device with more sends them in several."""


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SentAnswer(_Plain):
    """One answer."""

    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    """Made on the device, so that a resend is known."""
    instrument: str = Field(max_length=80)
    form: str = Field(max_length=64)
    """Hash of the form version that was shown."""
    wording: str = Field(max_length=64)
    """Hash of the words that were shown."""
    item: str = Field(max_length=80)
    value: int | float | str | list[int] | None
    no_answer: NoAnswer | None = None
    seen: bool = False
    """Whether it only says that the question was seen and left blank."""
    at: AwareDatetime


class Finish(_Plain):
    """The participant pressed "Send"."""

    at: AwareDatetime
    helper: Helper | None = None
    """Who helped, if that was said."""


class Parcel(_Plain):
    """One call of a device."""

    ticket: str
    sent_at: AwareDatetime
    """The device's own clock when it sent this, by which its other times are set right."""
    answers: list[SentAnswer] = Field(max_length=MOST)
    finish: Finish | None = None

    def sent(self, now: datetime) -> list[Sent]:
        """Return the answers with their times by our clock."""
        return [self._one(each, now) for each in self.answers]

    def _one(self, each: SentAnswer, now: datetime) -> Sent:
        answer = Answer(
            event_id=each.id,
            item=each.item,
            value=each.value,
            no_answer=each.no_answer,
            only_if_unseen=each.seen,
            answered_at=moment(each.at, sent_at=self.sent_at, now=now),
        )
        return Sent(
            answer=answer,
            instrument=each.instrument,
            form_hash=each.form,
            wording_hash=each.wording,
        )

    def finished_at(self, now: datetime) -> datetime | None:
        """Return when the participant finished, by our clock; None if not yet."""
        return moment(self.finish.at, sent_at=self.sent_at, now=now) if self.finish else None


def parcel(body: Any) -> Parcel:
    """Read what a device sent.

    Raises:
        InvalidInput: it has not the shape that our own script gives it; nothing is quoted.
    """
    try:
        return Parcel.model_validate(body)
    except ValidationError as invalid:
        places = [".".join(str(part) for part in error["loc"]) for error in invalid.errors()]
        raise InvalidInput([f"{place}: has not the expected shape" for place in places]) from None
