"""Reading aloud by the device's own voice. The voice itself is the browser's part: a stand-in."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.e2e.steps import link_of_today, question, started

pytestmark = pytest.mark.browser

VOICES = """
const known = VOICES;
let listeners = [];
window.said = [];
window.cancelled = 0;
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
const synthesis = {
  voices: LATE ? [] : known,
  getVoices() { return this.voices; },
  addEventListener(name, listener) { listeners.push(listener); },
  speak(utterance) {
    window.said.push(utterance);
    if (utterance.onstart) utterance.onstart({});
  },
  cancel() { window.cancelled += 1; },
};
window.arrive = () => { synthesis.voices = known; listeners.forEach((listener) => listener()); };
window.finish = () => window.said[window.said.length - 1].onend({});
window.word = (charIndex, charLength) =>
  window.said[window.said.length - 1].onboundary({ name: "word", charIndex, charLength });
Object.defineProperty(window, "speechSynthesis", { value: synthesis });
"""
ENGLISH = '[{ lang: "en-GB", localService: true, default: true }]'


def reading(
    app: Flask, address: str, browser: Browser, voices: str, *, late: bool = False, to: str = "en"
) -> Page:
    """A tablet with these voices, at the first question."""
    context = browser.new_context(viewport={"width": 800, "height": 1280})
    context.set_default_timeout(8000)
    script = VOICES.replace("VOICES", voices).replace("LATE", "true" if late else "false")
    context.add_init_script(script)
    page = context.new_page()
    page.goto(f"{address}/s/{link_of_today(app, language=to)}")
    page.locator("main .button--primary").click()
    page.wait_for_url("**/p1")
    return page


def said(page: Page) -> list[str]:
    return [text.strip() for text in page.evaluate("said.map((each) => each.text)")]


def marked(page: Page) -> list[str]:
    return page.locator(".is-read").all_inner_texts()


def test_question_and_answers_are_read_in_turn_and_marked(
    app: Flask, address: str, browser: Browser
) -> None:
    page = reading(app, address, browser, ENGLISH)
    button = page.locator("[data-aloud]")
    expect(button).to_have_text("Read aloud")
    before = page.locator(".tile").first.bounding_box()
    button.click()
    expect(button).to_have_text("Stop reading")
    parts = page.locator(
        ".answer__legend, .answer__hint, .tile__label, .no-answer__label"
    ).all_inner_texts()
    for place, part in enumerate(parts):
        assert said(page)[place] == part.strip()
        assert [text.strip() for text in marked(page)] == [part.strip()]
        page.evaluate("finish()")
    assert len(said(page)) == len(parts) >= 6
    assert page.locator(".tile").first.bounding_box() == before
    expect(button).to_have_text("Read aloud")
    assert marked(page) == []


def test_the_word_being_read_is_marked_where_the_voice_says_where_it_is(
    app: Flask, address: str, browser: Browser
) -> None:
    page = reading(app, address, browser, ENGLISH)
    page.locator("[data-aloud]").click()
    text = said(page)[0]
    second = text.split()[1]
    page.evaluate(f"word(said[0].text.indexOf({second!r}), {len(second)})")
    assert page.evaluate("[...CSS.highlights.get('aloud')].map(String)") == [second]
    page.locator("[data-aloud]").click()
    assert page.evaluate("CSS.highlights.has('aloud')") is False


def test_the_same_button_stops(app: Flask, address: str, browser: Browser) -> None:
    page = reading(app, address, browser, ENGLISH)
    button = page.locator("[data-aloud]")
    button.click()
    before = page.evaluate("cancelled")
    button.click()
    assert page.evaluate("cancelled") == before + 1
    assert marked(page) == []
    page.evaluate("finish()")
    assert len(said(page)) == 1


def test_reading_stops_when_the_page_changes(app: Flask, address: str, browser: Browser) -> None:
    page = reading(app, address, browser, ENGLISH)
    page.locator("[data-aloud]").click()
    page.evaluate("document.dispatchEvent(new CustomEvent('page-shown', { detail: {} }))")
    expect(page.locator("[data-aloud]")).to_have_text("Read aloud")
    assert marked(page) == []
    page.evaluate("finish()")
    assert len(said(page)) == 1


@pytest.mark.parametrize(
    ("voices", "language", "shown"),
    [
        pytest.param(ENGLISH, "en", True, id="a voice of the device"),
        pytest.param("[]", "en", False, id="no voice"),
        pytest.param('[{ lang: "en-US", localService: false }]', "en", False, id="a remote voice"),
        pytest.param('[{ lang: "de-DE", localService: true }]', "en", False, id="another language"),
        pytest.param('[{ lang: "zh-CN", localService: true }]', "zh-Hans", True, id="zh-CN"),
        pytest.param('[{ lang: "zh_CN_#Hans", localService: true }]', "zh-Hans", True, id="zh_CN"),
        pytest.param('[{ lang: "cmn", localService: true }]', "zh-Hans", True, id="cmn"),
        pytest.param('[{ lang: "zh", localService: true }]', "zh-Hans", True, id="zh"),
        pytest.param('[{ lang: "zh-TW", localService: true }]', "zh-Hans", False, id="zh-TW"),
        pytest.param('[{ lang: "zh-HK", localService: true }]', "zh-Hans", False, id="Cantonese"),
        pytest.param(ENGLISH, "zh-Hans", False, id="English for a Chinese page"),
    ],
)
def test_the_button_is_there_only_with_a_voice_of_the_device_in_the_pages_language(
    app: Flask, address: str, browser: Browser, voices: str, language: str, shown: bool
) -> None:
    page = reading(app, address, browser, voices, to=language)
    page.wait_for_timeout(100)
    assert page.locator("[data-aloud]").is_visible() is shown


def test_voices_that_are_known_late_bring_the_button_late(
    app: Flask, address: str, browser: Browser
) -> None:
    page = reading(app, address, browser, ENGLISH, late=True)
    page.wait_for_timeout(100)
    assert not page.locator("[data-aloud]").is_visible()
    page.evaluate("arrive()")
    assert page.locator("[data-aloud]").is_visible()


def test_of_a_scale_and_a_ruler_the_ends_are_read_not_the_numbers(
    app: Flask, address: str, browser: Browser
) -> None:
    page = reading(app, address, browser, ENGLISH)
    for number, parts in ((2, 4), (6, 4)):
        question(page, address, number)
        page.locator("[data-aloud]").click()
        for _ in range(parts):
            page.evaluate("finish()")
        expect(page.locator("[data-aloud]")).to_have_text("Read aloud")


def test_without_script_there_is_no_button(app: Flask, address: str, browser: Browser) -> None:
    size = {"width": 800, "height": 1280}
    page = started(browser, address, link_of_today(app), **size, java_script_enabled=False)
    assert not page.locator("[data-aloud]").is_visible()
