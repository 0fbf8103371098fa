"""Staff's pages about tablets: register, unlock, change the PIN, retire."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import Tablet
from qol_app.db.session import Sessions
from tests.web.conftest import World
from tests.web.kiosk.conftest import PIN, TABLETS, Device

GOOD = {"site": "SHA", "name": "Ward 3", "pin": PIN, "again": PIN}


def stored(sessions: Sessions) -> Tablet:
    with sessions.read() as session:
        return session.scalars(select(Tablet)).one()


def test_a_device_becomes_a_tablet_and_knows_it(
    device: Device, sessions: Sessions, audit: Callable[[], list[str]]
) -> None:
    device.sign_in()
    answer = device.register()
    assert answer.status_code == 303
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("qol-tablet="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=34560000" in cookie
    token = re.match(r"qol-tablet=([\w-]{32});", cookie)
    assert token
    row = stored(sessions)
    assert token[1] not in (row.token_hash, row.pin_hash)
    assert row.pin_hash.startswith("$argon2id$")
    assert audit() == ["tablet_registered"]
    page = device.client.get(TABLETS).text
    assert "This device is the tablet Ward 3." in page
    assert "2026-03-02 10:00, staff-sha" in page
    assert "Register this tablet" not in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"pin": "12345", "again": "12345"}, "6 to 12 digits", id="short"),
        pytest.param({"pin": "123456", "again": "123456"}, "6 to 12 digits", id="counting"),
        pytest.param({"pin": "111111", "again": "111111"}, "6 to 12 digits", id="repeated"),
        pytest.param({"again": "274914"}, "The two PINs are not the same.", id="not twice"),
        pytest.param({"name": " "}, "Give the tablet a name.", id="no name"),
        pytest.param({"name": "x" * 41}, "Choose a shorter name.", id="a long name"),
        pytest.param({"site": "BER"}, "Choose a site.", id="another site"),
    ],
)
def test_what_does_not_do_is_told_beside_its_field(
    device: Device, sessions: Sessions, change: dict[str, str], words: str
) -> None:
    device.sign_in()
    answer = device.client.post(TABLETS, data={**GOOD, **change})
    assert answer.status_code == 422
    assert words in answer.text
    with sessions.read() as session:
        assert session.scalars(select(Tablet)).all() == []


def test_two_tablets_of_a_site_have_two_names(tablet: Device, device: Device) -> None:
    tablet.client.delete_cookie("qol-tablet")
    answer = tablet.register()
    assert answer.status_code == 422
    assert "Another tablet of this site has this name." in answer.text


@pytest.mark.parametrize("name", ["admin", "analyst"])
@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", TABLETS),
        ("POST", TABLETS),
        ("GET", f"{TABLETS}/1"),
        ("POST", f"{TABLETS}/1/pin"),
        ("POST", f"{TABLETS}/1/unlock"),
        ("POST", f"{TABLETS}/1/retire"),
    ],
)
def test_only_staff_manage_tablets(
    tablet: Device,
    as_user: Callable[[str], FlaskClient],
    audit: Callable[[], list[str]],
    name: str,
    method: str,
    url: str,
) -> None:
    assert as_user(name).open(url, method=method, data=GOOD).status_code == 403
    assert audit() == ["tablet_registered"]


@pytest.mark.parametrize(
    ("method", "last"), [("GET", ""), ("POST", "/pin"), ("POST", "/unlock"), ("POST", "/retire")]
)
def test_a_tablet_of_another_site_does_not_exist(
    tablet: Device,
    as_user: Callable[[str], FlaskClient],
    audit: Callable[[], list[str]],
    method: str,
    last: str,
) -> None:
    other = as_user("other")
    assert other.open(f"{TABLETS}/1{last}", method=method, data=GOOD).status_code == 404
    assert ">Ward 3</a>" not in other.get(TABLETS).text
    assert audit() == ["tablet_registered"]


def test_nobody_sees_tablets_without_signing_in(device: Device) -> None:
    answer = device.client.get(TABLETS)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_the_pin_is_changed_and_only_the_new_one_opens(
    tablet: Device, audit: Callable[[], list[str]]
) -> None:
    answer = tablet.client.post(f"{TABLETS}/1/pin", data={"pin": "802615", "again": "802615"})
    assert answer.status_code == 303
    tablet.pin(PIN)
    assert "That PIN is not right. You can try 4 more times." in (
        tablet.client.get("/tablet?pin=wrong").text
    )
    tablet.pin("802615")
    assert "Lock again" in tablet.look().text
    assert audit()[1:] == ["tablet_pin_changed", "tablet_pin_tried", "tablet_pin_tried"]


def test_a_retired_tablet_says_so_and_can_be_registered_anew(
    tablet: Device, audit: Callable[[], list[str]]
) -> None:
    assert tablet.client.post(f"{TABLETS}/1/retire").status_code == 303
    page = tablet.look()
    assert page.status_code == 410
    assert "no longer in use" in page.text
    assert tablet.client.post(f"{TABLETS}/1/pin", data=GOOD).status_code == 409
    listed = tablet.client.get(TABLETS).text
    assert "Out of use" in listed
    assert "Register this tablet" in listed
    assert tablet.register().status_code == 303
    assert tablet.look().status_code == 200
    assert audit() == ["tablet_registered", "tablet_retired", "tablet_registered"]


def test_any_other_device_says_how_it_becomes_a_tablet(device: Device) -> None:
    page = device.look()
    assert page.status_code == 404
    assert "press Register this tablet" in page.text
    assert 'href="/sign-in"' in page.text


def test_after_five_wrong_pins_only_staff_open_it(
    tablet: Device, audit: Callable[[], list[str]]
) -> None:
    for _ in range(5):
        tablet.pin("999999")
    blocked = tablet.look().text
    assert "Too many wrong PINs" in blocked
    assert 'name="pin"' not in blocked
    tablet.pin(PIN)
    assert "Too many wrong PINs" in tablet.look().text
    assert "Blocked: too many wrong PINs" in tablet.client.get(TABLETS).text
    assert tablet.client.post(f"{TABLETS}/1/unlock").status_code == 303
    tablet.pin(PIN)
    assert "Lock again" in tablet.look().text
    assert audit().count("tablet_pin_tried") == 6
    assert audit().count("tablet_unlocked") == 1


def test_tablets_stand_in_the_menu_of_staff(staff: FlaskClient, world: World) -> None:
    page = staff.get("/studies/example/worklist").text
    assert f'href="{TABLETS}"' in page
