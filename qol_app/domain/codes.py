"""Short codes that a patient types from a letter: easy to read, and wrong ones are told at once.

A code is nine symbols and one check symbol. There are 23 symbols, a prime number, and every place
counts with a weight of its own modulo 23, so that each single wrong symbol and each swap of two
symbols, neighbours or not, is noticed before anybody looks for the code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from qol_app.domain.errors import CodeMistyped

SYMBOLS = "23456789CDFGHJKMNPRTWXY"
"""No vowels, so no words; of symbols that look alike (0 O Q, 1 I L, U V, B 8, S 5, Z 2) at most
one."""

LENGTH = 10
"""Symbols of a code, the check symbol among them."""

_LOOKALIKES = str.maketrans({"B": "8", "S": "5", "Z": "2"})
"""What is not a symbol and can only have been meant as one."""

_GROUPS = ((0, 3), (3, 6), (6, LENGTH))
_TYPED_AT_MOST = 64


def make(choose: Callable[[str], str]) -> str:
    """Return a new code.

    Args:
        choose: Returns one of the symbols it is given, each as likely as the others.
    """
    return complete("".join(choose(SYMBOLS) for _ in range(LENGTH - 1)))


def complete(symbols: str) -> str:
    """Return nine symbols with their check symbol behind them."""
    return symbols + SYMBOLS[_weighed(symbols)]


def _weighed(symbols: str) -> int:
    places = (weight * SYMBOLS.index(symbol) for weight, symbol in enumerate(symbols, start=1))
    return sum(places) % len(SYMBOLS)


def shown(code: str) -> str:
    """Return a code in groups, as letters print it: ``ABC-DEF-GHK4``."""
    return "-".join(code[start:end] for start, end in _GROUPS)


def read(typed: str) -> str:
    """Return the code that was typed.

    Case, spaces, hyphens and full-width characters do not matter, nor does B for 8, S for 5 or
    Z for 2.

    Raises:
        CodeMistyped: it has another length, holds what is no symbol, or its check symbol does
            not fit.
    """
    plain = unicodedata.normalize("NFKC", typed[:_TYPED_AT_MOST]).upper()
    code = "".join(symbol for symbol in plain if symbol.isalnum()).translate(_LOOKALIKES)
    if len(code) != LENGTH:
        raise CodeMistyped(f"a code has {LENGTH} symbols, not {len(code)}", length=len(code))
    if set(code) - set(SYMBOLS) or complete(code[:-1]) != code:
        raise CodeMistyped("one of the symbols is wrong", length=len(code))
    return code
