"""The language belongs to the patient: a Chinese patient at an English browser reads Chinese."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.e2e.device import PAGES, Device
from tests.e2e.line import Line
from tests.e2e.steps import link_of_today

pytestmark = pytest.mark.browser

OWN_NAMES = {"English"}
"""Each language is offered in its own words."""

SAID = """() => [document.title, document.body.innerText, ...Array.from(
    document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"),
    (each) => ["aria-label", "placeholder", "title", "alt"]
        .map((name) => each.getAttribute(name) || "").join(" "),
)].join("\\n")"""


@pytest.fixture
def line(address: str) -> Iterator[Line]:
    """The line between the browser and the server."""
    made = Line(int(address.rpartition(":")[2]))
    yield made
    made.close()


def latin_words(page: Page) -> set[str]:
    """Latin words of two letters and more that a page says, to eyes or to a screen reader."""
    return set(re.findall(r"[A-Za-z]{2,}", page.evaluate(SAID))) - OWN_NAMES


def expect_chinese(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert latin_words(page) == set(), page.url


def test_a_chinese_patient_reads_chinese_in_an_english_browser_with_and_without_a_line(
    app: Flask, line: Line, browser: Browser
) -> None:
    token = link_of_today(app, language="zh-Hans")
    device = Device(browser, line)
    page, dice = device.page, random.Random(5)
    page.goto(f"{line.address}/s/{token}")
    assert page.evaluate("navigator.language") == "en"
    expect_chinese(page)
    device.open(token)
    expect_chinese(page)
    for number in range(PAGES):
        if number == 1:
            line.cut()
        device.answer_page(dice)
        if number == 1:
            expect(page.locator("#save-line")).to_contain_text("只保存在本设备上")
            device.reload()
        expect_chinese(page)
        device.go_on()
    expect_chinese(page)
    page.locator(".actions__next").click()
    expect(page.locator("h1")).to_have_text("您的答案已保存在本设备上")
    expect_chinese(page)
    page.reload()
    expect(page.locator("h1")).to_have_text("您的答案已保存在本设备上")
    expect_chinese(page)
    line.mend()
    page.wait_for_url("**/survey/thanks", timeout=60_000)
    expect(page.locator("h1")).to_have_text("谢谢您")
    expect_chinese(page)
    for path in ("/survey/no/such/page", f"/s/{token}/no/such/page", f"/s/{token}"):
        page.goto(line.address + path)
        expect_chinese(page)
    device.close()
