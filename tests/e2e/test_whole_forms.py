"""The trial's whole baseline, 57 pages, in Chinese: by touch, by keyboard, scriptless, zoomed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from qol_app.db.models import Response
from questionnaires import load
from tests.e2e.test_weight import trial_link

pytestmark = pytest.mark.browser

FORMS = ("eortc-qlq-c30", "eortc-qlq-lmc21", "eq-5d-5l")
VAS = 70


def begin(browser: Browser, app: Flask, address: str, **settings: Any) -> Page:
    page = browser.new_context(**settings).new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{address}/s/{trial_link(app)}")
    return page


def on_question(page: Page) -> bool:
    return "/review" not in page.url


def items_shown(page: Page) -> list[str]:
    shown = page.locator(".question:visible")
    return [str(each.get_attribute("data-item")) for each in shown.all()]


def stored(app: Flask) -> dict[str, object]:
    with app.extensions["sessions"].read() as session:
        sent = session.scalars(select(Response).where(Response.submitted_at.is_not(None)))
        return {item: value for response in sent for item, value in response.answers.items()}


def last_of_each() -> dict[str, object]:
    """The last answer of every item, and the middle of the ruler."""
    return {
        item.id: item.codes[-1] if item.codes else VAS
        for form in FORMS
        for item in load(form).items
    }


def next_page(page: Page, press: Any) -> None:
    before = page.url
    press()
    expect(page).not_to_have_url(before)


def test_by_touch_alone(app: Flask, address: str, browser: Browser) -> None:
    page = begin(browser, app, address, has_touch=True, viewport={"width": 360, "height": 740})
    page.locator("main .button--primary").tap()
    expect(page.locator("form[data-live]")).to_be_visible()
    while on_question(page):
        for item in items_shown(page):
            question = page.locator(f".question[data-item={item}]")
            if question.get_attribute("data-type") == "visual_analogue":
                tap_ruler(page)
            else:
                question.locator(".tile__input").last.tap()
        next_page(page, page.locator(".actions__next").tap)
    page.locator(".actions__next").tap()
    page.wait_for_url("**/survey/thanks")
    assert stored(app) == last_of_each()


def tap_ruler(page: Page) -> None:
    """Touch the ruler at its middle and step up to the value with the button."""
    page.locator(".analogue__ruler").tap()
    while int(page.locator(".analogue__input").input_value()) < VAS:
        page.locator("[data-step='1']").tap()
    while int(page.locator(".analogue__input").input_value()) > VAS:
        page.locator("[data-step='-1']").tap()


def test_by_keyboard_alone_with_the_focus_in_sight(
    app: Flask, address: str, browser: Browser
) -> None:
    page = begin(browser, app, address, viewport={"width": 800, "height": 1280})
    press(page, "Tab", until="main .button--primary")
    page.keyboard.press("Enter")
    expect(page.locator("form[data-live]")).to_be_visible()
    while on_question(page):
        for item in items_shown(page):
            kind = page.locator(f".question[data-item={item}]").get_attribute("data-type")
            if kind == "visual_analogue":
                press(page, "Tab", until=".analogue__input")
                page.keyboard.type(str(VAS))
            else:
                press(page, "Tab", until=f"input[name={item}]")
                page.keyboard.press("Space")
                for _ in range(page.locator(f"input[name={item}]").count() - 1):
                    page.keyboard.press("ArrowDown")
        press(page, "Tab", until=".actions__next")
        next_page(page, lambda: page.keyboard.press("Enter"))
    press(page, "Tab", until=".actions__next")
    page.keyboard.press("Enter")
    page.wait_for_url("**/survey/thanks")
    assert stored(app) == last_of_each()


IN_SIGHT = """() => {
    const focused = document.activeElement;
    const label = focused.matches(".tile__input") ? focused.nextElementSibling : focused;
    const style = getComputedStyle(label);
    const box = label.getBoundingClientRect();
    return style.outlineStyle !== "none" && box.bottom > 0 && box.top < innerHeight;
}"""


def press(page: Page, key: str, *, until: str) -> None:
    """Press a key until the focus is on what is sought; it must be seen at every stop."""
    for _ in range(40):
        if page.evaluate("(sought) => document.activeElement.matches(sought)", until):
            assert page.evaluate(IN_SIGHT), until
            return
        page.keyboard.press(key)
    raise AssertionError(f"{until} is out of reach of the keyboard on {page.url}")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"java_script_enabled": False}, id="without script"),
        pytest.param({"viewport": {"width": 400, "height": 640}}, id="at 200% of 800x1280"),
    ],
)
def test_by_mouse(app: Flask, address: str, browser: Browser, settings: dict[str, Any]) -> None:
    page = begin(browser, app, address, **settings)
    page.locator("main .button--primary").click()
    page.wait_for_url("**/survey/*/p1")
    while on_question(page):
        for item in items_shown(page):
            question = page.locator(f".question[data-item={item}]")
            if question.get_attribute("data-type") == "visual_analogue":
                page.locator(".analogue__input").fill(str(VAS))
            else:
                question.locator(".tile__input").last.check()
        assert page.locator("html").get_attribute("lang") == "zh-Hans"
        next_page(page, page.locator(".actions__next").click)
    page.locator(".actions__next").click()
    page.wait_for_url("**/survey/thanks")
    assert stored(app) == last_of_each()
