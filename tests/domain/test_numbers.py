"""Study numbers: their look, their check digits, and how forgiving typing may be."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qol_app.domain.errors import Conflict, InvalidInput
from qol_app.domain.numbers import check_digits, check_number, format_number, site_part
from qol_app.domain.study import NumberScheme

SCHEME = NumberScheme(prefix="LM-", digits=3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("5493001KJTIIGC8Y1R", "12", id="a legal entity identifier"),
        pytest.param(
            "WEST12345698765432GB", "82", id="the IBAN example GB82 WEST 1234 5698 7654 32"
        ),
        pytest.param("794", "44", id="the example of ISO 7064"),
    ],
)
def test_check_digits_are_those_of_iso_7064_mod_97_10(text: str, expected: str) -> None:
    assert check_digits(text) == expected


def test_numbers_of_a_study_have_one_width() -> None:
    assert format_number(SCHEME, "S01", 1) == "LM-S01-001-31"
    assert format_number(SCHEME, "S06", 130) == "LM-S06-130-67"
    assert format_number(NumberScheme(), "HF", 42) == "HF-0042-33"


def test_a_site_code_stands_in_numbers_without_its_dashes() -> None:
    assert site_part("he-fei_1") == "HEFEI1"
    assert format_number(SCHEME, "he-fei_1", 7).startswith("LM-HEFEI1-007-")


@pytest.mark.parametrize(
    "typed",
    [
        "LM-S01-001-31",
        "lm-s01-001-31",
        " LMS0100131 ",
        "LM S01 001 31",
        "LM–S01—001−31",
        "ＬＭ－Ｓ０１－００１－３１",
    ],
)
def test_case_dashes_spaces_and_full_width_characters_do_not_matter(typed: str) -> None:
    assert check_number(SCHEME, typed) == "LM-S01-001-31"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("LM", id="the prefix"),
        pytest.param("LM-001-31", id="no site"),
        pytest.param("S01-001-31", id="no prefix"),
        pytest.param("LM-S01-0O1-31", id="a letter among the digits"),
        pytest.param("LM-第01-001-31", id="a Chinese character"),
        pytest.param("LM-S01-001-٤٣", id="digits of another script"),
        pytest.param("LM-S/1-001-31", id="a slash"),
    ],
)
def test_what_is_no_study_number_is_told_how_one_looks(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_number(SCHEME, typed)
    assert refused.value.problems == ["a study number looks like LM-S01-001-31"]


def test_a_slip_is_found_by_the_check_digits() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_number(SCHEME, "LM-S01-010-31")
    assert refused.value.problems == [
        "the study number's last two digits do not fit the rest; look for a slip in it"
    ]


def test_a_site_that_is_full_says_so() -> None:
    with pytest.raises(Conflict, match="site S01 has used all its study numbers of 3 digits"):
        format_number(SCHEME, "S01", 1000)


def test_participants_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        format_number(SCHEME, "S01", 0)


schemes = st.builds(
    NumberScheme,
    prefix=st.text(string.ascii_uppercase + string.digits + "-", max_size=6),
    digits=st.integers(min_value=3, max_value=8),
)
sites = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,7}", fullmatch=True)


@given(scheme=schemes, site=sites, n=st.integers(min_value=1, max_value=999))
def test_every_number_checks_however_its_dashes_are_typed(
    scheme: NumberScheme, site: str, n: int
) -> None:
    number = format_number(scheme, site, n)
    assert check_number(scheme, number) == number
    assert check_number(scheme, number.replace("-", "").lower()) == number


@given(data=st.data(), n=st.integers(min_value=1, max_value=999))
def test_one_wrong_digit_or_two_swapped_digits_are_always_found(
    data: st.DataObject, n: int
) -> None:
    compact = format_number(SCHEME, "S01", n).replace("-", "")
    place = data.draw(st.integers(min_value=3, max_value=len(compact) - 1))
    wrong = data.draw(st.sampled_from(string.digits))
    assume(wrong != compact[place])
    with pytest.raises(InvalidInput):
        check_number(SCHEME, compact[:place] + wrong + compact[place + 1 :])
    swap = data.draw(st.integers(min_value=3, max_value=len(compact) - 2))
    first, second = compact[swap], compact[swap + 1]
    assume(first != second)
    with pytest.raises(InvalidInput):
        check_number(SCHEME, compact[:swap] + second + first + compact[swap + 2 :])
