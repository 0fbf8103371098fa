"""Users as the states of signing in and of accounts need them."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta

from flask_security import hash_password
from passlib.totp import TOTP  # type: ignore[import-untyped]
from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import User
from qol_app.domain import actor as actors
from qol_app.domain.events import Action
from qol_app.domain.roles import Role
from qol_app.services import invitation_mails, invitations, password_resets, second_factor, sign_ins
from qol_app.services.invitations import Guest
from tests import builders
from tests.builders import PASSWORD
from tests.e2e.stage import Stage


def with_password(stage: Stage, *, has_app: bool = False) -> User:
    """A new nurse in Berlin who has a password, and perhaps an authenticator app."""
    now = datetime.now(UTC)
    with stage.app.app_context():
        hashed = hash_password(PASSWORD)
    with stage.app.extensions["sessions"].write() as session:
        made = builders.user(
            session,
            now,
            Role.STAFF,
            of=stage.study(session),
            at="BER",
            name=f"nurse-{secrets.token_hex(4)}",
            password_hash=hashed,
        )
        if has_app:
            _give_app(stage, session, made, now)
        session.commit()
    return made


def _give_app(stage: Stage, session: Session, made: User, now: datetime) -> None:
    authenticator = stage.app.extensions["authenticator"]
    secret = authenticator.new_secret()
    key = re.sub("-", "", authenticator.typed_key(secret))
    second_factor.set_up(
        session,
        made,
        secret=secret,
        code=TOTP(key=key).generate().token,
        authenticator=authenticator,
        actor=actors.user(made.id),
        now=now,
    )


def give_password(stage: Stage, user: User, password: str = PASSWORD) -> None:
    """Fill the sign-in page in."""
    stage.go("/sign-in")
    stage.page.locator("#email").fill(user.email)
    stage.page.locator("#password").fill(password)
    stage.page.locator("main .button--primary").click()


def confirm_app(stage: Stage) -> TOTP:
    """Type the code that an app makes of the key on the page; return the app."""
    stage.page.locator(".typed-key summary").click()
    app = TOTP(key=stage.page.locator(".typed-key__key").inner_text())
    stage.page.locator("#code").fill(app.generate().token)
    stage.page.locator("main .button--primary").click()
    return app


def reset_link(stage: Stage) -> str:
    """The way of a mail to choose a new password."""
    user, settings = with_password(stage), stage.app.extensions["settings"]
    token = password_resets.token(user, key=settings.reset_key, now=datetime.now(UTC))
    return f"/new-password/{token}"


def invitation_link(stage: Stage) -> str:
    """The way of a mail that invites a nurse to Berlin."""
    now = datetime.now(UTC)
    with stage.app.extensions["sessions"].write() as session:
        study = stage.study(session)
        guest = Guest(
            email=f"li.na-{secrets.token_hex(3)}@hospital.example",
            name="Li Na",
            role=Role.STAFF,
            site=builders.site(session, study, "BER"),
            language=stage.language,
        )
        made, _new = invitations.invite(
            session, study, guest, by=None, actor=builders.COMMAND, now=now
        )
        claimed = invitation_mails.claim(
            session, made.id, base_url="", actor=builders.COMMAND, now=now
        )
        session.commit()
    assert claimed is not None
    return re.findall(r"^/invitation/\S+", claimed.email.body, re.MULTILINE)[0]


def other_browsers(stage: Stage) -> None:
    """Sign the nurse in at a phone and at a computer as well."""
    with stage.app.extensions["sessions"].write() as session:
        nurse = stage.nurse(session)
        for device, hours in (("WeChat, Android", 3), ("", 7)):
            at = datetime.now(UTC) - timedelta(hours=hours)
            sign_ins.start(session, nurse, device=device, now=at)
        session.commit()


def administrator(stage: Stage) -> None:
    """Give the browser the session of the study's administrator."""
    with stage.app.extensions["sessions"].write() as session:
        study = stage.study(session)
        found = session.scalars(select(User).where(User.email == "admin@example.org")).first()
        found = found or builders.user(
            session, datetime.now(UTC), Role.ADMIN, of=study, name="admin"
        )
        session.commit()
    stage.enter(found)


def shut(stage: Stage) -> int:
    """A nurse with an app, whose account wrong tries have shut; return the user's number."""
    user, now = with_password(stage, has_app=True), datetime.now(UTC)
    with stage.app.extensions["sessions"].write() as session:
        held = session.get_one(User, user.id)
        with audited(session, actor=builders.COMMAND, action=Action.USER_CHANGED, now=now):
            held.failed_sign_ins, held.locked_until = 5, now + timedelta(minutes=15)
        session.commit()
    return user.id
