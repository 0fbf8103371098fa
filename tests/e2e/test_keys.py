"""Digits choose answers, Enter goes on, and every other key does what it always does."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.e2e.steps import link_of_today, question, started, stored_answers

pytestmark = pytest.mark.browser


@pytest.fixture
def page(app: Flask, address: str, browser: Browser) -> Page:
    """A tablet with a keyboard, at the first question."""
    return started(browser, address, link_of_today(app), width=800, height=1280)


def test_a_whole_form_is_answered_with_digits_and_enter(
    app: Flask, page: Page, address: str
) -> None:
    keys = page.keyboard
    steps = [
        (2, ["4", "Enter"]),
        (3, ["1", "0", "Enter"]),
        (4, ["7", "Tab", "Tab", "2", "Enter"]),
        (5, ["2", "Enter"]),
        (6, ["1", "3", *["Tab"] * 5, "8", "Enter"]),
        (7, ["6", "5", "Enter"]),
    ]
    for after, pressed in steps:
        for key in pressed:
            keys.press(key)
        page.wait_for_url(f"**/p{after}")
    expect(page.locator("#save-line")).to_contain_text("Saved on the server")
    assert stored_answers(app) == {
        "ENERGY": 4,
        "COMFORT": 10,
        "SLEEP_HOURS": 7,
        "SLEEP_REST": 2,
        "OUTINGS": 0,
        "SUPPORT": [1, 3],
        "MOOD": 8,
        "DAY": 65,
    }


def test_a_digit_goes_to_the_first_question_without_an_answer_and_the_focus_follows(
    page: Page, address: str
) -> None:
    question(page, address, 5)
    page.locator("#SUPPORT-2").check()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("6")
    expect(page.locator("#MOOD-6")).to_be_checked()
    expect(page.locator("#MOOD-6")).to_be_focused()


def test_a_one_stays_a_one_when_the_zero_comes_late(page: Page, address: str) -> None:
    question(page, address, 2)
    page.keyboard.press("1")
    expect(page.locator("#COMFORT-1")).to_be_checked()
    page.wait_for_timeout(750)
    page.keyboard.press("0")
    expect(page.locator("#COMFORT-0")).to_be_checked()


def test_an_answer_is_changed_by_another_digit_and_a_digit_beyond_changes_nothing(
    page: Page,
) -> None:
    for key, checked in (("2", "2"), ("5", "5"), ("9", "5"), ("0", "5")):
        page.keyboard.press(key)
        expect(page.locator(f"#ENERGY-{checked}")).to_be_checked()


def test_digits_in_a_text_are_only_text_and_enter_there_is_a_new_line(
    page: Page, address: str
) -> None:
    question(page, address, 7)
    page.locator("textarea").focus()
    page.keyboard.type("2 walks")
    page.keyboard.press("Enter")
    assert page.locator("textarea").input_value() == "2 walks\n"
    assert page.url.endswith("/p7")
    assert page.locator("html.keys-used").count() == 0


@pytest.mark.parametrize("key", ["Control+2", "Alt+2", "Meta+2", "Shift+Digit2", "Backspace"])
def test_other_keys_choose_nothing_and_lead_nowhere(page: Page, key: str) -> None:
    page.keyboard.press(key)
    page.wait_for_timeout(100)
    assert page.locator(".tile__input:checked").count() == 0
    assert page.url.endswith("/p1")


def test_a_digit_of_an_input_method_chooses_nothing(page: Page) -> None:
    page.evaluate(
        """document.body.dispatchEvent(
          new KeyboardEvent("keydown", { key: "2", isComposing: true, bubbles: true }))"""
    )
    assert page.locator(".tile__input:checked").count() == 0


def test_arrows_move_the_choice_as_in_any_form(page: Page) -> None:
    page.keyboard.press("2")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#ENERGY-3")).to_be_checked()


def test_the_hints_come_with_the_first_key_move_nothing_and_go_at_a_touch(
    app: Flask, address: str, browser: Browser
) -> None:
    page = started(browser, address, link_of_today(app), width=360, height=740, has_touch=True)
    hint = "e => getComputedStyle(e, '::before').content"
    label = page.locator(".tile__label").nth(1)
    place = "e => [e.offsetLeft, e.getBoundingClientRect().top + scrollY, e.offsetHeight]"
    before = label.evaluate(place)
    assert label.evaluate(hint) == "none"
    page.keyboard.press("1")
    assert label.evaluate(hint).startswith("counter(key)")
    assert label.evaluate(place) == before
    page.locator("#ENERGY-2").tap()
    assert label.evaluate(hint) == "none"
