"""A patient at a device whose connection comes and goes: chosen answers, and what arrived."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, expect

from tests.e2e.line import Line

PAGES = 7
"""Pages of the Daily Life Check."""


def waits(seconds: float) -> float:
    """Milliseconds, as the browser counts."""
    return seconds * 1000


@dataclass
class Device:
    """One browser profile with one page; remembers the last answer chosen for each item."""

    browser: Browser
    line: Line
    chosen: dict[str, object] = field(default_factory=dict)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        context = self.browser.new_context(viewport={"width": 800, "height": 1280}, locale="en")
        self.page = context.new_page()
        self.page.set_default_timeout(waits(30))

    def open(self, token: str) -> None:
        """Open the link, start, and wait until the device could go on without a line."""
        self.page.goto(f"{self.line.address}/s/{token}")
        self.page.locator("main .button--primary").click()
        self.wait_until_kept()

    def wait_until_kept(self) -> None:
        expect(self.page.locator("#save-line")).to_be_visible()
        for _ in range(100):
            if self.page.evaluate("caches.match('/survey/shell-address').then(Boolean)"):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("the survey was not kept for offline")

    def reload(self) -> None:
        self.page.reload()
        self.page.locator(".question:visible, [data-blanks]").first.wait_for()

    def go_on(self) -> None:
        """Press the forward button and wait for what comes next."""
        before = self.page.title()
        self.page.locator(".actions__next").click()
        expect(self.page).not_to_have_title(before)

    def go_back(self) -> None:
        before = self.page.title()
        self.page.locator(".actions__back").click()
        expect(self.page).not_to_have_title(before)

    def answer_page(self, dice: random.Random) -> None:
        """Choose an answer to every question that shows, those that an answer opens included."""
        seen: set[str] = set()
        while todo := [item for item in self._items() if item not in seen]:
            seen.add(todo[0])
            self._choose(todo[0], dice)

    def _items(self) -> list[str]:
        shown = self.page.locator(".question:visible")
        return [str(question.get_attribute("data-item")) for question in shown.all()]

    def _choose(self, item: str, dice: random.Random) -> None:
        question = self.page.locator(f".question[data-item={item}]")
        kind = question.get_attribute("data-type")
        if kind in ("one_of", "scale"):
            boxes = question.locator(f"input[name={item}]").all()
            value = str(dice.choice(boxes).get_attribute("value"))
            question.locator(f"#{item}-{value}").check()
            self.chosen[item] = int(value)
        elif kind == "several_of":
            value = str(dice.choice([1, 2, 3, 4]))
            for box in question.locator(f"input[name={item}]:checked").all():
                box.uncheck()
            question.locator(f"#{item}-{value}").check()
            self.chosen[item] = [int(value)]
        else:
            self._write(item, str(kind), dice)

    def _write(self, item: str, kind: str, dice: random.Random) -> None:
        made: dict[str, object] = {
            "number": dice.randrange(0, 48) / 2,
            "visual_analogue": dice.randrange(0, 101),
            "text": f"说明 {dice.randrange(10_000)}",
        }
        self.chosen[item] = made[kind]
        box = self.page.locator(f"#{item}-input")
        box.fill(str(made[kind]))
        box.blur()

    def finish(self) -> None:
        """From the last page on: send, with a line, and wait until all has arrived."""
        self.page.wait_for_url("**/survey/review")
        self.page.locator(".actions__next").click()
        self.page.wait_for_url("**/survey/thanks", timeout=waits(60))

    def left_behind(self) -> dict[str, object]:
        """What the browser still keeps of the survey."""
        for _ in range(100):
            kept: dict[str, object] = self.page.evaluate(
                """async () => ({
                    databases: (await indexedDB.databases()).length,
                    caches: (await caches.keys()).length,
                    workers: (await navigator.serviceWorker.getRegistrations()).length,
                    local: localStorage.length,
                    session: sessionStorage.length,
                })"""
            )
            if not any(kept.values()):
                break
            self.page.wait_for_timeout(100)
        return kept

    def close(self) -> None:
        self.page.context.close()


def schedule(dice: random.Random) -> Iterator[str]:
    """What happens to the line and the page before each step of one walk."""
    while True:
        yield dice.choices(
            ["nothing", "cut", "mend", "silence", "reload", "back"],
            weights=[4, 3, 3, 1, 2, 1],
        )[0]


def walk(device: Device, dice: random.Random) -> None:
    """Answer all pages while the line comes and goes, then send with the line mended."""
    events = schedule(dice)
    while "/review" not in device.page.url:
        happens = next(events)
        if happens == "cut":
            device.line.cut()
        elif happens == "mend":
            device.line.mend()
        elif happens == "silence":
            device.line.silence()
        elif happens == "reload" and device.line.state is not Line.State.SILENT:
            device.reload()
        elif happens == "back" and device.page.locator(".actions__back").is_visible():
            device.go_back()
        device.answer_page(dice)
        device.go_on()
    if dice.random() < 0.5:
        device.line.mend()
    device.page.locator(".actions__next").click()
    device.page.wait_for_timeout(dice.choice([0, 300, 1500]))
    device.line.mend()
    device.page.wait_for_url("**/survey/thanks", timeout=waits(60))
