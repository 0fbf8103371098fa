"""What a protocol says: groups, sites, visits, instruments, analysis plan. Frozen values.

A protocol version is read from a study file (see ``domain.study_file``), stored whole as JSON in
its own row, and never changed afterwards; an amendment is a new version.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$")]
CLOCK_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Z][A-Za-z]+)?$"
Language = Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
"""An HTML language tag, e.g. ``en`` or ``zh-Hans``."""
ClockTime = Annotated[str, Field(pattern=CLOCK_PATTERN)]
"""A time of day, e.g. ``08:00``."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Words = dict[Language, Text]
"""A text per language."""

MONTH_OR_DAY = "month_or_day"
"""The pydantic error type of a visit that has both or neither of ``month`` and ``day``."""
ONE_CONDITION = "one_condition"
"""The pydantic error type of an alert rule that has not exactly one condition for its subject."""


class Purpose(StrEnum):
    """Whether real people answer."""

    REHEARSAL = "rehearsal"
    REAL = "real"


class Strict(BaseModel):
    """Base of all protocol values: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Group(Strict):
    """A treatment group, in display order."""

    code: Code
    name: Words
    short: Words


class Site(Strict):
    """A clinic that enrols participants."""

    code: Code
    name: Words
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone; all its dates are counted in it."""
        return ZoneInfo(self.timezone)


class InstrumentUse(Strict):
    """One instrument in the study, pinned to a version, with options for its scoring."""

    id: Text
    version: Text
    options: dict[str, str] = Field(default_factory=dict)
    """E.g. ``{value_set = "China"}`` for EQ-5D-5L."""


class Visit(Strict):
    """One assessment: either ``month`` or ``day`` after the anchor, with its window in days."""

    code: Code
    name: Words
    month: int | None = Field(default=None, ge=0, le=240)
    day: int | None = Field(default=None, ge=0, le=7300)
    before: int = Field(ge=0, le=366)
    """Days before the target on which the window opens."""
    after: int = Field(ge=0, le=366)
    """Days after the target that are still on time."""
    grace: int = Field(default=0, ge=0, le=366)
    """Further days on which a late form is still accepted."""
    instruments: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _exactly_one_of_month_and_day(self) -> Self:
        if (self.month is None) == (self.day is None):
            raise PydanticCustomError(MONTH_OR_DAY, "must have either month or day")
        return self

    @property
    def nominal_month(self) -> float:
        """Planned time on the month axis; days are divided by 30.4375."""
        return float(self.month) if self.month is not None else (self.day or 0) / 30.4375


class Schedule(Strict):
    """All visits, in order; the first is the baseline."""

    anchor: Words
    """What the anchor date is, e.g. the start of treatment."""
    windows_may_overlap: bool = False
    visits: tuple[Visit, ...] = Field(min_length=1)


class Measure(Strict):
    """One score of one instrument."""

    instrument: str
    scale: str


class AnalysisPlan(Strict):
    """What the statistical analysis plan fixes before the data are seen."""

    main: Measure
    main_visit: Code
    threshold: float = Field(gt=0, le=100)


class Since(StrEnum):
    """The earlier score that a change is counted from."""

    BASELINE = "baseline"
    PREVIOUS = "previous"
    """The last earlier visit that has the score."""


LIMITS = ("at_least", "at_most")
"""Conditions of items and scales alike."""
ITEM_CONDITIONS = (*LIMITS, "any_of")
CHANGES = ("drop_of", "rise_of")
SCALE_CONDITIONS = (*LIMITS, *CHANGES)


class AlertRule(Strict):
    """When staff are told about one form: one item or scale, and one condition."""

    code: Code
    name: Words
    """What staff read."""
    instrument: Text
    item: Text | None = None
    scale: Text | None = None
    at_least: float | None = None
    at_most: float | None = None
    any_of: tuple[int, ...] | None = Field(default=None, min_length=1)
    """Codes of the item's answers."""
    drop_of: float | None = Field(default=None, gt=0)
    """Points by which the score fell, or more."""
    rise_of: float | None = Field(default=None, gt=0)
    """Points by which the score rose, or more."""
    since: Since = Since.BASELINE
    """What ``drop_of`` and ``rise_of`` are counted from."""

    @model_validator(mode="after")
    def _exactly_one_condition_for_the_subject(self) -> Self:
        possible = ITEM_CONDITIONS if self.scale is None else SCALE_CONDITIONS
        given = {name for name in (*ITEM_CONDITIONS, *CHANGES) if getattr(self, name) is not None}
        has_one_subject = (self.item is None) != (self.scale is None)
        if not has_one_subject or len(given) != 1 or not given <= set(possible):
            raise PydanticCustomError(ONE_CONDITION, "must have one item or scale, one condition")
        return self

    @property
    def condition(self) -> str:
        """The name of the rule's only condition, e.g. ``at_least``."""
        names = (*ITEM_CONDITIONS, *CHANGES)
        return next(name for name in names if getattr(self, name) is not None)


class Alerts(Strict):
    """What staff are told at once, and what patients are told about that."""

    patient_words: Words
    """Whether and when anyone reads the answers, for patients."""
    escalate_after_hours: int = Field(ge=1, le=168)
    """Hours until an alert that nobody acknowledged goes to the study's administrators."""
    rules: tuple[AlertRule, ...] = Field(min_length=1)

    def rule(self, code: str) -> AlertRule:
        """Return the rule with this code. Raises KeyError if there is none."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(code)

    def rules_of(self, instrument: str) -> tuple[AlertRule, ...]:
        """Return the rules about one instrument's forms."""
        return tuple(rule for rule in self.rules if rule.instrument == instrument)


class Reminders(Strict):
    """When participants are written to about a visit without staff asking for it."""

    invitation: bool = True
    """Whether they are invited on the day the window opens, or on enrolment if that is later."""
    after_days: tuple[Annotated[int, Field(ge=1, le=366)], ...] = ()
    """Days after the invitation's day on which they are reminded, in order."""
    last_call: int | None = Field(default=None, ge=0, le=366)
    """Days before the last accepted day on which they are asked for the last time."""
    tell_staff: bool = True
    """Whether staff are told on a visit's last accepted day that forms are still missing."""
    from_time: ClockTime = "08:00"
    until_time: ClockTime = "20:00"
    """Messages go out between these times by the site's clock; at other times they wait."""


class NumberScheme(Strict):
    """How study numbers look: prefix, site code, and a fixed number of digits."""

    prefix: str = Field(default="", pattern=r"^[A-Z0-9-]{0,12}$")
    digits: int = Field(default=4, ge=3, le=8)


class Protocol(Strict):
    """One version of a study's protocol."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
    registry_id: str | None = None
    title: Words
    """The study's name, for staff and files."""
    patient_title: Words
    """What patients see on pages and letters: names neither the disease nor a treatment."""
    version: str = Field(min_length=1, max_length=40)
    randomised: bool
    """False where groups are not randomised; said on every group contrast."""
    languages: tuple[Language, ...] = Field(min_length=1)
    """The first is the default."""
    planned_participants: int | None = Field(default=None, ge=1)
    contact: Words
    """Whom a participant can turn to, shown on help and error pages. No personal data."""
    numbers: NumberScheme = NumberScheme()
    groups: tuple[Group, ...] = Field(min_length=1)
    sites: tuple[Site, ...] = Field(min_length=1)
    instruments: tuple[InstrumentUse, ...] = Field(min_length=1)
    schedule: Schedule
    analysis: AnalysisPlan
    alerts: Alerts | None = None
    """None: no rules, and patients are told that nobody watches."""
    reminders: Reminders | None = None
    """None: participants are written to only when staff ask for it."""
    double_keying: bool = True
    """Whether a form from paper counts only once a second person has keyed it."""

    def visit(self, code: str) -> Visit:
        """Return the visit with this code. Raises KeyError if there is none."""
        return next_or_key_error(self.schedule.visits, code)

    def group(self, code: str) -> Group:
        """Return the group with this code. Raises KeyError if there is none."""
        return next_or_key_error(self.groups, code)

    def site(self, code: str) -> Site:
        """Return the site with this code. Raises KeyError if there is none."""
        return next_or_key_error(self.sites, code)

    def instrument(self, instrument_id: str) -> InstrumentUse:
        """Return the use of this instrument. Raises KeyError if the study has none."""
        for use in self.instruments:
            if use.id == instrument_id:
                return use
        raise KeyError(instrument_id)

    def visit_number(self, code: str) -> int:
        """Return the visit's place in the schedule, 0 for the baseline.

        Raises KeyError if there is no such visit.
        """
        return self.schedule.visits.index(self.visit(code))

    @property
    def baseline(self) -> Visit:
        """The first visit of the schedule."""
        return self.schedule.visits[0]


Coded = TypeVar("Coded", Visit, Group, Site)


def next_or_key_error(values: tuple[Coded, ...], code: str) -> Coded:
    """Return the value with this code. Raises KeyError if there is none."""
    for value in values:
        if value.code == code:
            return value
    raise KeyError(code)
