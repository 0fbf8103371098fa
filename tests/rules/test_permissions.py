"""Who may open what: every route of users, every role, its own site, another site, nobody.

The table below says it route by route, apart from the code. A route without a line fails.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from qol_app.db.models import Study
from qol_app.domain import actor as actors
from qol_app.domain import roles
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.roles import Role
from qol_app.services import enrolment, invitations, tablets
from qol_app.services.invitations import Guest
from tests import builders
from tests.builders import Post
from tests.rules.test_routes import STATIC

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LETTERS = {
    "A": Role.ADMIN,
    "C": Role.COORDINATOR,
    "S": Role.STAFF,
    "N": Role.ANALYST,
    "M": Role.MONITOR,
}

STUDY = "study"
"""About the study: the same at whichever site the role is held."""

SITE = "site"
"""About something of one site: 404 to who holds the role at another."""

TABLE: dict[str, tuple[str, str, int]] = {
    # endpoint: the roles that may, what it is about, what they are answered without any input
    "admin.accept": ("A", STUDY, 404),
    "admin.change_text": ("AC", STUDY, 404),
    "admin.close_user": ("A", SITE, 303),
    "admin.examine": ("A", STUDY, 404),
    "admin.invite": ("A", STUDY, 200),
    "admin.reopen_user": ("A", SITE, 303),
    "admin.reset_second_factor": ("A", SITE, 303),
    "admin.revoke_invitation": ("A", SITE, 303),
    "admin.send_invitation": ("A", STUDY, 422),
    "admin.send_invitation_again": ("A", SITE, 303),
    "admin.platform_text": ("AC", STUDY, 404),
    "admin.template": ("A", STUDY, 404),
    "admin.text": ("AC", STUDY, 404),
    "admin.texts": ("AC", STUDY, 200),
    "admin.unlock_user": ("A", SITE, 303),
    "admin.user": ("A", SITE, 200),
    "admin.users": ("A", STUDY, 200),
    "admin.withdraw_role": ("A", SITE, 303),
    "admin.wording": ("A", STUDY, 404),
    "admin.wordings": ("A", STUDY, 200),
    "analysis.download": ("N", STUDY, 200),
    "analysis.downloads": ("N", STUDY, 200),
    "analysis.open_groups": ("N", STUDY, 303),
    "analysis.trajectories": ("AN", STUDY, 200),
    "analysis.trajectories_csv": ("AN", STUDY, 200),
    "kiosk.change_pin": ("CS", SITE, 422),
    "kiosk.hand_over": ("CS", SITE, 409),
    "kiosk.manage": ("CS", SITE, 200),
    "kiosk.prepare": ("CS", SITE, 200),
    "kiosk.register_tablet": ("CS", STUDY, 422),
    "kiosk.retire": ("CS", SITE, 303),
    "kiosk.tablets": ("CS", STUDY, 200),
    "kiosk.unlock": ("CS", SITE, 303),
    "staff.acknowledge": ("ACS", SITE, 404),
    "staff.add_scan": ("CS", SITE, 422),
    "staff.alert": ("ACSM", SITE, 404),
    "staff.alerts": ("ACSM", STUDY, 200),
    "staff.answer_query": ("CS", SITE, 404),
    "staff.answers": ("CSM", SITE, 200),
    "staff.ask_to_strike": ("CS", SITE, 200),
    "staff.audit": ("ACM", STUDY, 200),
    "staff.calendar": ("ACSM", STUDY, 200),
    "staff.change_contact": ("S", SITE, 422),
    "staff.close_query": ("M", SITE, 404),
    "staff.closed_visits": ("ACSM", STUDY, 200),
    "staff.completion": ("ACSNM", STUDY, 200),
    "staff.contact": ("S", SITE, 200),
    "staff.correct": ("CS", SITE, 422),
    "staff.correction": ("CS", SITE, 200),
    "staff.decide_keying": ("CS", SITE, 303),
    "staff.download_audit": ("ACM", STUDY, 200),
    "staff.edit_participant": ("CS", SITE, 200),
    "staff.enrol": ("CS", STUDY, 422),
    "staff.enrol_file": ("CS", STUDY, 422),
    "staff.erase_contact": ("S", SITE, 422),
    "staff.export_subject": ("S", SITE, 200),
    "staff.import_participants": ("CS", STUDY, 200),
    "staff.import_template": ("CS", STUDY, 404),
    "staff.issue_link": ("CS", SITE, 200),
    "staff.key_form": ("CS", SITE, 409),
    "staff.keying": ("CS", SITE, 200),
    "staff.late_answers": ("CSM", SITE, 200),
    "staff.new_participant": ("CS", STUDY, 200),
    "staff.new_query": ("M", SITE, 200),
    "staff.participant": ("ACSM", SITE, 200),
    "staff.participants": ("ACSM", STUDY, 200),
    "staff.postpone": ("CS", SITE, 422),
    "staff.preview_import": ("CS", STUDY, 422),
    "staff.queries": ("CSM", STUDY, 200),
    "staff.query": ("CSM", SITE, 404),
    "staff.raise_query": ("M", SITE, 422),
    "staff.record_event": ("CS", SITE, 422),
    "staff.reopen_query": ("M", SITE, 404),
    "staff.report_address": ("CS", SITE, 404),
    "staff.save_participant": ("CS", SITE, 422),
    "staff.say_why_missing": ("CS", SITE, 422),
    "staff.send_link": ("CS", SITE, 303),
    "staff.settle_call": ("CS", SITE, 404),
    "staff.settle_keying": ("CS", SITE, 200),
    "staff.settle_late_answer": ("CS", SITE, 422),
    "staff.show_contact": ("S", SITE, 200),
    "staff.strike_event": ("CS", SITE, 422),
    "staff.view_scan": ("CSM", SITE, 404),
    "staff.why": ("CSM", SITE, 200),
    "staff.why_data": ("CSM", SITE, 200),
    "staff.why_missing": ("CS", SITE, 200),
    "staff.withdraw_links": ("CS", SITE, 303),
    "staff.worklist": ("ACSM", STUDY, 200),
}
"""There is no alert, no call for help, no query, no scan and no text to import here: who may see
such things reads 404, who may not 403."""

OWN: dict[str, int] = {
    # one's own account: what any user is answered
    "auth.account": 200,
    "auth.begin_second_factor": 303,
    "auth.change_password": 422,
    "auth.confirm_second_factor": 303,
    "auth.end_other_sign_ins": 303,
    "auth.end_sign_in": 404,
    "auth.home": 303,
    "auth.password": 200,
    "auth.remove_second_factor": 303,
    "auth.renew_recovery_codes": 409,
    "auth.second_factor": 200,
    "auth.set_up_second_factor": 303,
    "auth.sign_out": 303,
}


@dataclass
class Place:
    """The application on a database that every request finds as it was."""

    app: Flask
    path: Path
    kept: Path
    values: dict[str, Any]
    cookies: dict[tuple[str, str], dict[str, Any]]
    """What the browser of each role (a letter) holds, by the site of the role."""

    def ask(self, endpoint: str, who: tuple[str, str] | None) -> int:
        """The status that somebody is answered; 0 for being led to signing in."""
        self.app.extensions["sessions"].engine.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)
        shutil.copy(self.kept, self.path)
        client = self.app.test_client()
        if who is not None:
            with client.session_transaction() as cookie:
                cookie.update(self.cookies[who])
        rule = next(self.app.url_map.iter_rules(endpoint))
        with self.app.test_request_context():
            url = self.app.url_for(endpoint, **{k: self.values[k] for k in rule.arguments})
        answer = client.open(url, method="GET" if "GET" in (rule.methods or ()) else "POST")
        to_sign_in = answer.status_code == 303 and answer.location.startswith("/sign-in?")
        return 0 if to_sign_in or answer.status_code == 401 else answer.status_code


@pytest.fixture(scope="module", autouse=True)
def clock() -> Iterator[None]:
    """The clock stands still."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def place(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A study with one of everything in Shanghai, and a user for every role and site."""
    folder = tmp_path_factory.mktemp("permissions")
    path, kept = folder / "test.sqlite", folder / "kept.sqlite"
    shutil.copy(sqlite_template, path)
    app = builders.application(folder, f"sqlite:///{path}", Post())
    sessions = app.extensions["sessions"]
    with sessions.write() as session:
        study = builders.study(session, NOW)
        values = furnish(session, study)
        people = {
            (letter, at): builders.user(session, NOW, role, of=study, at=at or None)
            for letter, role in LETTERS.items()
            for at in (("", "SHA", "BER") if role not in roles.EVERYWHERE else ("",))
        }
        session.commit()
    cookies = {who: builders.browser_of(sessions, person) for who, person in people.items()}
    sessions.engine.dispose()
    shutil.copy(path, kept)
    yield Place(app, path, kept, values, cookies)
    sessions.engine.dispose()


def furnish(session: Any, study: Study) -> dict[str, Any]:
    """Put one of everything into the study's site SHA; return what addresses name."""
    anchor = NOW.date() + timedelta(days=3)
    person = builders.participant(
        session, NOW, of=study, at="SHA", anchor=anchor, email="patient@example.org"
    )
    builders.answered(session, NOW, person, "baseline", {"ENERGY": 1}, sent=False)
    event = enrolment.record_event(
        session,
        person,
        ParticipantEventKind.TREATMENT,
        happened_on=NOW.date(),
        actor=builders.COMMAND,
        now=NOW,
    )
    session.flush()
    user = builders.user(session, NOW, Role.STAFF, of=study, at="SHA", name="subject")
    site = builders.site(session, study, "SHA")
    tablet, _token = tablets.register(
        session,
        study,
        site,
        name="Ward 3",
        pin_hash=builders.NO_PASSWORD,
        actor=actors.user(user.id),
        now=NOW,
    )
    guest = Guest(
        email="guest@example.org", name="Guest", role=Role.STAFF, site=site, language="en"
    )
    invitation, _new = invitations.invite(
        session, study, guest, by=None, actor=builders.COMMAND, now=NOW
    )
    return {
        "study": study.code,
        "number": person.number,
        "visit": "baseline",
        "instrument": "daily-life-check",
        "scale": "WELL",
        "language": "en",
        "tablet_id": tablet.id,
        "user_id": user.id,
        "grant_id": user.grants[0].id,
        "invitation_id": invitation.id,
        "sign_in_id": 999,
        "alert": 1,
        "call": 1,
        "stray": 1,
        "query": 1,
        "scan": 1,
        "item": "ENERGY",
        "event_id": event.id,
        "message_id": 1,
        "kind": "no-such-kind",
        "channel": "email",
    }


def expected(endpoint: str, letter: str, at: str) -> int:
    """What the table says a role is answered, held at a site or (empty) at all of them."""
    may, about, status = TABLE[endpoint]
    if letter not in may:
        return 403
    return 404 if about == SITE and at == "BER" else status


def test_every_route_of_users_has_a_line(place: Place) -> None:
    guarded = {
        rule.endpoint
        for rule in place.app.url_map.iter_rules()
        if rule.endpoint not in STATIC
        and getattr(place.app.view_functions[rule.endpoint], "guard", None)
        not in ("public", "link", "ticket", "tablet")
    }
    assert guarded == set(TABLE) | set(OWN)


@pytest.mark.parametrize("endpoint", sorted(TABLE))
def test_a_route_of_a_study_opens_to_its_roles_at_their_sites_alone(
    place: Place, endpoint: str
) -> None:
    answered = {who: place.ask(endpoint, who) for who in place.cookies}
    assert answered == {who: expected(endpoint, *who) for who in place.cookies}


@pytest.mark.parametrize("endpoint", sorted(OWN))
def test_ones_own_account_opens_to_every_role(place: Place, endpoint: str) -> None:
    everybody = [("A", ""), ("C", ""), ("S", "BER"), ("N", ""), ("M", "SHA")]
    assert [place.ask(endpoint, who) for who in everybody] == [OWN[endpoint]] * 5


@pytest.mark.parametrize("endpoint", sorted(TABLE.keys() | OWN.keys()))
def test_nobody_opens_anything_without_signing_in(place: Place, endpoint: str) -> None:
    assert place.ask(endpoint, None) == 0
