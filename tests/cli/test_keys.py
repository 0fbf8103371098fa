"""Rotating the keys of contact details."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Contact
from qol_app.db.vault import Vault
from qol_app.domain.study import Purpose
from qol_app.services import enrolment, studies
from qol_app.services.enrolment import NewParticipant
from tests import builders
from tests.cli.conftest import Run

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
OLD, NEW = (b64encode(letter * 32).decode() for letter in (b"o", b"n"))


@pytest.fixture
def five(upgraded: Flask) -> Flask:
    """The application with five contacts sealed by an old key, and a newer key configured."""
    old = Vault({"old": OLD})
    with upgraded.extensions["sessions"].write() as session:
        study = studies.load(
            session,
            builders.protocol("example"),
            purpose=Purpose.REHEARSAL,
            actor=builders.COMMAND,
            now=NOW,
        )
        for n in range(5):
            new = NewParticipant(
                group="A", anchor_date=NOW.date(), language="en", email=f"p{n}@example.org"
            )
            site = builders.site(session, study, "SHA")
            enrolment.enrol(session, study, site, new, vault=old, actor=builders.COMMAND, now=NOW)
        session.commit()
    upgraded.extensions["vault"] = Vault({"new": NEW, "old": OLD})
    return upgraded


def contacts(app: Flask) -> list[Contact]:
    with app.extensions["sessions"].read() as session:
        return list(session.scalars(select(Contact).order_by(Contact.participant_id)))


def test_all_contacts_are_sealed_anew_in_batches_and_open_with_the_new_key_alone(
    five: Flask, run: Run
) -> None:
    before = [contact.changed_at for contact in contacts(five)]
    result = run("keys", "rotate", "--batch", "2")
    assert result.stderr.splitlines() == ["3 remain", "1 remain", "0 remain"]
    assert result.stdout == "sealed anew with new: 5; remaining: 0\n"
    alone = Vault({"new": NEW})
    inside = [
        alone.open(c.key_id, c.sealed, participant_id=c.participant_id) for c in contacts(five)
    ]
    assert inside == [{"email": f"p{n}@example.org"} for n in range(5)]
    assert [contact.changed_at for contact in contacts(five)] == before
    with five.extensions["sessions"].read() as session:
        query = select(AuditEvent.action).where(AuditEvent.action == "contact_resealed")
        assert len(session.scalars(query).all()) == 3


def test_rotating_again_finds_nothing_to_do(five: Flask, run: Run) -> None:
    run("keys", "rotate")
    assert run("keys", "rotate").stdout == "sealed anew with new: 0; remaining: 0\n"


def test_contacts_of_a_missing_key_are_left_and_counted(five: Flask, run: Run) -> None:
    five.extensions["vault"] = Vault({"new": NEW})
    result = run("keys", "rotate", "--batch", "2")
    assert result.exit_code == 2
    assert result.stdout == "sealed anew with new: 0; remaining: 5\n"
    assert "contacts sealed with old were left: put it back in QOL_CONTACT_KEYS" in result.stderr
    assert [contact.key_id for contact in contacts(five)] == ["old"] * 5
