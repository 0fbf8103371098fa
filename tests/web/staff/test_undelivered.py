"""A message that did not arrive stands on the worklist of its site until something is done."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qol_app.messaging import Email, Reason, SendingFailed
from tests import builders
from tests.builders import Post
from tests.web.conftest import World

WORKLIST = "/studies/example/worklist"


class Server(Post):
    """A mail server that may refuse everyone."""

    refuses = False

    def send(self, email: Email) -> None:
        if self.refuses:
            raise SendingFailed(Reason.RECIPIENT_REFUSED, permanent=True)
        super().send(email)


@pytest.fixture
def post() -> Server:
    return Server()


def send(staff: FlaskClient, world: World) -> None:
    url = f"/studies/example/participants/{world.due.number}/visits/baseline/send"
    assert staff.post(url).status_code == 303


def test_a_refused_address_is_named_with_its_reason_to_its_own_site_only(
    app: Flask, staff: FlaskClient, world: World, post: Server
) -> None:
    assert "did not arrive" not in staff.get(WORKLIST).text
    post.refuses = True
    send(staff, world)
    page = staff.get(WORKLIST).text
    section = page[page.index('id="undelivered"') :]
    assert "1 message did not arrive" in section
    assert world.due.number in section
    assert "Sent by staff (E-mail): the address was refused" in section
    assert "patient@example.org" not in page
    other = builders.sign_in(app.test_client(), world.users["other"])
    assert "did not arrive" not in other.get(WORKLIST).text


def test_what_arrived_is_not_named(staff: FlaskClient, world: World, post: Server) -> None:
    send(staff, world)
    assert len(post.mails) == 1
    assert "did not arrive" not in staff.get(WORKLIST).text
