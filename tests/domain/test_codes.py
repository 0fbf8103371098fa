"""Short codes: easy to type, and no slip goes unnoticed."""

from __future__ import annotations

import itertools
import random

import pytest

from qol_app.domain import codes
from qol_app.domain.errors import CodeMistyped

SOME = [codes.make(random.Random(seed).choice) for seed in range(300)]  # no secrets


def is_refused(typed: str) -> bool:
    try:
        codes.read(typed)
    except CodeMistyped:
        return True
    return False


def test_a_known_code() -> None:
    assert codes.complete("CDFGHJKMN") == "CDFGHJKMN4"
    assert codes.shown("CDFGHJKMN4") == "CDF-GHJ-KMN4"
    assert codes.read("CDF-GHJ-KMN4") == "CDFGHJKMN4"


def test_no_symbol_looks_like_another_and_none_is_a_vowel() -> None:
    assert len(set(codes.SYMBOLS)) == len(codes.SYMBOLS) == 23
    assert not set("AEIOU") & set(codes.SYMBOLS)
    for alike in ("0OQ", "1IL", "UV", "B8", "S5", "Z2"):
        assert len(set(alike) & set(codes.SYMBOLS)) <= 1, alike


def test_every_single_wrong_symbol_is_noticed() -> None:
    for code in SOME:
        for place, wrong in itertools.product(range(codes.LENGTH), codes.SYMBOLS):
            if wrong != code[place]:
                assert is_refused(code[:place] + wrong + code[place + 1 :]), (code, place, wrong)


def test_every_pair_of_symbols_shows_when_it_is_swapped_in_any_two_neighbouring_places() -> None:
    """All pairs at all places, so this holds for every code: the rest adds the same to both."""
    rest = "CDFGHJKM"
    for place in range(codes.LENGTH - 2):
        for one, other in itertools.permutations(codes.SYMBOLS, 2):
            code = codes.complete((rest[:place] + one + other + rest[place:])[: codes.LENGTH - 1])
            assert is_refused(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


def test_a_swap_with_the_check_symbol_is_noticed() -> None:
    for code in SOME:
        if code[-1] != code[-2]:
            assert is_refused(code[:-2] + code[-1] + code[-2]), code


@pytest.mark.parametrize(
    "typed",
    [
        "cdf-ghj-kmn4",
        " CDF GHJ KMN4 ",
        "CDFGHJKMN4",
        "ＣＤＦ－ＧＨＪ－ＫＭＮ４",
        "cdf–ghj—kmn4",
        "CDF.GHJ/KMN4\n",
        "CDF　GHJ　KMN4",
    ],
)
def test_case_spaces_hyphens_and_width_do_not_matter(typed: str) -> None:
    assert codes.read(typed) == "CDFGHJKMN4"


def test_a_letter_that_can_only_have_been_a_digit_is_read_as_one() -> None:
    code = codes.complete("825CDFGHJ")
    assert codes.read("BZS" + code[3:]) == code


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("", 0),
        ("CDF-GHJ-KMN", 9),
        ("CDF-GHJ-KMN44", 11),
        ("CDF-GHJ-KMN7", 10),
        ("CDFGHJKMNO", 10),
        ("验证码在信上的十个字", 10),
        ("6" * 5000, 64),
    ],
)
def test_what_cannot_be_a_code_is_refused_with_its_length(typed: str, length: int) -> None:
    with pytest.raises(CodeMistyped) as refusal:
        codes.read(typed)
    assert refusal.value.length == length


def test_new_codes_differ_and_read_back() -> None:
    assert len(set(SOME)) == 300
    assert all(codes.read(codes.shown(code)) == code for code in SOME)
