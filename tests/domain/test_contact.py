"""Mobile numbers in every style in which they are typed."""

from __future__ import annotations

import pytest

from qol_app.domain.contact import PhoneInvalid, PhoneProblem, mobile_number, spaced


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "138.0013.8000",
        "138—0013—8000",
        "+86 138 0013 8000",
        "+86-13800138000",
        "(+86) 138 0013 8000",
        "（86）138 0013 8000",
        "86 138 0013 8000",
        "0086 138 0013 8000",
        "１３８００１３８０００",
        "＋８６　１３８－００１３－８０００",
        " 13800138000 ",
    ],
)
def test_every_chinese_style_is_the_same_number(typed: str) -> None:
    assert mobile_number(typed) == "+8613800138000"


def test_a_number_of_another_country_begins_with_plus() -> None:
    assert mobile_number("+49 1512 3456789") == "+4915123456789"


@pytest.mark.parametrize("typed", ["0551-63601234", "(0551) 6360 1234", "+49 30 901820"])
def test_a_landline_is_told_apart_since_it_takes_no_text_messages(typed: str) -> None:
    with pytest.raises(PhoneInvalid) as told:
        mobile_number(typed)
    assert told.value.problem is PhoneProblem.LANDLINE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "none",
        "1380013800",
        "138001380001",
        "手机 138 0013 8000",
        "138 0013 8000 ext 5",
        "10086x",
    ],
)
def test_what_is_no_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(PhoneInvalid) as told:
        mobile_number(typed)
    assert told.value.problem is PhoneProblem.NOT_A_NUMBER


def test_a_stored_number_is_read_in_groups() -> None:
    assert spaced("+8613800138000") == "+86 138 0013 8000"
