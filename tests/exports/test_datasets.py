"""Tables of a download: every form a line, stable columns, blank and unseen told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

import questionnaires
from qol_app.exports.datasets import (
    FormRow,
    ScoreValue,
    codebook,
    item_states,
    items_table,
    scores_table,
    visits_table,
)
from questionnaires.model import AnswerType, Item, Questionnaire

FORM = questionnaires.load("daily-life-check", "1.0")
ANSWERS = {"ENERGY": 3, "COMFORT": None, "SUPPORT": [1, 3], "SLEEP_HOURS": 6.5, "REMARK": "好；ok"}
WELL = ScoreValue(
    scale="WELL",
    value=None,
    items_answered=1,
    items_expected=4,
    module="mean_percent",
    module_version="1.0",
    flags=("few answers",),
)
DAY = replace(WELL, scale="DAY", value=40.0, items_expected=1, module="item", flags=())


def row(**changes: object) -> FormRow:
    """Return a form that was sent, but for ``changes``."""
    sent = FormRow(
        participant="EX-001",
        site="SHA",
        group="A",
        visit="w4",
        visit_number=1,
        instrument="daily-life-check",
        version="1.0",
        form_hash="abc",
        status="complete",
        reason=None,
        window_opens=date(2026, 2, 27),
        target=date(2026, 3, 2),
        window_closes=date(2026, 3, 5),
        started_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        submitted_at=datetime(2026, 3, 2, 9, 5, tzinfo=UTC),
        answered_on=date(2026, 3, 2),
        day=28,
        on_time=True,
        language="en",
        mode="patient",
        channel="email",
        helper=None,
        answers=ANSWERS,
        no_answers={},
        scores=(WELL, DAY),
    )
    return replace(sent, **changes)  # type: ignore[arg-type]  # each test names true fields


def untouched() -> FormRow:
    """Return a form that nobody has opened."""
    absent = ("started_at", "submitted_at", "answered_on", "day", "on_time", "language", "mode")
    return row(
        visit="m3",
        visit_number=2,
        status="not_due",
        answers={},
        scores=(),
        **dict.fromkeys(absent),
    )


def form(version: str, *items: Item) -> Questionnaire:
    """Return a version of an invented instrument."""
    return replace(FORM, id="invented", version=version, items=items, scales=())


def choice(name: str, *codes: int) -> Item:
    return Item(id=name, type=AnswerType.ONE_OF, codes=codes)


def several(name: str, *codes: int) -> Item:
    return Item(id=name, type=AnswerType.SEVERAL_OF, codes=codes)


def test_visits_have_a_line_for_every_scheduled_form() -> None:
    table = visits_table([row(), untouched()])
    assert table["visit"].tolist() == ["w4", "m3"]
    assert table["status"].tolist() == ["complete", "not_due"]
    assert table["day"].tolist() == [28, None]
    assert table["on_time"].tolist() == [True, None]
    assert table.columns.tolist() == [
        "participant",
        "site",
        "group",
        "visit",
        "visit_number",
        "instrument",
        "version",
        "form_hash",
        "status",
        "reason",
        "window_opens",
        "target",
        "window_closes",
        "started_at",
        "submitted_at",
        "answered_on",
        "day",
        "on_time",
        "language",
        "mode",
        "channel",
        "helper",
        "keyed_at",
    ]


def test_items_have_a_column_each_and_several_codes_one_each() -> None:
    table = items_table([row(), untouched()], [FORM])
    assert table.columns.tolist()[8:] == [
        "ENERGY",
        "COMFORT",
        "SLEEP_HOURS",
        "SLEEP_REST",
        "OUTINGS",
        "OUTING_EASE",
        "SUPPORT__1",
        "SUPPORT__2",
        "SUPPORT__3",
        "SUPPORT__4",
        "SUPPORT__0",
        "MOOD",
        "DAY",
        "REMARK",
        "items_seen",
        "items_blank",
        "items_declined",
        "items_not_applicable",
    ]
    sent, not_begun = table.to_dict("records")
    assert (sent["ENERGY"], sent["SLEEP_HOURS"], sent["REMARK"]) == (3, 6.5, "好；ok")
    assert [sent[f"SUPPORT__{code}"] for code in (1, 2, 3, 4, 0)] == [1, 0, 1, 0, 0]
    assert sent["COMFORT"] is None
    assert (sent["items_seen"], sent["items_blank"]) == (5, 1)
    assert not_begun["SUPPORT__1"] is None
    assert (not_begun["items_seen"], not_begun["items_blank"]) == (0, 0)


def test_a_blank_choice_of_several_is_missing_and_not_unchosen() -> None:
    table = items_table([row(answers={"SUPPORT": None})], [FORM])
    assert [table.loc[0, f"SUPPORT__{code}"] for code in (1, 2, 3, 4, 0)] == [None] * 5


def test_a_later_version_adds_columns_behind_and_moves_none() -> None:
    old = form("1.0", choice("A", 1, 2), several("B", 1, 2), choice("C", 1, 2))
    new = form("2.0", choice("D", 1, 2), several("B", 1, 3), choice("C", 1, 2))
    rows = [
        row(version="1.0", answers={"A": 1, "B": [2], "C": 2}),
        row(version="2.0", answers={"D": 2, "B": [3], "C": 1}),
    ]
    table = items_table(rows, [old, new])
    assert table.columns.tolist()[8:-4] == ["A", "B__1", "B__2", "C", "D", "B__3"]
    assert table.iloc[0, 8:-4].tolist() == [1, 0, 1, 2, None, None]
    assert table.iloc[1, 8:-4].tolist() == [None, 0, None, 1, 2, 1]


def test_a_row_of_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"version 9\.0 is not given"):
        items_table([row(version="9.0")], [FORM])


def test_an_answer_to_an_unknown_item_is_refused() -> None:
    with pytest.raises(ValueError, match="has no item OTHER"):
        items_table([row(answers={"OTHER": 1})], [FORM])


def test_columns_that_differ_only_in_case_are_refused() -> None:
    with pytest.raises(ValueError, match="two columns named site"):
        items_table([], [form("1.0", choice("SITE", 1, 2))])


def test_participant_ids_of_unequal_width_are_refused() -> None:
    rows = [row(participant="EX-1"), row(participant="EX-10")]
    for build in (visits_table, item_states, scores_table):
        with pytest.raises(ValueError, match="same width"):
            build(rows)
    with pytest.raises(ValueError, match="same width"):
        items_table(rows, [FORM])


def test_item_states_tell_blank_from_answered() -> None:
    table = item_states([row(), untouched()])
    assert table.columns.tolist() == [
        "participant",
        "visit",
        "instrument",
        "item",
        "state",
        "value",
    ]
    assert table[["item", "state", "value"]].to_numpy().tolist() == [
        ["ENERGY", "answered", "3"],
        ["COMFORT", "blank", None],
        ["SUPPORT", "answered", "1 3"],
        ["SLEEP_HOURS", "answered", "6.5"],
        ["REMARK", "answered", "好；ok"],
    ]


def test_item_states_tell_five_states_apart_and_old_columns_stay_where_they_were() -> None:
    answers = {"ENERGY": 3, "COMFORT": None, "MOOD": None, "OUTING_EASE": None}
    said = {"COMFORT": "declined", "OUTING_EASE": "not_applicable"}
    table = item_states([row(answers=answers, no_answers=said)], [FORM])
    states = dict(zip(table["item"], table["state"], strict=True))
    assert {item: states[item] for item in (*answers, "DAY")} == {
        "ENERGY": "answered",
        "COMFORT": "declined",
        "MOOD": "blank",
        "OUTING_EASE": "not_applicable",
        "DAY": "never_seen",
    }
    assert table["value"].dropna().tolist() == ["3"]
    (line,) = items_table([row(answers=answers, no_answers=said)], [FORM]).to_dict("records")
    assert (line["COMFORT"], line["items_seen"], line["items_blank"]) == (None, 4, 1)
    assert (line["items_declined"], line["items_not_applicable"]) == (1, 1)


def test_item_states_list_unseen_items_of_begun_forms_of_known_versions() -> None:
    table = item_states([row(), untouched()], [FORM])
    assert table.groupby("state")["item"].count().to_dict() == {
        "answered": 4,
        "blank": 1,
        "never_seen": 5,
    }
    unseen = table[table["state"] == "never_seen"]
    assert unseen["item"].tolist() == ["SLEEP_REST", "OUTINGS", "OUTING_EASE", "MOOD", "DAY"]
    assert unseen["value"].tolist() == [None] * 5


def test_scores_stand_beside_their_numbers_of_items() -> None:
    table = scores_table([untouched(), row()])
    assert table.columns.tolist() == [
        "participant",
        "site",
        "group",
        "visit",
        "visit_number",
        "version",
        "form_hash",
        "status",
        "WELL",
        "WELL_answered",
        "WELL_expected",
        "DAY",
        "DAY_answered",
        "DAY_expected",
        "modules",
        "flags",
    ]
    assert table.iloc[0, 8:].tolist() == [None] * 8
    assert table.iloc[1, 8:].tolist() == [
        *(None, 1, 4, 40.0, 1, 1),
        "item 1.0; mean_percent 1.0",
        "WELL: few answers",
    ]


def described(*forms: Questionnaire) -> pd.DataFrame:
    """Return the codebook of released versions with the words in both languages."""
    words = {
        (form.id, form.version): {
            language: questionnaires.wording(form.id, form.version, language)
            for language in ("en", "zh-Hans")
        }
        for form in forms
    }
    return codebook(forms, words)


def test_the_codebook_has_every_column_of_every_table() -> None:
    c30 = questionnaires.load("eortc-qlq-c30", "3.0")
    book = described(FORM, c30)
    tables = {
        "visits.csv": visits_table([row()]),
        "items_daily-life-check.csv": items_table([row()], [FORM]),
        "items_eortc-qlq-c30.csv": items_table([], [c30]),
        "scores_daily-life-check.csv": scores_table([row()]),
        "item_states.csv": item_states([row()], [FORM]),
        "codebook.csv": book,
    }
    for file, table in tables.items():
        own = book[book["file"] == file]["column"].tolist()
        missing = [name for name in table.columns if name not in own]
        assert missing == [], file
    assert not book.duplicated(["file", "column", "code"]).any()


def test_the_codebook_words_items_codes_and_scales_in_both_languages() -> None:
    book = described(FORM)
    own = book[book["file"] == "items_daily-life-check.csv"]
    energy = own[own["column"] == "ENERGY"]
    assert energy["code"].tolist() == [1, 2, 3, 4, 5]
    assert energy["code_label_en"].tolist() == ["None", "A little", "Some", "A good deal", "Plenty"]
    assert set(energy["label_en"]) == {"How much energy did you have for the things you like?"}
    assert (set(energy["wording_en"]), set(energy["versions"])) == ({"own"}, {"1.0"})
    assert all(energy["label_zh"])
    assert all(energy["code_label_zh"])
    helper = own[own["column"] == "SUPPORT__1"]
    assert helper["code"].tolist() == [0, 1]
    assert helper["label_en"].iloc[0].startswith("Who gave you a hand?: ")
    comfort = own[own["column"] == "COMFORT"]
    assert (comfort["code"].tolist(), set(comfort["range"])) == ([0, 10], {"0 to 10"})
    scores = book[book["file"] == "scores_daily-life-check.csv"].set_index("column")
    assert [scores.loc["SLEEP", name] for name in ("range", "direction", "scoring")] == [
        "0 to 24",
        "high is better",
        "item",
    ]


def test_the_codebook_explains_the_states_and_who_helped() -> None:
    book = described(FORM)
    states = book[(book["file"] == "item_states.csv") & (book["column"] == "state")]
    assert dict(zip(states["code"], states["code_label_en"], strict=True)) == {
        "answered": "answered",
        "declined": "said: I prefer not to answer",
        "not_applicable": "said: this does not apply to me",
        "blank": "seen and left blank",
        "never_seen": "never seen",
    }
    assert all(states["code_label_zh"])
    helper = book[(book["file"] == "visits.csv") & (book["column"] == "helper")]
    assert helper["code"].tolist() == ["alone", "read_aloud", "wrote_down", "answered_for"]
    assert set(helper["missing"]) == {"empty: not said, or not asked"}
    channel = book[(book["file"] == "visits.csv") & (book["column"] == "channel")]
    assert channel["code"].tolist() == ["email", "sms", "screen", "letter", "tablet"]


def test_the_codebook_says_where_words_are_only_labels_and_gives_cdisc_codes() -> None:
    book = described(questionnaires.load("eortc-qlq-c30", "3.0"))
    first = book[book["column"] == "q1"].iloc[0]
    assert (first["wording_en"], first["wording_zh"], first["cdisc"]) == (
        "labels",
        "labels",
        "EOR0101",
    )


def test_the_codebook_leaves_labels_of_an_absent_language_empty() -> None:
    words = {("daily-life-check", "1.0"): {"en": questionnaires.wording(FORM.id, "1.0", "en")}}
    book = codebook([FORM], words)
    mood = book[book["column"] == "MOOD"].iloc[0]
    assert (mood["label_zh"], mood["wording_zh"]) == ("", None)
    assert mood["label_en"] == "How bright was your mood?"


def test_the_codebook_names_all_versions_that_have_a_column() -> None:
    old = form("1.0", choice("A", 1, 2), choice("C", 1))
    new = form("2.0", choice("B", 1), choice("A", 1, 2, 3))
    book = codebook([old, new], {})
    own = book[(book["file"] == "items_invented.csv") & book["versions"].notna()]
    assert own[["column", "code", "versions"]].to_numpy().tolist() == [
        ["A", 1, "1.0 2.0"],
        ["A", 2, "1.0 2.0"],
        ["A", 3, "2.0"],
        ["C", 1, "1.0"],
        ["B", 1, "2.0"],
    ]
