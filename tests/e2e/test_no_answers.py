"""In a browser, an answer and the words instead of it clear each other, and listeners hear it."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_patient import due_link

pytestmark = pytest.mark.browser

PAGE = "survey/daily-life-check"


@pytest.fixture
def page(app: Flask, address: str, browser: Browser) -> Page:
    """A phone whose patient has started."""
    phone = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    phone.goto(f"{address}/s/{due_link(app, 'en')}")
    phone.locator("main .button--primary").click()
    phone.wait_for_url("**/survey/*/p1")
    return phone


def test_a_word_clears_a_tile_and_a_tile_clears_the_word(page: Page) -> None:
    tile, word = page.locator("#ENERGY-4"), page.locator("#none-ENERGY-declined")
    tile.check()
    word.check()
    expect(tile).not_to_be_checked()
    tile.check()
    expect(word).not_to_be_checked()
    word.check()
    page.locator(".actions__next").click()
    page.wait_for_url("**/p2")
    page.go_back()
    expect(word).to_be_checked()
    expect(page.locator("main input:checked")).to_have_count(1)


def test_two_words_clear_each_other_and_all_chosen_tiles(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}/p5")
    support = page.locator("[data-item=SUPPORT] input:checked")
    page.locator("#SUPPORT-1").check()
    page.locator("#SUPPORT-3").check()
    page.locator("#MOOD-7").check()
    page.locator("#none-SUPPORT-declined").check()
    expect(support).to_have_count(1)
    page.locator("#none-SUPPORT-not_applicable").check()
    expect(support).to_have_count(1)
    expect(support).to_have_value("not_applicable")
    expect(page.locator("#MOOD-7")).to_be_checked()
    page.locator("#SUPPORT-1").check()
    expect(support).to_have_value("1")


def test_a_word_empties_the_ruler_and_a_key_on_the_ruler_clears_the_word(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/{PAGE}/p6")
    number, word = page.locator("#DAY-input"), page.locator("#none-DAY-declined")
    number.fill("70")
    word.check()
    expect(number).to_have_value("")
    expect(page.locator(".ruler__hand")).to_have_attribute("visibility", "hidden")
    page.locator("[role=slider]").press("ArrowUp")
    expect(word).not_to_be_checked()
    expect(number).to_have_value("50")


def test_whoever_listens_for_changes_finds_the_question_settled(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}/p3")
    page.evaluate(
        """() => {
          window.heard = [];
          document.addEventListener("change", (event) => {
            const box = event.target.closest("[data-item=SLEEP_HOURS]");
            if (!box) return;
            const marked = Array.from(box.querySelectorAll("input:checked"), (one) => one.value);
            window.heard.push([box.querySelector(".input").value, ...marked].join(" ").trim());
          });
        }"""
    )
    page.locator("#SLEEP_HOURS-input").fill("6")
    page.locator("#none-SLEEP_HOURS-declined").check()
    page.locator("#SLEEP_HOURS-input").press_sequentially("7.5")
    page.locator("#SLEEP_HOURS-input").blur()
    heard = page.evaluate("window.heard")
    assert (heard[0], heard[-1]) == ("6", "7.5")
    assert set(heard[1:-1]) == {"declined"}


def test_the_words_and_the_helpers_are_reached_and_marked_by_keyboard(
    page: Page, address: str
) -> None:
    page.locator("#ENERGY-4").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#none-ENERGY-declined")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#none-ENERGY-declined")).to_be_checked()
    for box in page.locator(".no-answer__choice").all():
        size = box.bounding_box()
        assert size is not None
        assert size["height"] >= 48
    page.goto(f"{address}/survey/review")
    page.locator("#helper-alone").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#helper-read_aloud")).to_be_checked()
    page.locator(".actions__next").click()
    page.wait_for_url("**/survey/thanks")
