"""Which passwords are taken."""

from __future__ import annotations

import pytest

from qol_app.domain.passwords import PasswordFault, fault, normalized

OWN = ["Chen Xiaoming 陈晓明", "xm.chen", "nct06449937"]


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        pytest.param("four quiet words here", None, id="a sentence"),
        pytest.param("春天的雨落在安静的湖面上", None, id="twelve Chinese characters"),
        pytest.param("short one 1", PasswordFault.TOO_SHORT, id="eleven characters"),
        pytest.param("abababababababab", PasswordFault.TOO_PLAIN, id="two signs only"),
        pytest.param("x" * 201, PasswordFault.TOO_LONG, id="too long"),
        pytest.param("XIAOMING likes rain", PasswordFault.OWN_WORDS, id="the user's name"),
        pytest.param("我是陈晓明今天天气很好呀呀", PasswordFault.OWN_WORDS, id="a Chinese name"),
        pytest.param("chen2026chen2026", PasswordFault.OWN_WORDS, id="a part of the address"),
        pytest.param("rain xm falls down", None, id="two letters give nothing away"),
    ],
)
def test_a_password_is_long_and_says_nothing_of_its_user(
    password: str, expected: PasswordFault | None
) -> None:
    assert fault(password, own=OWN) is expected


def test_a_password_is_the_same_on_every_keyboard() -> None:
    assert normalized("caf\u00e9") == normalized("cafe\u0301")
