"""Skipping with dignity: five states told apart, without script, and nothing forced."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select

from qol_app.db.models import AnswerEvent, Response
from qol_app.db.session import Sessions
from tests.web.conftest import World
from tests.web.patient.conftest import Patient, current

PAGE = "/survey/daily-life-check"
ENERGY = {"none-ENERGY": "declined"}
ANSWER = re.compile(r'summary__question">([^<]+)</p>\s*<p class="summary__answer([^"]*)">([^<]+)<')


def offered(text: str) -> list[tuple[str, str]]:
    """Item and word of every choice on a page, in order."""
    return re.findall(r'name="none-(\w+)" value="(\w+)"', text)


def held(sessions: Sessions, world: World) -> tuple[object, str | None]:
    """What the form holds of ENERGY: its value, and what was said instead."""
    response = current(sessions, world.due)
    return response.answers["ENERGY"], response.no_answers.get("ENERGY")


def trail(sessions: Sessions) -> list[tuple[str, object, str | None]]:
    with sessions.read() as session:
        events = session.scalars(select(AnswerEvent).order_by(AnswerEvent.id))
        return [(event.item, event.value, event.no_answer) for event in events]


def test_a_page_offers_what_its_form_allows_and_nothing_else(patient: Patient) -> None:
    patient.begin()
    assert offered(patient.text) == [("ENERGY", "declined")]
    assert "I prefer not to answer" in patient.text
    patient.open(f"{PAGE}/p5")
    assert offered(patient.text) == [
        ("SUPPORT", "declined"),
        ("SUPPORT", "not_applicable"),
        ("MOOD", "declined"),
    ]
    assert "This does not apply to me" in patient.text
    patient.open(f"{PAGE}/p7")
    assert offered(patient.text) == []


def test_a_declined_item_is_stored_with_the_word_and_counts_as_seen(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.send_page(**ENERGY)
    assert held(sessions, world) == (None, "declined")
    assert trail(sessions) == [("ENERGY", None, "declined")]
    patient.open("/survey")
    assert patient.path == f"{PAGE}/p2"
    patient.open(f"{PAGE}/p1")
    assert re.search(r'value="declined" checked', patient.text)


def test_an_answer_given_later_takes_the_word_back_though_its_tick_still_stands(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.send_page(**ENERGY)
    patient.open(f"{PAGE}/p1")
    patient.send_page(ENERGY="4", **ENERGY)
    assert held(sessions, world) == (4, None)
    assert trail(sessions) == [("ENERGY", None, "declined"), ("ENERGY", 4, None)]


def test_a_tick_takes_an_answer_back_though_its_tile_is_still_chosen(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    patient.open(f"{PAGE}/p1")
    patient.send_page(ENERGY="4", **ENERGY)
    assert held(sessions, world) == (None, "declined")


def test_of_a_new_answer_and_a_new_tick_the_tick_stands_and_the_answer_is_not_kept(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.send_page(ENERGY="4", **ENERGY)
    assert held(sessions, world) == (None, "declined")
    assert trail(sessions) == [("ENERGY", None, "declined")]


def test_a_tick_that_is_left_as_it_was_adds_nothing(patient: Patient, sessions: Sessions) -> None:
    patient.begin()
    patient.send_page(**ENERGY)
    for go in ("next", "back", "review"):
        patient.open(f"{PAGE}/p1")
        patient.send_page(go=go, **ENERGY)
    assert trail(sessions) == [("ENERGY", None, "declined")]


@pytest.mark.parametrize("go", ["next", "back"])
def test_a_tick_taken_back_leaves_the_item_blank(
    patient: Patient, sessions: Sessions, world: World, go: str
) -> None:
    patient.begin()
    patient.send_page(**ENERGY)
    patient.open(f"{PAGE}/p1")
    patient.send_page(go=go)
    assert held(sessions, world) == (None, None)
    assert trail(sessions) == [("ENERGY", None, "declined"), ("ENERGY", None, None)]


def test_a_tick_is_kept_on_going_back(patient: Patient, sessions: Sessions, world: World) -> None:
    patient.begin()
    patient.send_page(go="back", **ENERGY)
    assert held(sessions, world) == (None, "declined")


def test_of_two_ticks_the_first_stands(patient: Patient, sessions: Sessions, world: World) -> None:
    patient.begin()
    patient.open(f"{PAGE}/p5")
    patient.send_page(**{"none-SUPPORT": ["declined", "not_applicable"]})
    assert current(sessions, world.due).no_answers == {"SUPPORT": "declined"}


def test_a_tick_excuses_what_cannot_be_read_in_the_box(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.open(f"{PAGE}/p3")
    patient.send_page(SLEEP_HOURS="a bit")
    assert patient.page.status_code == 422
    patient.send_page(SLEEP_HOURS="a bit", **{"none-SLEEP_HOURS": "declined"})
    assert patient.page.status_code == 200
    assert current(sessions, world.due).no_answers == {"SLEEP_HOURS": "declined"}
    patient.open(f"{PAGE}/p3")
    patient.send_page(SLEEP_HOURS="a bit", **{"none-SLEEP_HOURS": "declined"})
    assert patient.page.status_code == 422  # typed after the tick, so it is asked for again
    assert 'value="a bit"' in patient.text


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("not_applicable", id="a word that this item does not offer"),
        pytest.param("maybe", id="no word at all"),
    ],
)
def test_a_word_that_is_not_offered_is_refused(
    patient: Patient, sessions: Sessions, word: str
) -> None:
    patient.begin()
    patient.send_page(**{"none-ENERGY": word})
    assert patient.page.status_code == 422
    assert trail(sessions) == []


def test_a_page_left_open_in_another_tab_undoes_no_word(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.client.post(f"{PAGE}/p1", data={"shown-ENERGY": "null", **ENERGY})
    patient.client.post(f"{PAGE}/p1", data={"shown-ENERGY": "null", "go": "next"})
    assert held(sessions, world) == (None, "declined")


@pytest.mark.parametrize("shown", ['{"no_answer": "maybe"}', '{"no_answer": 1}', "{}", "[", "9"])
def test_a_page_that_does_not_say_what_it_showed_showed_nothing(
    patient: Patient, sessions: Sessions, world: World, shown: str
) -> None:
    patient.begin()
    patient.client.post(f"{PAGE}/p1", data={"shown-ENERGY": shown, **ENERGY})
    assert held(sessions, world) == (None, "declined")


def test_declining_a_question_hides_the_one_that_depends_on_it(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.open(f"{PAGE}/p4")
    patient.send_page(OUTINGS="1")
    assert "OUTING_EASE" in patient.text
    patient.send_page(OUTINGS="1", **{"none-OUTINGS": "declined"})
    assert patient.path == f"{PAGE}/p5"
    patient.open("/survey/review")
    assert "How easy was it for you to be out" not in patient.text


def test_the_review_lists_blanks_and_unseen_items_and_says_the_others_in_words(
    patient: Patient,
) -> None:
    patient.begin()
    patient.send_page(**ENERGY)
    patient.send_page()
    patient.send_page(SLEEP_HOURS="6.5", SLEEP_REST="3")
    patient.open(f"{PAGE}/p5")
    patient.send_page(MOOD="8", **{"none-SUPPORT": "not_applicable"})
    patient.open("/survey/review")
    assert "4 questions are empty" in patient.text
    blanks = patient.text[: patient.text.index("review-section")]
    assert [kind for _, _, kind in ANSWER.findall(blanks)] == [
        "Left empty",
        "Not seen yet",
        "Not seen yet",
        "Not seen yet",
    ]
    assert re.findall(r'value="([^"]+)">Fill in<', blanks) == [
        f"{PAGE}/p2?review=1",
        f"{PAGE}/p4?review=1",
        f"{PAGE}/p6?review=1",
        f"{PAGE}/p7?review=1",
    ]
    every = patient.text[patient.text.index("review-section") :]
    said = [(style.split("--")[-1], words) for _, style, words in ANSWER.findall(every)]
    assert said[0] == ("said", "I prefer not to answer")
    assert ("said", "This does not apply to me") in said
    assert f'value="{PAGE}/p5?review=1#SUPPORT"' in every


def test_a_form_of_words_alone_can_be_sent_and_is_not_called_answered(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    while patient.path != "/survey/review":
        words = {f"none-{item}": word for item, word in reversed(offered(patient.text))}
        patient.send_page(**(words or {"REMARK": "no"}))
    assert "Every question is answered" not in patient.text
    assert "You have been through every question." in patient.text
    patient.send_page()
    assert patient.path == "/survey/thanks"
    assert len(current(sessions, world.due).no_answers) == 8


def sent(sessions: Sessions) -> list[str | None]:
    """Who helped with each form that was sent."""
    with sessions.read() as session:
        query = select(Response.helper).where(Response.submitted_at.is_not(None))
        return list(session.scalars(query))


def test_who_helped_is_asked_at_the_end_and_may_be_left_empty(
    patient: Patient, sessions: Sessions
) -> None:
    patient.begin()
    assert "Did anyone help you today?" not in patient.text
    patient.open("/survey/review")
    assert "Did anyone help you today?" in patient.text
    assert re.findall(r'name="helper" value="(\w+)"', patient.text) == [
        "alone",
        "read_aloud",
        "wrote_down",
        "answered_for",
    ]
    assert not re.search(r'name="helper"[^>]* checked', patient.text)
    patient.send_page()
    assert patient.path == "/survey/thanks"
    assert sent(sessions) == [None]


def test_who_helped_is_stored_and_a_second_sending_does_not_change_it(
    patient: Patient, sessions: Sessions
) -> None:
    patient.begin()
    for helper in ("read_aloud", "alone"):
        answer = patient.client.post("/survey/review", data={"helper": helper})
        assert answer.location == "/survey/thanks"
    assert sent(sessions) == ["read_aloud"]


def test_a_helper_that_is_none_of_the_four_is_refused_and_nothing_is_sent(
    patient: Patient, sessions: Sessions
) -> None:
    patient.begin()
    assert patient.client.post("/survey/review", data={"helper": "doctor"}).status_code == 422
    assert sent(sessions) == []


def chosen(patient: Patient) -> list[str]:
    return re.findall(r'name="helper" value="(\w+)" checked', patient.text)


@pytest.mark.parametrize(
    ("way", "page"),
    [
        pytest.param("/survey/daily-life-check/p2?review=1", "p2", id="change an answer"),
        pytest.param("back", "p7", id="back to the last page"),
    ],
)
def test_who_helped_is_still_chosen_after_going_back_to_an_answer(
    patient: Patient, sessions: Sessions, way: str, page: str
) -> None:
    patient.begin()
    patient.open("/survey/review")
    assert way in [*ways(patient), "back"]
    patient.send_page(go=way, helper="read_aloud")
    assert patient.path == f"/survey/daily-life-check/{page}"
    assert sent(sessions) == []
    with sessions.read() as session:
        assert set(session.scalars(select(Response.helper))) == {None}
    patient.open("/survey/review")
    assert chosen(patient) == ["read_aloud"]
    patient.send_page(helper="read_aloud")
    assert patient.path == "/survey/thanks"
    assert sent(sessions) == ["read_aloud"]


def test_another_choice_replaces_the_one_before(patient: Patient, sessions: Sessions) -> None:
    patient.begin()
    patient.open("/survey/review")
    way = ways(patient)[0]
    for helper in ("read_aloud", "alone"):
        patient.open("/survey/review")
        patient.send_page(go=way, helper=helper)
    patient.open("/survey/review")
    assert chosen(patient) == ["alone"]


def test_a_button_that_the_review_does_not_have_leads_nowhere_and_sends_nothing(
    patient: Patient, sessions: Sessions
) -> None:
    patient.begin()
    for go in ("https://elsewhere.example/", "//elsewhere.example", "/home", "review"):
        answer = patient.client.post("/survey/review", data={"go": go})
        assert (answer.status_code, answer.location) == (303, "/survey/review")
    assert sent(sessions) == []


def test_enter_on_the_review_sends_and_does_not_go_back_to_an_answer(patient: Patient) -> None:
    patient.begin()
    patient.open("/survey/review")
    buttons = re.findall(r'<button[^>]*form="review"[^>]* value="([^"]*)"', patient.text)
    assert buttons[0] == "next"
    assert buttons[1:] == ways(patient)


def ways(patient: Patient) -> list[str]:
    """Where the review's buttons lead, in order."""
    return [
        unescape(value)
        for value in re.findall(
            r'<button class="summary__change"[^>]* value="([^"]*)"', patient.text
        )
    ]
