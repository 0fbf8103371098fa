"""What the pages of keying a form show, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext as _

from qol_app.db.models import Keying, Response
from qol_app.domain import keying
from qol_app.domain.answers import item_state, visible_items
from qol_app.domain.keying import Keyed
from qol_app.domain.said import NOTHING, Said
from qol_app.domain.study import Protocol
from qol_app.services import answers_view, forms, keying_steps, names
from qol_app.services.keying_steps import Standing, Step
from qol_app.services.participants import spoken_in
from qol_app.web import unit
from qol_app.web.locale import language
from qol_app.web.navigation import in_words
from qol_app.web.staff import item_words, words
from qol_app.web.staff.keying_form import HELPERS, SOURCES, Cells
from qol_app.web.staff.lists import form_url, participant_url
from questionnaires.model import AnswerType, Item, NoAnswer, Questionnaire, Wording

MARKS = {word: mark for mark, word in keying.MARKS.items()}


@dataclass(frozen=True, kw_only=True)
class CellRow:
    """One item to key; ``online`` is what its patient answered online, which stands."""

    id: str
    number: int
    label: str
    takes: str
    legend: str
    """What the codes mean, where the row before has other codes; else empty."""
    marks: tuple[str, ...]
    raw: str
    error: str
    online: str
    is_text: bool
    is_single: bool
    """Whether one digit may be the whole answer."""
    codes: str
    """All values that a cell of codes or a short scale takes, by spaces; empty for others."""
    is_skipped: bool
    rules: str
    """The rules that show the item, as JSON for the page's script."""


@dataclass(frozen=True, kw_only=True)
class KeyingPage:
    """One form that is keyed."""

    number: str
    visit: str
    title: str
    step: Step
    is_mine: bool
    """Whether the user may do the step."""
    first_by: str
    first_at: str
    window: str
    rows: tuple[CellRow, ...]
    participant_url: str
    answers_url: str
    settle_url: str
    scans_url: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing in which two keyings differ."""

    name: str
    label: str
    takes: str
    first: str
    second: str
    may_be_other: bool
    """Whether a third value may be keyed instead of choosing one of the two."""
    choice: str
    raw: str
    error: str


def keying_page(
    protocol: Protocol, response: Response, found: Standing, cells: Cells | None = None
) -> KeyingPage:
    """Return what the page shows; ``cells`` is what was keyed and refused."""
    visit, participant = response.visit, response.visit.participant
    zone = ZoneInfo(participant.site.timezone)
    first = found.keyings[0] if found.keyings else None
    where = {"visit": visit.code}
    return KeyingPage(
        number=participant.number,
        visit=in_words(protocol.visit(visit.code).name),
        title=wording(response).title,
        step=found.step,
        is_mine=found.is_waiting_for(g.user.id),
        first_by=name_of(first) if first else "",
        first_at=words.moment(first.keyed_at, zone) if first else "",
        window=f"{words.day(visit.opens_on)} – {words.day(visit.on_time_until)}",
        rows=_rows(response, found, cells),
        participant_url=participant_url("staff.participant", participant.number),
        answers_url=participant_url("staff.answers", participant.number, **where),
        settle_url=form_url("staff.settle_keying", response),
        scans_url=form_url("staff.add_scan", response),
    )


def wording(response: Response) -> Wording:
    """Return the shortest words of a form in the reader's language."""
    spoken = spoken_in(response.visit.participant, language())
    return forms.wording(unit.session(), response.form_version, spoken, kinds=item_words.SHORTEST)


def name_of(row: Keying) -> str:
    """Return the name of who keyed."""
    return names.of_user(unit.session(), row.keyed_by)


def _rows(response: Response, found: Standing, cells: Cells | None) -> tuple[CellRow, ...]:
    questionnaire, shown = forms.questionnaire(response.form_version), wording(response)
    keyed = {item: said.value for item, said in (cells.said if cells else {}).items()}
    visible = visible_items(questionnaire, {**response.answers, **keyed})
    ordered = [item for page in questionnaire.pages for item in page.items]
    rows, last = [], ""
    for number, item_id in enumerate(ordered, start=1):
        item = questionnaire.item(item_id)
        legend = item_words.legend(item, shown)
        rows.append(
            CellRow(
                id=item_id,
                number=number,
                label=shown.questions[item_id],
                takes=item_words.takes(item),
                legend="" if legend == last else legend,
                marks=tuple(MARKS[word] for word in item.no_answers),
                raw=cells.raw.get(item_id, "") if cells else "",
                error=cells.errors.get(item_id, "") if cells else "",
                online=_online(item, response, shown) if item_id in found.online else "",
                is_text=item.type is AnswerType.TEXT,
                is_single=bool(_codes(item)) and item.type is not AnswerType.SEVERAL_OF,
                codes=_codes(item),
                is_skipped=item_id not in visible,
                rules=_rules(questionnaire, item_id),
            )
        )
        last = legend
    return tuple(rows)


def _codes(item: Item) -> str:
    if item.codes:
        return " ".join(map(str, item.codes))
    if item.type in (AnswerType.SCALE, AnswerType.VISUAL_ANALOGUE):
        return " ".join(map(str, range(int(item.low or 0), int(item.high or 0) + 1)))
    return ""


def _rules(questionnaire: Questionnaire, item_id: str) -> str:
    rules = [
        {"item": rule.item, "values": list(rule.values)}
        for rule in questionnaire.skips
        if item_id in rule.items
    ]
    return json.dumps(rules) if rules else ""


def _online(item: Item, response: Response, shown: Wording) -> str:
    state = item_state(item.id, response.answers, response.no_answers)
    return answers_view.answer_words(item, response.answers.get(item.id), shown) or str(
        words.ITEMS[state]
    )


def said_in_words(item: Item, said: Said, shown: Wording) -> str:
    """Return what was keyed for an item, with its code."""
    if said.no_answer is not None:
        return str(NO_ANSWERS[said.no_answer])
    if said.value is None:
        return str(_("left blank"))
    spoken, code = answers_view.answer_words(item, said.value, shown), keying.cell(said)
    return code if spoken == str(said.value) else f"{code} · {spoken}"


NO_ANSWERS = {
    NoAnswer.DECLINED: words.KEYED_DECLINED,
    NoAnswer.NOT_APPLICABLE: words.KEYED_NOT_APPLICABLE,
}


def differences(
    response: Response, found: Standing, posted: Mapping[str, str], errors: Mapping[str, str]
) -> tuple[Difference, ...]:
    """Return in what the two keyings differ, facts first; ``posted`` is what was decided."""
    first, second = map(keying_steps.as_keyed, found.keyings)
    shown, questionnaire = wording(response), forms.questionnaire(response.form_version)
    found_facts = [
        (name, str(words.KEYED_FACTS[name]), "", [_fact(each, name) for each in (first, second)])
        for name in keying.different_facts(first, second)
    ]
    found_items = [
        (item.id, shown.questions[item.id], _takes(item), _both(item, first, second, shown))
        for item in map(
            questionnaire.item,
            keying.different_items(first, second, keying_steps.open_items(response, found)),
        )
    ]
    return tuple(
        Difference(
            name=name,
            label=label,
            takes=takes,
            first=one,
            second=other,
            may_be_other=bool(takes),
            choice=posted.get(f"choice-{name}", ""),
            raw=posted.get(f"item-{name}", ""),
            error=errors.get(name, ""),
        )
        for name, label, takes, (one, other) in (*found_facts, *found_items)
    )


def _takes(item: Item) -> str:
    return " ".join([item_words.takes(item), *(MARKS[word] for word in item.no_answers)])


def _both(item: Item, first: Keyed, second: Keyed, shown: Wording) -> list[str]:
    return [said_in_words(item, each.said.get(item.id, NOTHING), shown) for each in (first, second)]


def _fact(keyed: Keyed, name: str) -> str:
    if name == "source":
        return str(SOURCES[keyed.source])
    if name == "answered_on":
        return words.day(keyed.answered_on)
    if name == "language":
        return words.language_name(keyed.language)
    return str(HELPERS[keyed.helper]) if keyed.helper else str(_("Not known"))
