"""The composition root: settings, database, queue and surfaces become one Flask application."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from qol_app import cli, jobs, messaging, settings
from qol_app.db.session import Sessions, make_engine
from qol_app.db.vault import Vault
from qol_app.settings import ROOT, TRANSLATIONS, Settings
from qol_app.web import assets, errors, locale, security, styleguide, surfaces, unit
from qol_app.web.surfaces import SURFACES

STATIC = ROOT / "qol_app" / "static"
MAX_REQUEST_BYTES = 4 * 1024 * 1024


def create_app(
    configuration: Settings | None = None, *, surfaces_served: Sequence[str] = SURFACES
) -> Flask:
    """Build the application.

    Args:
        configuration: The settings; None reads the environment.
        surfaces_served: Names of the surfaces to serve: a public host may carry ``("patient",)``
            alone and then has no staff routes at all.
    """
    configuration = configuration or settings.from_environment()
    app = Flask(
        "qol_app",
        static_url_path=f"/static/{assets.version(STATIC)}",
        template_folder=str(ROOT / "templates"),
        instance_path=str(configuration.instance),
    )
    _configure(app, configuration)
    if configuration.proxies:
        believed = ProxyFix(app.wsgi_app, x_for=configuration.proxies, x_proto=0)
        app.wsgi_app = believed  # type: ignore[method-assign]  # Flask's own way
    sessions = Sessions(make_engine(configuration.database_url))
    unit.register(app, sessions)
    app.extensions["settings"] = configuration
    app.extensions["vault"] = Vault(configuration.contact_keys)
    app.extensions["queue"] = jobs.make_queue(
        configuration,
        sessions,
        sender=messaging.make_sender(configuration),
        sms=messaging.make_sms_sender(configuration, clock=lambda: datetime.now(UTC)),
    )
    CSRFProtect(app)
    assets.register(app, keeps_changing=configuration.environment == "development")
    security.register(app)
    locale.register(app)
    errors.register(app)
    surfaces.register(app, configuration, surfaces_served)
    if configuration.environment == "development":
        styleguide.register(app)
    cli.register(app)
    return app


def _configure(app: Flask, configuration: Settings) -> None:
    app.config.update(
        SECRET_KEY=configuration.secret_key,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=configuration.secure_cookies,
        SESSION_COOKIE_NAME="__Host-qol" if configuration.secure_cookies else "qol",
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS),
        STYLEGUIDE=configuration.environment == "development",
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.logger.setLevel(logging.INFO)
