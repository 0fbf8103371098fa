"""Mistakes of a study file that only show when its parts are compared with one another.

Every check takes the whole document and looks at what it can: a part with a mistake of its own,
reported elsewhere, is passed over, so that all mistakes of a file come in one list.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import ValidationError

import questionnaires
from qol_app.domain.numbers import site_part
from qol_app.domain.schedule import Window, window
from qol_app.domain.study import Visit
from qol_app.domain.study_alert_checks import alert_problems
from qol_app.domain.study_document import (
    Document,
    Entry,
    entries,
    instrument_ids,
    language_tags,
    loaded,
    visit_entries,
)
from qol_app.domain.study_problems import shown
from qol_app.domain.study_reminder_checks import reminder_problems
from questionnaires.model import Questionnaire

_LEAP_CYCLE = [date(2024, 1, 1) + timedelta(days=n) for n in range(4 * 365 + 1)]
"""Anchor dates that show every pattern of month lengths."""


def cross_problems(document: Document) -> Iterator[str]:
    """Yield one line, ``key: what is wrong``, for each mistake found by comparing parts."""
    yield from _codes(document)
    yield from _sites(document)
    yield from _visits(document)
    yield from _windows(document)
    yield from _instruments(document)
    yield from _analysis(document)
    yield from alert_problems(document)
    yield from reminder_problems(document)
    yield from _texts(document)


def _codes(document: Document) -> Iterator[str]:
    """Codes that occur twice; capital and small letters count as the same."""
    yield from _repeated(entries(document, "groups"), "code")
    yield from _repeated(entries(document, "sites"), "code")
    yield from _repeated(visit_entries(document), "code")
    yield from _repeated(entries(document, "instruments"), "id")
    yield from _repeated(entries(document, "alerts", "rules"), "code")
    languages = language_tags(document)
    for language in sorted({one for one in languages if languages.count(one) > 1}):
        yield f"languages: {shown(language)} is listed twice; remove one"


def _repeated(entries: list[Entry], name: str) -> Iterator[str]:
    first: dict[str, str] = {}
    for key, table in entries:
        code = table.get(name)
        if not isinstance(code, str):
            continue
        earlier = first.setdefault(code.casefold(), key)
        if earlier != key:
            yield f"{key}.{name}: {shown(code)} is already used by {earlier}; choose another"


def _sites(document: Document) -> Iterator[str]:
    """Unknown time zones, and codes that would give unequally wide or equal study numbers."""
    first: Entry | None = None
    known: dict[str, Entry] = {}
    for site in entries(document, "sites"):
        zone, code = site.table.get("timezone"), site.table.get("code")
        if isinstance(zone, str) and not _is_zone(zone):
            yield (
                f"{site.key}.timezone: {shown(zone)} is not a time zone; "
                "write one like Asia/Shanghai"
            )
        if not isinstance(code, str):
            continue
        first = first or site
        if len(site_part(code)) != len(site_part(first.table["code"])):
            yield (
                f"{site.key}.code: {shown(code)} differs in length from the first site's code; "
                "study numbers must all have one width, so make the codes equally long"
            )
        twin = known.setdefault(site_part(code), site)
        if twin.table["code"].casefold() != code.casefold():
            yield (
                f"{site.key}.code: {shown(code)} gives the same study numbers as {twin.key}, as "
                "they leave out - and _; choose another"
            )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _visits(document: Document) -> Iterator[str]:
    """The time of each visit, the place of the baseline, and the instruments asked."""
    listed = instrument_ids(document)
    for place, (key, table) in enumerate(visit_entries(document)):
        times = [name for name in ("month", "day") if table.get(name) is not None]
        if not times:
            yield f"{key}: has neither month nor day; add one of them"
        elif len(times) == 2:
            yield f"{key}: has both month and day; remove one of them"
        elif place == 0 and table[times[0]] != 0:
            yield (
                f"{key}.{times[0]}: must be 0, as the first visit is the baseline "
                f"(got {shown(table[times[0]])})"
            )
        given = table.get("instruments")
        asked = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
        for name in dict.fromkeys(asked):
            if name not in listed:
                yield f"{key}.instruments: {shown(name)} is not among [[instruments]]; add it"
            if asked.count(name) > 1:
                yield f"{key}.instruments: {shown(name)} is listed twice; remove one"


class Timed(NamedTuple):
    """One visit that has a valid time, with its window for every anchor date of the cycle."""

    key: str
    code: str
    windows: list[Window]


def _windows(document: Document) -> Iterator[str]:
    """Visits out of order and windows that overlap, for any anchor date."""
    timed = list(_timed_visits(document))
    for earlier, later in pairwise(timed):
        anchor = _anchor_out_of_order(earlier, later)
        if anchor is not None:
            yield (
                f"{later.key}: must come after visit {earlier.code}, but does not for the anchor "
                f"date {anchor}; put the visits in order of time"
            )
    schedule = document.get("schedule")
    if isinstance(schedule, dict) and schedule.get("windows_may_overlap") is True:
        return
    for earlier, later in combinations(timed, 2):
        if _anchor_out_of_order(earlier, later) is None:
            yield from _overlap(earlier, later)


def _timed_visits(document: Document) -> Iterator[Timed]:
    for key, table in visit_entries(document):
        try:
            visit = Visit.model_validate_json(json.dumps(table), strict=True)
        except ValidationError:
            continue
        yield Timed(key, visit.code, [window(visit, anchor) for anchor in _LEAP_CYCLE])


def _anchor_out_of_order(earlier: Timed, later: Timed) -> date | None:
    for anchor, first, second in zip(_LEAP_CYCLE, earlier.windows, later.windows, strict=True):
        if second.target <= first.target:
            return anchor
    return None


def _overlap(earlier: Timed, later: Timed) -> Iterator[str]:
    for anchor, first, second in zip(_LEAP_CYCLE, earlier.windows, later.windows, strict=True):
        if second.opens <= first.closes:
            yield (
                f"{later.key}: with the anchor date {anchor} its window opens on {second.opens}, "
                f"while visit {earlier.code} is open until {first.closes}; shorten before, after "
                "or grace, or set schedule.windows_may_overlap = true"
            )
            return


def _instruments(document: Document) -> Iterator[str]:
    """Instruments or versions that do not exist, or lack a language of the study."""
    for key, table in entries(document, "instruments"):
        name, version = table.get("id"), table.get("version")
        if not isinstance(name, str) or not isinstance(version, str):
            continue
        questionnaire = loaded(name, version)
        if questionnaire is None:
            yield f"{key}.{_not_there(name, version)}"
            continue
        for language in missing_wordings(questionnaire, dict.fromkeys(language_tags(document))):
            yield (
                f"{key}: {name} {version} has no wording in {language}; add its wording or "
                f"remove {language} from languages"
            )


def missing_wordings(questionnaire: Questionnaire, languages: Iterable[str]) -> list[str]:
    """Return the languages in which the questionnaire has no wording."""
    known = questionnaires.languages(questionnaire.id, questionnaire.version)
    return [language for language in languages if language not in known]


def _not_there(name: str, version: str) -> str:
    available = questionnaires.available()
    versions = sorted(known for instrument, known in available if instrument == name)
    if versions:
        return f"version: {name} has no version {shown(version)}; there is {', '.join(versions)}"
    names = sorted({instrument for instrument, _ in available})
    near = difflib.get_close_matches(name, names, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    return f"id: there is no instrument {shown(name)}; {remedy}"


def _analysis(document: Document) -> Iterator[str]:
    """A main visit or a main score that the study does not have."""
    plan = document.get("analysis")
    plan = plan if isinstance(plan, dict) else {}
    main = plan.get("main")
    main = main if isinstance(main, dict) else {}
    code, instrument = plan.get("main_visit"), main.get("instrument")
    visits = [table for _, table in visit_entries(document) if table.get("code") == code]
    if isinstance(code, str) and not visits:
        yield f"analysis.main_visit: {shown(code)} is not the code of a visit; use one of the codes"
    if not isinstance(instrument, str):
        return
    if instrument not in instrument_ids(document):
        yield (
            f"analysis.main.instrument: {shown(instrument)} is not among [[instruments]]; add it"
        )
        return
    asked: object = visits[0].get("instruments") if visits else None
    if isinstance(asked, list) and instrument not in asked:
        yield f"analysis.main_visit: {instrument} is not asked at visit {code}; choose another"
    yield from _main_scale(document, instrument, main.get("scale"))


def _main_scale(document: Document, instrument: str, scale: object) -> Iterator[str]:
    for _, table in entries(document, "instruments"):
        version = table.get("version")
        if table.get("id") != instrument or not isinstance(version, str):
            continue
        questionnaire = loaded(instrument, version)
        if questionnaire is None or not isinstance(scale, str):
            return
        known = {one.code: one.direction for one in questionnaire.scales}
        if scale not in known:
            yield (
                f"analysis.main.scale: {shown(scale)} is not a scale of {instrument}; it has "
                f"{', '.join(known)}"
            )
        elif known[scale] is None:
            yield (
                f"analysis.main.scale: {shown(scale)} has no better or worse, so a threshold "
                "means nothing; choose another scale"
            )
        return


def _texts(document: Document) -> Iterator[str]:
    """Texts that lack a language of the study."""
    named = [*entries(document, "groups"), *entries(document, "sites"), *visit_entries(document)]
    named += entries(document, "alerts", "rules")
    places = [Entry(key, document) for key in ("title", "patient_title", "contact")]
    if isinstance(document.get("alerts"), dict):
        places.append(Entry("alerts.patient_words", document["alerts"]))
    if isinstance(document.get("schedule"), dict):
        places.append(Entry("schedule.anchor", document["schedule"]))
    for key, table in named:
        places += [Entry(f"{key}.{name}", table) for name in ("name", "short")]
    languages = dict.fromkeys(language_tags(document))
    for key, table in places:
        words = table.get(key.rpartition(".")[2])
        if not isinstance(words, dict):
            continue
        for language in languages:
            if language not in words:
                yield f"{key}.{language}: is missing; every text needs every language of the study"
