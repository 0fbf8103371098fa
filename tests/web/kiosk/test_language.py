"""Whose language a tablet speaks when something fails: its last patient's, or that of staff."""

from __future__ import annotations

import pytest

from tests.web.conftest import World
from tests.web.kiosk.conftest import Device

CHINESE_PAGE = '<html lang="zh-Hans"'


@pytest.mark.parametrize("is_locked", [False, True])
def test_a_failure_speaks_the_language_of_who_has_the_tablet_or_had_it_last(
    tablet: Device, world: World, is_locked: bool
) -> None:
    tablet.hand_over(world.due.number, language="zh-Hans")
    if is_locked:
        tablet.lock()
    for page in (tablet.client.get("/tablet/nothing"), tablet.client.delete("/tablet")):
        assert page.status_code in (404, 405)
        assert CHINESE_PAGE in page.text


def test_staff_who_sign_in_on_a_tablet_read_their_own_language(
    tablet: Device, world: World
) -> None:
    tablet.hand_over(world.due.number, language="zh-Hans")
    tablet.lock()
    tablet.sign_in()
    assert '<html lang="en"' in tablet.client.get("/studies/example/nothing").text
    assert '<html lang="en"' in tablet.client.get("/tablet/nothing").text


def test_a_language_chosen_on_the_locked_tablet_holds_in_failures_too(
    tablet: Device, world: World
) -> None:
    tablet.hand_over(world.due.number, language="zh-Hans")
    tablet.lock()
    tablet.client.post("/language", data={"language": "en", "back": "/tablet"})
    assert '<html lang="en"' in tablet.look().text
    assert '<html lang="en"' in tablet.client.get("/tablet/nothing").text
