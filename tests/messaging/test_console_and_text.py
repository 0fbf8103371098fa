"""Development prints mails whole; texts exist in both languages and fit together."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime

import pytest
from jinja2 import UndefinedError

from qol_app.messaging import ConsoleSender, Email, SmtpSender, make_sender, text
from qol_app.settings import from_environment

VALUES = {"study": "NCT1", "link": "https://qol.example/s/abc", "last_day": "4 March 2026"}


def test_the_console_shows_everything_of_a_mail() -> None:
    stream = io.StringIO()
    ConsoleSender(stream).send(
        Email(
            to="wang@example.org",
            subject="Your questionnaire",
            body="Open https://qol.example/s/abc\n",
            language="en",
            written_at=datetime(2026, 3, 2, tzinfo=UTC),
        )
    )
    shown = stream.getvalue()
    assert "printed and not sent" in shown
    assert "To:       wang@example.org" in shown
    assert "Subject:  Your questionnaire" in shown
    assert "Open https://qol.example/s/abc" in shown


def test_the_settings_choose_the_sender(tmp_path: object) -> None:
    development = {"QOL_INSTANCE": str(tmp_path)}
    assert isinstance(make_sender(from_environment(development)), ConsoleSender)
    assert isinstance(
        make_sender(from_environment({**development, "QOL_MAIL": "smtp"})), SmtpSender
    )


def test_the_link_message_is_written_in_both_languages() -> None:
    assert text.languages("link") == {"en", "zh-Hans"}


def test_an_english_message_holds_link_day_study_and_whom_to_ask() -> None:
    words = text.render("link", "en", **VALUES, contact="Please ask your study nurse.")
    assert words.subject == "Your questionnaire is ready (NCT1)"
    assert "\nhttps://qol.example/s/abc\n" in words.body
    assert "until 4 March 2026" in words.body
    assert "Please ask your study nurse." in words.body


def test_a_chinese_message_holds_no_english_word() -> None:
    words = text.render("link", "zh-Hans", **VALUES, contact="请联系您的研究护士。")
    own = words.subject + words.body
    for value in VALUES.values():
        own = own.replace(value, "")
    assert re.findall(r"[A-Za-z]+", own) == []


def test_a_value_that_nobody_gives_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="contact"):
        text.render("link", "en", **VALUES)


@pytest.mark.parametrize(
    ("language", "written"), [("en", "4 March 2026"), ("zh-Hans", "2026年3月4日")]
)
def test_days_are_written_out(language: str, written: str) -> None:
    assert text.day(date(2026, 3, 4), language) == written
