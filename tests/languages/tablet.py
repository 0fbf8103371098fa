"""A shared tablet from the hand-over to the lock, as its patient and then the nurse see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flask.testing import FlaskClient
from flask_security import hash_password

from qol_app.domain import actor as actors
from qol_app.domain.roles import Role
from qol_app.services import studies, tablets
from tests import builders

if TYPE_CHECKING:
    from tests.languages.walk import Walker

PIN = "274913"
WRONG = {"digits": "000", "year": "1951"}


def visit(walker: Walker) -> None:
    """Visit every page of the tablet; its browser asks for another language."""
    client = walker.client()
    number = _hand_over(walker, client)
    _check(walker, client)
    client.post("/tablet/check", data={"digits": _digits(number), "year": "1960"})
    walker.note("tablet, question", client.get("/survey", follow_redirects=True))
    walker.fail("tablet, survey", client, "/survey/review", "/survey/review")
    walker.note("tablet, thanks", client.post("/survey/review", follow_redirects=True))
    client.post("/tablet/lock")
    walker.note("tablet, finished", client.get("/tablet"))
    _freeze(walker)


def _check(walker: Walker, client: FlaskClient) -> None:
    walker.note("tablet, check", client.get("/tablet"))
    walker.note("tablet, nothing typed", client.post("/tablet/check", data={}))
    walker.fail("tablet, check", client, "/tablet", "/tablet/check")
    client.post("/tablet/check", data=WRONG)
    walker.note("tablet, no match", client.get("/tablet"))


def _freeze(walker: Walker) -> None:
    """Three wrong checks, wrong PINs, the right one, and back to the patient."""
    client = walker.client()
    _hand_over(walker, client)
    for _try in range(3):
        client.post("/tablet/check", data=WRONG)
    walker.note("tablet, frozen", client.get("/tablet"))
    walker.fail("tablet, frozen", client, "/tablet", "/tablet/pin")
    walker.note("tablet, no PIN", client.post("/tablet/pin", data={}))
    wrong = client.post("/tablet/pin", data={"pin": "1"}, follow_redirects=True)
    walker.note("tablet, wrong PIN", wrong)
    opened = client.post("/tablet/pin", data={"pin": PIN}, follow_redirects=True)
    walker.note("tablet, open", opened)
    walker.note("tablet, given back", client.post("/tablet/give-back", follow_redirects=True))
    walker.fail("tablet, given back", client, "/tablet", "/tablet/check")
    client.post("/tablet/lock")
    walker.note("tablet, locked", client.get("/tablet"))
    walker.fail("tablet, locked", client, "/tablet", "/tablet/pin")
    for _try in range(5):
        client.post("/tablet/pin", data={"pin": "1"})
    walker.note("tablet, blocked", client.get("/tablet"))


def _hand_over(walker: Walker, client: FlaskClient) -> str:
    """A nurse registers the browser and hands it over; returns who has it now, by study number."""
    now, name = datetime.now(UTC), str(len(walker.seen))
    with walker.app.app_context(), walker.app.extensions["sessions"].write() as session:
        study = studies.find(session, "example")
        anchor = now.date() + timedelta(days=5)
        person = builders.participant(
            session, now, of=study, at="BER", anchor=anchor, language=walker.language
        )
        nurse = builders.user(session, now, Role.STAFF, of=study, at="BER", name=f"nurse-{name}")
        pin, by = hash_password(PIN), actors.user(nurse.id)
        _tablet, token = tablets.register(
            session, study, person.site, name=name, pin_hash=pin, actor=by, now=now
        )
        session.commit()
        number = person.number
        builders.sign_in(client, nurse)
    client.set_cookie("qol-tablet", token)
    url = f"/studies/example/participants/{number}/hand-over"
    client.post(url, data={"visit": "baseline", "language": walker.language})
    return str(number)


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))[-3:]
