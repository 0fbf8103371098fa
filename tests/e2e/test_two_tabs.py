"""Two tabs that send different pages at the same moment, two hundred times: nothing is lost."""

from __future__ import annotations

import re
import threading
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from flask import Flask
from sqlalchemy import select

from qol_app.db.models import AnswerEvent, Response
from tests.conftest import database as database
from tests.e2e.test_patient import due_link

ROUNDS = 200
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Tab:
    """A tab of a browser without script: it posts the page that it shows."""

    def __init__(self, address: str, link: str, page: str) -> None:
        self.url = f"{address}/survey/daily-life-check/{page}"
        self.browser: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        welcome = self.get(f"{address}/s/{link}")
        self.post(f"{address}/s/{link}", csrf_token=self.token_in(welcome))
        self.token = self.token_in(self.get(self.url))

    def get(self, url: str) -> str:
        with self.browser.open(url, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, url: str, **fields: str) -> int:
        request = Request(url, data=urlencode(fields).encode())  # noqa: S310  # our own server
        with self.browser.open(request, timeout=30) as answer:
            return int(answer.status)

    @staticmethod
    def token_in(page: str) -> str:
        found = TOKEN.search(page)
        assert found is not None
        return found[1]

    def answer(self, item: str, shown: str, value: str, statuses: list[int]) -> None:
        fields = {item: value, f"shown-{item}": shown, "go": "next", "csrf_token": self.token}
        statuses.append(self.post(self.url, **fields))


def test_two_tabs_post_different_pages_at_once_and_lose_nothing(app: Flask, address: str) -> None:
    link = due_link(app, "en")
    first, second = Tab(address, link, "p1"), Tab(address, link, "p2")
    shown = ("null", "null")
    statuses: list[int] = []
    for number in range(ROUNDS):
        energy, comfort = str(number % 5 + 1), str(number % 11)
        posts = [
            threading.Thread(target=first.answer, args=("ENERGY", shown[0], energy, statuses)),
            threading.Thread(target=second.answer, args=("COMFORT", shown[1], comfort, statuses)),
        ]
        for post in posts:
            post.start()
        for post in posts:
            post.join()
        shown = (energy, comfort)
    with app.extensions["sessions"].read() as session:
        events = session.scalars(select(AnswerEvent).order_by(AnswerEvent.seq)).all()
        current = session.scalars(select(Response).where(Response.started_at.is_not(None))).one()
    assert statuses == [200] * (2 * ROUNDS)
    assert [e.value for e in events if e.item == "ENERGY"] == [n % 5 + 1 for n in range(ROUNDS)]
    assert [e.value for e in events if e.item == "COMFORT"] == [n % 11 for n in range(ROUNDS)]
    assert (current.answers["ENERGY"], current.answers["COMFORT"]) == (5, 1)
