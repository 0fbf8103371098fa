"""Around signing in, a Chinese browser reads Chinese: our words, Flask-Security's and WTForms'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.i18n import translations
from werkzeug.test import TestResponse

from tests import builders
from tests.builders import Post

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}
LANGUAGE_BUTTON = {"English"}
"""Each language is offered in its own words."""


@pytest.fixture
def client(sqlite_template: Path, tmp_path: Path, now: datetime) -> Iterator[FlaskClient]:
    copy = tmp_path / "test.sqlite"
    copy.write_bytes(sqlite_template.read_bytes())
    app: Flask = builders.application(tmp_path, f"sqlite:///{copy}", Post())
    with time_machine.travel(now, tick=False):
        yield app.test_client()
    app.extensions["sessions"].engine.dispose()


def latin_words(page: TestResponse) -> set[str]:
    """The Latin words that a reader or a screen reader meets on a page."""
    html = re.sub(r"<(script|style)\b.*?</\1>", "", page.get_data(as_text=True), flags=re.DOTALL)
    spoken = re.findall(r'\b(?:alt|aria-label|placeholder|title)="([^"]*)"', html)
    text = " ".join([re.sub(r"<[^>]*>", " ", html), *spoken])
    return set(re.findall(r"[A-Za-z]{2,}", text)) - LANGUAGE_BUTTON


def test_the_sign_in_page_is_chinese(client: FlaskClient) -> None:
    page = client.get("/sign-in", headers=CHINESE)
    assert '<html lang="zh-Hans"' in page.get_data(as_text=True)
    assert latin_words(page) == set()


def test_a_wrong_password_is_answered_in_chinese(client: FlaskClient) -> None:
    tried = {"email": "nobody@example.org", "password": "not this one"}
    page = client.post("/sign-in", data=tried, headers=CHINESE)
    assert "邮箱或密码不正确。请重试。" in page.get_data(as_text=True)
    assert latin_words(page) == set()


def test_a_missing_page_is_explained_in_chinese(client: FlaskClient) -> None:
    page = client.get("/nothing-here", headers=CHINESE)
    assert page.status_code == 404
    assert latin_words(page) == set()


def test_the_messages_of_wtforms_are_found_for_our_chinese(client: FlaskClient) -> None:
    with client.application.test_request_context("/sign-in", headers=CHINESE):
        assert translations.gettext("Not a valid choice.") == "不是有效的选择。"
