"""Commands on users."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Invitation, User
from qol_app.domain.roles import Role
from tests import builders
from tests.cli.conftest import Run

EMAIL = "nurse@example.org"
PLACE = ("--role", "staff", "--study", "example", "--site", "SHA")


@pytest.fixture
def nurse(upgraded: Flask) -> str:
    """A nurse of the example study in Shanghai, by address."""
    now = datetime.now(UTC)
    with upgraded.extensions["sessions"].write() as session:
        study = builders.study(session, now)
        builders.user(session, now, Role.STAFF, of=study, at="SHA", name="nurse")
        builders.user(session, now, Role.ADMIN, of=study, name="admin")
        session.commit()
    return EMAIL


def actions(app: Flask) -> list[tuple[str, str]]:
    with app.extensions["sessions"].read() as session:
        query = select(AuditEvent.actor_id, AuditEvent.action).order_by(AuditEvent.id)
        return [(row.actor_id, row.action) for row in session.execute(query)]


@pytest.mark.usefixtures("nurse")
def test_an_operator_invites_once(run: Run, app: Flask) -> None:
    words = ("user", "invite", "li@example.org", "--name", "Li", *PLACE, "--language", "zh-Hans")
    for _ in range(2):
        done = run(*words)
        assert done.exit_code == 0, done.output
        assert "li@example.org is invited as staff of example at SHA" in done.output
    with app.extensions["sessions"].read() as session:
        assert [each.status for each in session.scalars(select(Invitation))] == ["sent"]
    assert actions(app).count(("user invite", "user_invited")) == 1


def test_a_role_is_granted_and_revoked(run: Run, app: Flask, nurse: str) -> None:
    for _ in range(2):
        assert run("user", "grant", nurse, "--role", "monitor", "--study", "example").exit_code == 0
    assert actions(app).count(("user grant", "role_granted")) == 1
    assert run("user", "revoke", nurse, *PLACE).exit_code == 0
    again = run("user", "revoke", nurse, *PLACE)
    assert (again.exit_code, again.stderr) == (
        2,
        "nurse@example.org is not staff of example at SHA\n",
    )
    with app.extensions["sessions"].read() as session:
        user = session.scalars(select(User).where(User.email == nurse)).one()
        assert [grant.role for grant in user.grant_values()] == [Role.MONITOR]


@pytest.mark.usefixtures("nurse")
def test_what_cannot_be_is_refused_with_the_reason(run: Run) -> None:
    everywhere = run(
        "user", "grant", EMAIL, "--role", "coordinator", "--study", "example", "--site", "SHA"
    )
    assert (everywhere.exit_code, everywhere.stderr) == (
        2,
        "site: a coordinator covers all sites; name none\n",
    )
    last = run("user", "revoke", "admin@example.org", "--role", "admin", "--study", "example")
    assert (last.exit_code, last.stderr) == (2, "nobody else administers all sites\n")
    nobody = run("user", "unlock", "nobody@example.org")
    assert (nobody.exit_code, nobody.stderr) == (
        2,
        "nobody has an account for nobody@example.org\n",
    )


def test_a_shut_account_is_opened_and_a_lost_phone_forgotten(run: Run, nurse: str) -> None:
    assert run("user", "unlock", nurse).output == "nurse@example.org may sign in\n"
    forgotten = run("user", "reset-second-factor", nurse)
    assert forgotten.output == "nurse@example.org signs in with the password alone\n"
