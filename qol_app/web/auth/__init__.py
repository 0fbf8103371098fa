"""Signing in and out, and one's own account.

Flask-Security hashes passwords, knows who is signed in, and makes and checks one-time codes. The
pages and what they decide are ours (see ``docs/decisions/0008``).
"""

from __future__ import annotations

from typing import cast

from flask import Flask
from flask_security import Security, SQLAlchemySessionUserDatastore
from sqlalchemy.orm import Session, scoped_session
from werkzeug.local import LocalProxy

from qol_app.db.authenticator import Authenticator
from qol_app.db.models import Role, User
from qol_app.settings import Settings
from qol_app.web import unit
from qol_app.web.auth import (
    account_views,
    code_views,
    home_views,
    invitation_views,
    password_views,
    reset_views,
    second_factor_views,
    sign_in_views,
)
from qol_app.web.auth.blueprint import bp

__all__ = [
    "account_views",
    "code_views",
    "home_views",
    "invitation_views",
    "password_views",
    "register",
    "reset_views",
    "second_factor_views",
    "sign_in_views",
]


def register(app: Flask, settings: Settings) -> None:
    """Set up Flask-Security and the pages around signing in."""
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.password_salt,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  # an algorithm, not a password
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_I18N_DIRNAME=["builtin", app.config["BABEL_TRANSLATION_DIRECTORIES"]],
    )
    request_session = cast(scoped_session[Session], LocalProxy(unit.session))
    datastore = SQLAlchemySessionUserDatastore(request_session, User, Role)
    app.extensions["security"] = Security(app, datastore, register_blueprint=False)
    app.extensions["authenticator"] = Authenticator(
        settings.totp_keys, recovery_key=settings.recovery_key
    )
    app.register_blueprint(bp)
