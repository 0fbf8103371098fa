"""The pages as a patient wants them: size, contrast, turned, matrix and ruler."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests import matrix
from tests.e2e.steps import link_of_today, question, started, stored_answers, stored_display

pytestmark = pytest.mark.browser
garden = matrix.garden

OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth;
  const out = (box) => box.width > 1 && (box.left < -1 || box.right > wide + 1);
  return [...document.querySelectorAll("body *")]
    .filter((element) => !element.closest(".visually-hidden, .skip-link, details:not([open])"))
    .filter((element) => out(element.getBoundingClientRect()))
    .map((element) => element.className);
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("main input, button, summary")]
  .filter((element) => element.type !== "hidden" && element.getClientRects().length)
  .map((element) => [element.id || element.className, element.getBoundingClientRect()])
  .filter(([, box]) => box.width < 48 || box.height < 48)
  .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
    assert page.evaluate(OVERFLOWING) == [], page.url


def box_of(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return dict(found)


def test_without_script_the_control_stores_the_size_and_shows_the_page_again(
    app: Flask, address: str, browser: Browser
) -> None:
    size = {"width": 360, "height": 740}
    page = started(browser, address, link_of_today(app), **size, java_script_enabled=False)
    question(page, address, 2)
    page.locator(".display__open").click()
    page.get_by_role("button", name="Largest").click()
    page.wait_for_load_state("load")
    assert page.url.endswith("/survey/daily-life-check/p2")
    assert page.locator("html").get_attribute("data-text") == "largest"
    assert stored_display(app) == ("largest", None)


def test_a_choice_holds_at_once_and_keeps_what_was_tapped_on_the_page(
    app: Flask, address: str, browser: Browser
) -> None:
    page = started(browser, address, link_of_today(app), width=360, height=740)
    page.locator("#ENERGY-4").check()
    page.get_by_text("Aa").click()
    page.get_by_role("button", name="Largest").click()
    page.get_by_role("button", name="High contrast").click()
    root = page.locator("html")
    expect(root).to_have_attribute("data-text", "largest")
    expect(page.get_by_role("button", name="Largest")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Usual size")).to_have_attribute("aria-pressed", "false")
    assert root.evaluate("e => getComputedStyle(e).fontSize") == "24px"
    assert root.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".tile__input:checked").count() == 1
    page.keyboard.press("Escape")
    expect(page.locator(".display")).not_to_have_attribute("open", "")
    wait_until(lambda: stored_display(app) == ("largest", "high"))
    page.reload()
    expect(root).to_have_attribute("data-contrast", "high")


def wait_until(holds: object, seconds: float = 5) -> None:
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    assert holds()


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        pytest.param(360, 740, "largest", id="largest type on a small phone"),
        pytest.param(740, 360, "largest", id="largest type on a phone on its side"),
        pytest.param(320, 568, "usual", id="the smallest phone"),
        pytest.param(400, 640, "largest", id="largest type on a tablet at 200%"),
        pytest.param(180, 370, "usual", id="a small phone at 200%"),
    ],
)
def test_nothing_overflows_and_every_target_is_large_enough(
    app: Flask, address: str, browser: Browser, width: int, height: int, size: str
) -> None:
    page = started(browser, address, link_of_today(app), width=width, height=height)
    page.locator(".display__open").click()
    fits(page)
    page.locator(f"[name=text_size][value={size}]").click()
    fits(page)
    wait_until(lambda: stored_display(app)[0] == (None if size == "usual" else size))
    for number in range(1, 8):
        question(page, address, number)
        fits(page)
        if width > 180:
            assert page.evaluate(SMALL_TARGETS) == [], page.url
        with page.expect_navigation():
            page.locator(".actions__next").click()
    page.goto(f"{address}/survey/review")
    fits(page)


def test_a_matrix_is_a_grid_on_a_tablet_and_separate_questions_on_a_phone(
    app: Flask, address: str, browser: Browser, garden: Path
) -> None:
    token = link_of_today(app, matrix.garden_study)
    page = started(browser, address, token, width=800, height=1280)
    expect(page.locator("form[data-live]")).to_be_visible()
    fits(page)
    assert page.evaluate(SMALL_TARGETS) == []
    cells = [box_of(page, f"#BIRDS-{code}") for code in (1, 2, 3, 4, 5)]
    assert len({cell["y"] for cell in cells}) == 1
    heads = page.locator(".matrix__column")
    assert heads.all_inner_texts() == ["Never", "Seldom", "Sometimes", "Often", "All the time"]
    for cell, head in zip(cells, heads.all(), strict=True):
        above = head.bounding_box()
        assert above is not None
        assert cell["x"] + cell["width"] / 2 == pytest.approx(
            above["x"] + above["width"] / 2, abs=2
        )
    row = page.get_by_role("radiogroup", name="I found a place in the shade when I wanted one")
    row.get_by_role("radio", name="Sometimes").check()
    page.set_viewport_size({"width": 360, "height": 740})
    fits(page)
    assert not heads.first.is_visible()
    assert box_of(page, "#BIRDS-2")["y"] > box_of(page, "#BIRDS-1")["y"] + 48
    assert box_of(page, "#BIRDS-1")["width"] > 300
    assert row.get_by_role("radio", name="Sometimes").is_checked()


def test_a_row_that_an_answer_opens_joins_the_matrix(
    app: Flask, address: str, browser: Browser, garden: Path
) -> None:
    page = started(
        browser, address, link_of_today(app, matrix.garden_study), width=800, height=1280
    )
    expect(page.locator("form[data-live]")).to_be_visible()
    assert page.locator(".question:visible").count() == 3
    for item, code in (("BIRDS", 4), ("SHADE", 2), ("PATHS", 1)):
        page.locator(f"#{item}-{code}").check()
    page.locator("#PEOPLE-5").check()
    page.locator(".actions__next").click()
    page.wait_for_url("**/p2")
    assert page.locator(".matrix").count() == 0
    expect(page.locator("#save-line")).to_contain_text("Saved on the server")
    assert stored_answers(app) == {"BIRDS": 4, "SHADE": 2, "PATHS": 1, "PEOPLE": 5}


def test_the_ruler_is_whole_on_a_phone_on_its_side_and_moves_by_hand_and_keys(
    app: Flask, address: str, browser: Browser
) -> None:
    page = started(browser, address, link_of_today(app), width=740, height=360)
    question(page, address, 6)
    slider = page.get_by_role("slider")
    slider.scroll_into_view_if_needed()
    ruler = box_of(page, ".analogue__ruler")
    assert ruler["height"] <= 360
    assert slider.get_attribute("aria-valuetext") == "No answer yet"
    tube = box_of(page, ".ruler__tube")
    page.mouse.click(tube["x"] + tube["width"] / 2, tube["y"] + tube["height"] / 2)
    assert page.locator("#DAY-input").input_value() == "50"
    hand = box_of(page, ".ruler__hand")
    assert min(hand["width"], hand["height"]) >= 43  # and a line of 6 around it
    slider.focus()
    for key in ("ArrowUp", "ArrowUp", "PageUp", "ArrowDown"):
        page.keyboard.press(key)
    assert page.locator("#DAY-input").input_value() == "61"
    assert (slider.get_attribute("aria-valuenow"), slider.get_attribute("aria-valuetext")) == (
        "61",
        "61",
    )
    page.locator("#DAY-input").fill("100")
    assert page.locator(".ruler__hand").get_attribute("cy") == "0%"


def test_a_thumb_moves_the_hand_but_scrolling_beside_it_answers_nothing(
    app: Flask, address: str, browser: Browser
) -> None:
    page = started(browser, address, link_of_today(app), width=360, height=740, has_touch=True)
    question(page, address, 6)
    field = page.locator("#DAY-input")
    ruler, tube = box_of(page, ".analogue__ruler"), box_of(page, ".ruler__tube")
    swipe(page, ruler["x"] + ruler["width"] - 15, 400, up=150)
    assert field.input_value() == ""
    assert page.evaluate("scrollY") > 50
    page.evaluate("scrollTo(0, 0)")
    middle = tube["x"] + tube["width"] / 2
    aimed = round(100 * (1 - (350 - tube["y"]) / tube["height"]))
    for _again in range(3):  # a busy browser drops the last moves of a finger
        swipe(page, middle, 450, up=100)
        if abs(int(field.input_value()) - aimed) <= 2:
            break
    assert int(field.input_value()) == pytest.approx(aimed, abs=2)
    assert page.evaluate("scrollY") == 0
    page.touchscreen.tap(ruler["x"] + ruler["width"] - 15, tube["y"] + tube["height"] / 4)
    assert field.input_value() == "75"


def swipe(page: Page, x: float, y: float, *, up: float) -> None:
    """A finger that is put down, moves up and is lifted."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        found = [{"x": at_x, "y": at_y} for at_x, at_y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})

    touch("touchStart", (x, y))
    for step in range(1, 11):
        touch("touchMove", (x, y - up * step / 10))
    touch("touchEnd")
    page.wait_for_timeout(200)


def test_a_ruler_that_arrives_later_becomes_a_slider_too(
    app: Flask, address: str, browser: Browser
) -> None:
    page = started(browser, address, link_of_today(app), width=800, height=1280)
    question(page, address, 6)
    html = page.evaluate("fetch(location.href).then((answer) => answer.text())")
    page.evaluate(
        """(html) => {
          const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main");
          document.querySelector("main").replaceWith(fresh);
          document.dispatchEvent(new CustomEvent("page-shown", { detail: { root: fresh } }));
        }""",
        html,
    )
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    assert page.locator("#DAY-input").input_value() == "100"


@pytest.mark.parametrize("width", [360, 800])
def test_from_right_to_left_marks_and_bar_are_mirrored(
    app: Flask, address: str, browser: Browser, width: int
) -> None:
    page = started(browser, address, link_of_today(app), width=width, height=1000)
    for number in range(1, 8):
        question(page, address, number)
        page.evaluate("document.documentElement.dir = 'rtl'")
        fits(page)
    question(page, address, 1)
    assert box_of(page, ".tile__mark")["x"] < width / 2
    page.evaluate("document.documentElement.dir = 'rtl'")
    tile, mark = box_of(page, ".tile"), box_of(page, ".tile__mark")
    assert tile["x"] + tile["width"] - (mark["x"] + mark["width"]) < 40
    question(page, address, 2)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert box_of(page, "#COMFORT-0")["x"] > box_of(page, "#COMFORT-1")["x"]
    assert box_of(page, ".actions__next")["x"] < box_of(page, ".actions__back")["x"]


def test_who_wants_no_motion_sees_none(app: Flask, address: str, browser: Browser) -> None:
    size = {"width": 360, "height": 740}
    page = started(browser, address, link_of_today(app), **size, reduced_motion="reduce")
    moving = "e => getComputedStyle(e).transitionDuration"
    assert set(page.locator(".tile__label").first.evaluate(moving).split(", ")) == {"0s"}
