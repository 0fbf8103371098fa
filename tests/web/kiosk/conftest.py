"""A tablet of the ward in Shanghai, as a browser that keeps its cookies."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from qol_app.db.models import AuditEvent, Handover
from qol_app.db.session import Sessions
from tests import builders
from tests.web.conftest import World

PIN = "274913"
TABLETS = "/studies/example/tablets"


@pytest.fixture
def surfaces() -> tuple[str, ...]:
    return ("auth", "patient", "kiosk", "staff")


@dataclass
class Device:
    """A tablet's browser."""

    client: FlaskClient
    world: World

    def sign_in(self, name: str = "staff") -> None:
        builders.sign_in(self.client, self.world.users[name])

    def register(self, name: str = "Ward 3", pin: str = PIN) -> TestResponse:
        data = {"site": "SHA", "name": name, "pin": pin, "again": pin}
        return self.client.post(TABLETS, data=data)

    def hand_over(self, number: str, language: str = "en") -> TestResponse:
        url = f"/studies/example/participants/{number}/hand-over"
        return self.client.post(url, data={"visit": "baseline", "language": language})

    def check(self, number: str, year: str = "1960") -> TestResponse:
        digits = re.sub(r"\D", "", number)[-3:]
        data = {"digits": digits, "year": year}
        return self.client.post("/tablet/check", data=data)

    def look(self) -> TestResponse:
        return self.client.get("/tablet")

    def lock(self, how: str = "stop") -> TestResponse:
        return self.client.post("/tablet/lock", data={"how": how})

    def pin(self, pin: str = PIN) -> TestResponse:
        return self.client.post("/tablet/pin", data={"pin": pin})


@pytest.fixture
def device(app: Flask, world: World) -> Device:
    """A device that is no tablet yet, and nobody signed in."""
    return Device(app.test_client(), world)


@pytest.fixture
def tablet(device: Device) -> Device:
    """The tablet "Ward 3", with the nurse signed in."""
    device.sign_in()
    assert device.register().status_code == 303
    return device


@pytest.fixture
def audit(sessions: Sessions) -> Callable[[], list[str]]:
    """The actions on tablets that the audit holds, in order."""

    def read() -> list[str]:
        with sessions.read() as session:
            actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))
            return [action for action in actions if action.startswith("tablet_")]

    return read


@pytest.fixture
def ended(sessions: Sessions) -> Callable[[], list[str | None]]:
    """How each hand-over ended, in order."""

    def read() -> list[str | None]:
        with sessions.read() as session:
            return list(session.scalars(select(Handover.ended_as).order_by(Handover.id)))

    return read
