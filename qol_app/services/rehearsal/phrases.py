"""What the staff of a rehearsal write, in the languages in which they may."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """The notes and reasons of one language."""

    alert_seen_to: str
    treatment: str
    progression: str
    recorded_by_mistake: str
    other_reason: str
    misread: str
    asked_item: str
    asked_form: str
    asked_date: str
    confirmed: str
    checked: str
    thanks: str
    typed_wrong: str
    asked_to_erase: str


_PHRASES = {
    "en": Phrases(
        alert_seen_to="Called the participant, and told the doctor.",
        treatment="First treatment",
        progression="Seen at the scheduled scan",
        recorded_by_mistake="Meant for another participant",
        other_reason="Was travelling, without a network",
        misread="The participant called: ticked the wrong answer",
        asked_item="This answer differs much from the visit before. Is it right?",
        asked_form="Please confirm who filled in this form.",
        asked_date="The form came long after the visit. Is the date right?",
        confirmed="Asked the participant: it is right.",
        checked="The participant did, alone. It is noted in the file.",
        thanks="Thank you.",
        typed_wrong="Typed wrongly at enrolment",
        asked_to_erase="The participant asked for it by telephone",
    ),
    "zh-Hans": Phrases(
        alert_seen_to="已致电参与者，并告知主治医生。",
        treatment="首次治疗",
        progression="按计划影像检查时发现",
        recorded_by_mistake="误记，应为另一位参与者",
        other_reason="外出期间没有网络",
        misread="参与者来电说明选错了答案",
        asked_item="此项回答与上次访视相差较大，请核实。",
        asked_form="请确认此问卷由谁填写。",
        asked_date="此问卷在访视后较久才收到，日期是否正确？",
        confirmed="已向参与者核实，回答无误。",
        checked="由参与者本人独立填写，病历中有记录。",
        thanks="谢谢。",
        typed_wrong="入组时录入有误",
        asked_to_erase="参与者来电要求删除",
    ),
}


def of(language: str) -> Phrases:
    """Return the phrases of a language; English ones where there are none."""
    return _PHRASES.get(language, _PHRASES["en"])
