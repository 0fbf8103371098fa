"""What the rules read of a row, be it an object of the database or plain values read from one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from questionnaires.model import Value


class EventRow(Protocol):
    """What is read of a participant's event."""

    @property
    def kind(self) -> str: ...
    @property
    def happened_on(self) -> date: ...
    @property
    def struck_at(self) -> datetime | None: ...


class SiteRow(Protocol):
    """What is read of a site."""

    @property
    def timezone(self) -> str: ...


class ParticipantRow(Protocol):
    """What is read of a participant."""

    @property
    def site(self) -> SiteRow: ...
    @property
    def events(self) -> Sequence[EventRow]: ...


class ResponseRow(Protocol):
    """What is read of a form."""

    @property
    def started_at(self) -> datetime | None: ...
    @property
    def last_activity_at(self) -> datetime | None: ...
    @property
    def submitted_at(self) -> datetime | None: ...
    @property
    def answered_on(self) -> date | None: ...
    @property
    def missing_reason(self) -> str | None: ...
    @property
    def answers(self) -> Mapping[str, Value]: ...


class VisitRow(Protocol):
    """What is read of a visit, whether it is a row of the database or values read from one."""

    @property
    def code(self) -> str: ...
    @property
    def opens_on(self) -> date: ...
    @property
    def target_on(self) -> date: ...
    @property
    def on_time_until(self) -> date: ...
    @property
    def closes_on(self) -> date: ...
    @property
    def participant(self) -> ParticipantRow: ...
    @property
    def responses(self) -> Sequence[ResponseRow]: ...


class FormVersionRow(Protocol):
    """What names a stored form version."""

    @property
    def id(self) -> int: ...
    @property
    def instrument_id(self) -> str: ...
    @property
    def version(self) -> str: ...
