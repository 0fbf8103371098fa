"""Without a connection the form goes on; every answer arrives once and nothing stays behind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from qol_app.db.models import AnswerEvent, Response, StrayAnswer
from qol_app.domain import answers as rules
from questionnaires import load
from tests.e2e.device import PAGES, Device, walk
from tests.e2e.line import Line
from tests.e2e.test_patient import due_link

pytestmark = pytest.mark.browser
NOTHING = {"databases": 0, "caches": 0, "workers": 0, "local": 0, "session": 0}


@pytest.fixture
def line(address: str) -> Iterator[Line]:
    """The line between the browser and the server."""
    made = Line(int(address.rpartition(":")[2]))
    yield made
    made.close()


@pytest.fixture
def device(app: Flask, line: Line, browser: Browser) -> Iterator[Device]:
    """A device with the form open."""
    made = Device(browser, line)
    made.open(due_link(app, "en"))
    yield made
    made.close()


def sent(app: Flask) -> Response:
    with app.extensions["sessions"].read() as session:
        return session.scalars(select(Response).where(Response.submitted_at.is_not(None))).one()  # type: ignore[no-any-return]


def doubled(app: Flask) -> list[tuple[str, int]]:
    """Items with two events in a row that say the same: an answer that counted twice."""
    with app.extensions["sessions"].read() as session:
        events = session.scalars(select(AnswerEvent).order_by(AnswerEvent.item, AnswerEvent.seq))
        said: dict[str, list[Any]] = {}
        for event in events:
            said.setdefault(event.item, []).append((event.value, event.no_answer))
    return [
        (item, place)
        for item, values in said.items()
        for place in range(1, len(values))
        if values[place] == values[place - 1]
    ]


@pytest.mark.parametrize("at", range(PAGES))
def test_offline_at_a_page_with_a_reload_loses_nothing(
    app: Flask, device: Device, line: Line, at: int
) -> None:
    dice = random.Random(at)
    for number in range(PAGES):
        if number == at:
            line.cut()
        device.answer_page(dice)
        if number == at:
            expect(device.page.locator("#save-line")).to_contain_text("only on this device")
            device.reload()
            expect(device.page.locator("#save-line")).to_contain_text("only on this device")
            line.mend()
        device.go_on()
    device.finish()
    assert dict(sent(app).answers) == device.chosen
    assert doubled(app) == []
    assert device.left_behind() == NOTHING


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_line_does_every_answer_arrives_once(
    app: Flask, device: Device, seed: int
) -> None:
    walk(device, random.Random(seed))
    assert dict(sent(app).answers) == device.chosen
    assert doubled(app) == []
    assert device.left_behind() == NOTHING


def test_what_is_being_typed_stays_when_the_line_comes_back(
    app: Flask, device: Device, line: Line
) -> None:
    dice = random.Random(3)
    for number in range(PAGES - 1):
        if number == PAGES - 2:
            line.cut()
        device.answer_page(dice)
        device.go_on()
    device.reload()
    expect(device.page.locator("[data-note]")).to_be_visible()
    line.mend()
    box, typed = device.page.locator("#REMARK-input"), ""
    while device.page.locator("[data-note]").is_visible() or len(typed) < 5:
        assert len(typed) < 60, "the server's word never came"
        typed += "好"
        box.press_sequentially("好", delay=300)
    expect(box).to_have_value(typed)
    device.chosen["REMARK"] = typed
    device.go_on()
    device.finish()
    assert dict(sent(app).answers) == device.chosen
    assert doubled(app) == []


def test_a_whole_form_finished_offline_arrives_when_the_line_is_back(
    app: Flask, device: Device, line: Line
) -> None:
    dice = random.Random(7)
    line.cut()
    for _ in range(PAGES):
        device.answer_page(dice)
        device.go_on()
    device.page.locator(".actions__next").click()
    expect(device.page.locator("h1")).to_have_text("Your answers are on this device")
    device.page.reload()
    expect(device.page.locator("h1")).to_have_text("Your answers are on this device")
    line.mend()
    device.page.wait_for_url("**/survey/thanks", timeout=60_000)
    assert dict(sent(app).answers) == device.chosen
    assert device.left_behind() == NOTHING


def test_what_waits_is_encrypted_with_a_key_that_cannot_be_read_out(
    device: Device, line: Line
) -> None:
    line.cut()
    device.page.locator("#ENERGY-4").check()
    expect(device.page.locator("#save-line")).to_contain_text("1 answer is only on this device")
    kept = device.page.evaluate(
        """async () => {
            const database = await new Promise((resolve) => {
                const opening = indexedDB.open("qol-answers");
                opening.onsuccess = () => resolve(opening.result);
            });
            const all = (store) => new Promise((resolve) => {
                const asked = database.transaction(store).objectStore(store).getAll();
                asked.onsuccess = () => resolve(asked.result);
            });
            const [key] = await all("keys");
            const [piece] = await all("pieces");
            database.close();
            return {
                names: Object.keys(piece).sort(),
                text: new TextDecoder().decode(piece.data),
                extractable: key.secret.extractable,
            };
        }"""
    )
    assert kept["names"] == ["data", "iv", "key", "number"]
    assert "ENERGY" not in kept["text"]
    assert kept["extractable"] is False


def test_after_the_receipt_neither_answer_nor_key_is_left(device: Device) -> None:
    device.page.locator("#ENERGY-4").check()
    expect(device.page.locator("#save-line")).to_contain_text("Saved on the server at")
    counts = device.page.evaluate(
        """async () => {
            const database = await new Promise((resolve) => {
                const opening = indexedDB.open("qol-answers");
                opening.onsuccess = () => resolve(opening.result);
            });
            const count = (store) => new Promise((resolve) => {
                const asked = database.transaction(store).objectStore(store).count();
                asked.onsuccess = () => resolve(asked.result);
            });
            return [await count("keys"), await count("pieces")];
        }"""
    )
    assert counts == [0, 0]


def test_answers_that_wait_are_sent_beneath_another_survey(
    app: Flask, device: Device, line: Line
) -> None:
    """The next patient on the same device: what the first left goes with the first's ticket."""
    line.cut()
    device.page.locator("#ENERGY-4").check()
    expect(device.page.locator("#save-line")).to_contain_text("only on this device")
    line.mend()
    with app.extensions["sessions"].read() as session:
        first = session.scalar(select(func.min(Response.visit_id)))
    other = due_link(app, "en", number=2)
    device.page.goto(f"{line.address}/s/{other}")
    device.page.locator("main .button--primary").click()
    expect(device.page.locator("#save-line")).to_be_visible()
    expect(device.page.locator("#ENERGY-4")).not_to_be_checked()
    for _ in range(100):
        with app.extensions["sessions"].read() as session:
            events = session.execute(
                select(Response.visit_id, AnswerEvent.value).join(
                    Response, Response.id == AnswerEvent.response_id
                )
            ).all()
        if events:
            break
        device.page.wait_for_timeout(100)
    assert [tuple(event) for event in events] == [(first, 4)]


def test_two_tabs_lose_nothing(app: Flask, device: Device) -> None:
    other = device.page.context.new_page()
    other.goto(f"{device.line.address}/survey/daily-life-check/p2")
    expect(other.locator("#save-line")).to_contain_text("saved as you give it")
    device.page.locator("#ENERGY-4").check()
    other.locator("#COMFORT-7").check()
    device.go_on()
    expect(other.locator("#save-line")).to_contain_text("Saved on the server")
    expect(device.page.locator("#save-line")).to_contain_text("Saved on the server")
    with app.extensions["sessions"].read() as session:
        current = session.scalars(select(Response).where(Response.started_at.is_not(None))).one()
        assert session.scalar(select(func.count()).select_from(StrayAnswer)) == 0
    assert (current.answers["ENERGY"], current.answers["COMFORT"]) == (4, 7)


@pytest.mark.parametrize("instrument", ["daily-life-check", "pro-ctcae"])
def test_the_device_hides_the_same_questions_as_the_server(device: Device, instrument: str) -> None:
    questionnaire = load(instrument)
    items = [item for page in questionnaire.pages for item in page.items]
    skips = [
        {"items": list(rule.items), "item": rule.item, "values": list(rule.values)}
        for rule in questionnaire.skips
    ]
    dice = random.Random(3)
    cases = [
        {
            item.id: dice.choice([None, *item.codes])
            for item in questionnaire.items
            if item.codes and dice.random() < 0.8
        }
        for _ in range(200)
    ]
    shown = device.page.evaluate(
        """async ([skips, items, cases, address]) => {
            const { visibleItems } = await import(address);
            return cases.map((answers) => visibleItems({ skips }, answers, items));
        }""",
        [skips, items, cases, module(device)],
    )
    expected = [list(rules.visible_items(questionnaire, case)) for case in cases]
    assert len(expected) == 200
    assert shown == expected


def module(device: Device) -> str:
    """The address of walk.js, as the page itself loads it."""
    script = device.page.locator("script[src*='survey.js']").get_attribute("src")
    return str(script).replace("survey.js", "survey/walk.js")
