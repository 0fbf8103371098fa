"""What published thresholds say about an instrument's scores: three different objects.

``<instrument>/thresholds.toml`` holds them beside the versions, not inside one: they are
literature, and change without the form changing. They are no part of a definition's hash, and no
score depends on them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from questionnaires.files import ROOT, QuestionnaireInvalid, QuestionnaireUnknown, available, read
from questionnaires.model import Questionnaire, Scale
from questionnaires.schema import Strict, Text

FILE = "thresholds.toml"
LANGUAGES = {"en", "zh-Hans"}
"""The languages in which every word of a threshold stands."""


class ThresholdKind(StrEnum):
    """What a threshold is held against. One kind never stands in for another."""

    CLINICAL_IMPORTANCE = "clinical_importance"
    """One patient at one time: on the far side of the value there is a problem that matters."""
    INDIVIDUAL_CHANGE = "individual_change"
    """One patient, two times: a change of at least so many points counts."""
    GROUP_DIFFERENCE = "group_difference"
    """Means: between groups, or of one group over time."""


class Confidence(StrEnum):
    """How well a threshold's numbers are backed; said wherever they show."""

    CONFIRMED = "confirmed"
    """Two independent sources agree."""
    ONE_SOURCE = "one_source"
    """Seen in the one source that is named."""
    MEMORY = "memory"
    """Written down from memory and not checked against the publication."""


class Side(StrEnum):
    """On which side of a clinical importance threshold the problem lies."""

    BELOW = "below"
    ABOVE = "above"


class Comparison(StrEnum):
    """Which means a group difference compares."""

    WITHIN = "within"
    """One group at two times."""
    BETWEEN = "between"
    """Two groups."""


@dataclass(frozen=True, kw_only=True)
class Points:
    """So many points of change or difference, without a sign: one value, or from low to high."""

    low: Fraction
    high: Fraction | None
    """Equal to ``low`` for one value; None where the range is open upwards."""

    def holds(self, points: Fraction) -> bool:
        """Tell whether ``points`` lie in the range, ends included."""
        return self.low <= points and (self.high is None or points <= self.high)


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """One published threshold, for one or more scales of an instrument.

    A clinical importance threshold has ``value``, ``side`` and ``inclusive``; the other two kinds
    have ``improvement``, ``deterioration`` or both, in points of the score.
    """

    kind: ThresholdKind
    short: Mapping[str, str]
    """Author and year, or another name that fits into a line; by language."""
    scales: tuple[str, ...]
    versions: tuple[str, ...]
    """The versions of the instrument it holds for."""
    source: Mapping[str, str]
    """Where the numbers stand, by language."""
    population: Mapping[str, str]
    """Whom the numbers were found in, by language."""
    confidence: Confidence
    value: Fraction | None
    side: Side | None
    inclusive: bool
    """Whether a score of exactly ``value`` counts."""
    improvement: Points | None
    deterioration: Points | None
    comparison: Comparison | None
    options: Mapping[str, str]
    """The scoring options it holds for, e.g. one value set."""
    meaning: Mapping[str, str]
    """What the other side of the value, or such a change, is called; by language, may be empty."""
    note: Mapping[str, str]
    """What a reader must know beside the numbers; by language, may be empty."""

    def is_about(self, scale: str, options: Mapping[str, str]) -> bool:
        """Tell whether it holds for this scale, scored with these options."""
        return scale in self.scales and all(
            options.get(name) == value for name, value in self.options.items()
        )


Number = Annotated[Decimal, Field(allow_inf_nan=False)]
Magnitude = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
Words = dict[str, Text]
Cited = Text | Words
"""A citation is the same in every language; other words stand in each."""
Range = Annotated[list[Magnitude], Field(min_length=1, max_length=2)]


class Entry(Strict):
    """One ``[[thresholds]]`` of a file."""

    kind: ThresholdKind
    short: Cited
    scales: list[str] = Field(min_length=1)
    versions: list[str] | None = None
    """Without it, every version of the instrument."""
    source: Cited
    population: Words
    confidence: Confidence
    value: Number | None = None
    direction: Side | None = None
    inclusive: bool = False
    improvement: Range | None = None
    """``[10]`` one value, ``[5, 10]`` a range."""
    deterioration: Range | None = None
    open_ended: bool = False
    """The one value is the beginning of a range without an end."""
    comparison: Comparison | None = None
    options: dict[str, str] = Field(default_factory=dict)
    meaning: Words = Field(default_factory=dict)
    note: Words = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        problems = _kind_problems(self)
        if problems:
            raise ValueError("; ".join(problems))
        return self


class File(Strict):
    """One ``thresholds.toml``."""

    thresholds: list[Entry] = Field(min_length=1)


def _kind_problems(entry: Entry) -> list[str]:
    changes = [each for each in (entry.improvement, entry.deterioration) if each is not None]
    problems = []
    if entry.kind is ThresholdKind.CLINICAL_IMPORTANCE:
        if entry.value is None or entry.direction is None:
            problems.append("clinical_importance needs value and direction")
        if changes or entry.open_ended:
            problems.append("clinical_importance has no improvement or deterioration")
    else:
        if not changes:
            problems.append(f"{entry.kind} needs improvement or deterioration")
        if entry.value is not None or entry.direction is not None or entry.inclusive:
            problems.append(f"{entry.kind} has no value, direction or inclusive")
    if entry.comparison is not None and entry.kind is not ThresholdKind.GROUP_DIFFERENCE:
        problems.append("only group_difference has a comparison")
    problems += ["a range goes from low to high" for each in changes if each != sorted(set(each))]
    if entry.open_ended and any(len(each) == 2 for each in changes):
        problems.append("open_ended goes with one value")
    return problems


def thresholds(instrument: str) -> tuple[Threshold, ...]:
    """Return the published thresholds of an instrument in the order of its file; () without one.

    Raises:
        QuestionnaireUnknown: there is no such instrument.
        QuestionnaireInvalid: the file has mistakes; names all of them.
    """
    known = sorted({name for name, _ in available()})
    if instrument not in known:
        raise QuestionnaireUnknown(f"no questionnaire {instrument}; there are {', '.join(known)}")
    folder = ROOT / instrument
    return read_thresholds(folder) if (folder / FILE).exists() else ()


def published(
    questionnaire: Questionnaire, scale: Scale, options: Mapping[str, str] | None = None
) -> tuple[Threshold, ...]:
    """Return the thresholds of one scale of a questionnaire version, scored with ``options``.

    A questionnaire that this folder does not hold (a study may keep one) has none.
    """
    if questionnaire.id not in {name for name, _ in available()}:
        return ()
    chosen = {**scale.options, **(options or {})}
    return tuple(
        each
        for each in thresholds(questionnaire.id)
        if questionnaire.version in each.versions and each.is_about(scale.code, chosen)
    )


@cache
def read_thresholds(folder: Path) -> tuple[Threshold, ...]:
    """Read the thresholds in ``<instrument>``, wherever that folder lies.

    Raises:
        QuestionnaireInvalid: the file has mistakes; names each with file and key.
    """
    path = folder / FILE
    named = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    forms = {each.parent.name: read(each.parent) for each in folder.glob("*/definition.toml")}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        entries = File.model_validate(data).thresholds
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise QuestionnaireInvalid(f"{named}: {error}") from error
    except ValidationError as error:
        lines = [
            f"{named}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
        ]
        raise QuestionnaireInvalid("\n".join(lines)) from error
    problems = [
        f"{named}: thresholds.{number}.{problem}"
        for number, entry in enumerate(entries)
        for problem in _problems(entry, forms)
    ]
    if problems:
        raise QuestionnaireInvalid("\n".join(problems))
    return tuple(_threshold(entry, forms) for entry in entries)


def _problems(entry: Entry, forms: Mapping[str, Questionnaire]) -> list[str]:
    versions = sorted(forms) if entry.versions is None else entry.versions
    problems = [f"versions: there is no version {one}" for one in versions if one not in forms]
    for version in (one for one in versions if one in forms):
        scales = {scale.code: scale for scale in forms[version].scales}
        for code in entry.scales:
            if code not in scales:
                problems.append(f"scales: version {version} has no scale {code}")
            else:
                problems += _scale_problems(entry, scales[code], version)
    for name in ("short", "source", "population", "meaning", "note"):
        words = getattr(entry, name)
        if isinstance(words, dict) and _is_wanted(name, words) and set(words) != LANGUAGES:
            problems.append(f"{name}: needs {' and '.join(sorted(LANGUAGES))}, nothing else")
    return problems


def _is_wanted(name: str, words: Words) -> bool:
    return bool(words) or name not in ("meaning", "note")


def _scale_problems(entry: Entry, scale: Scale, version: str) -> list[str]:
    place = f"of scale {scale.code} of version {version}"
    problems = [
        f"options: {name} is no option {place}"
        for name in entry.options
        if name not in scale.options
    ]
    if scale.direction is None and entry.kind is not ThresholdKind.CLINICAL_IMPORTANCE:
        problems.append(f"scales: the direction {place} is not known")
    if entry.value is not None and not scale.low <= entry.value <= scale.high:
        problems.append(f"value: {entry.value} is outside the range {place}")
    widest = scale.high - scale.low
    for name in ("improvement", "deterioration"):
        if any(points > widest for points in getattr(entry, name) or ()):
            problems.append(f"{name}: is wider than the range {place}")
    return problems


def _threshold(entry: Entry, forms: Mapping[str, Questionnaire]) -> Threshold:
    return Threshold(
        kind=entry.kind,
        short=_cited(entry.short),
        scales=tuple(entry.scales),
        versions=tuple(sorted(forms) if entry.versions is None else entry.versions),
        source=_cited(entry.source),
        population=entry.population,
        confidence=entry.confidence,
        value=None if entry.value is None else Fraction(entry.value),
        side=entry.direction,
        inclusive=entry.inclusive,
        improvement=_points(entry.improvement, entry.open_ended),
        deterioration=_points(entry.deterioration, entry.open_ended),
        comparison=entry.comparison,
        options=entry.options,
        meaning=entry.meaning,
        note=entry.note,
    )


def _cited(given: Cited) -> Mapping[str, str]:
    return given if isinstance(given, dict) else dict.fromkeys(sorted(LANGUAGES), given)


def _points(given: list[Decimal] | None, open_ended: bool) -> Points | None:
    if given is None:
        return None
    return Points(low=Fraction(given[0]), high=None if open_ended else Fraction(given[-1]))
