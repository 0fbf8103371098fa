"""A text with an unknown field or without the link is refused, and the place is named."""

from __future__ import annotations

import pytest

from qol_app.domain.message_text import fill, mistakes
from qol_app.domain.recipients import Channel

GOOD = "Hello,\n{link} until {last_day}. {contact}"


def test_a_good_text_has_no_mistakes() -> None:
    assert mistakes("Study {study}: {visit}", GOOD, Channel.EMAIL) == []
    assert mistakes("", "{link}", Channel.SMS) == []


@pytest.mark.parametrize(
    ("subject", "body", "found"),
    [
        ("S", "{link} {name}", [("body", "unknown_field", "{name}")]),
        ("{Study}", "{link}", [("subject", "unknown_field", "{Study}")]),
        ("S", "{link} {study.x}", [("body", "unknown_field", "{study.x}")]),
        ("S", "Hello", [("body", "no_link", "{link}")]),
        ("S", "{ link }", [("body", "unknown_field", "{ link }"), ("body", "no_link", "{link}")]),
        ("S {link}", "{link}", [("subject", "link_in_subject", "{link}")]),
        ("S", "{link", [("body", "stray_brace", ""), ("body", "no_link", "{link}")]),
        ("", "{link}", [("subject", "empty", "")]),
        ("S", " ", [("body", "empty", "")]),
        ("S" * 151, "{link}", [("subject", "too_long", "150")]),
    ],
)
def test_mistakes(subject: str, body: str, found: list[tuple[str, str, str]]) -> None:
    told = mistakes(subject, body, Channel.EMAIL)
    assert [(each.place, each.fault.value, each.detail) for each in told] == found


def test_a_value_is_not_searched_for_fields() -> None:
    values = {"link": "https://q.example/{contact}", "contact": "x"}
    assert fill("{link} {contact}", values) == "https://q.example/{contact} x"
