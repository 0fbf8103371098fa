"""All settings, read once from the environment. Development makes its own secrets."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "qol_app" / "translations"
SECRETS = ("QOL_SECRET_KEY", "QOL_PASSWORD_SALT", "QOL_CONTACT_KEYS")


class SettingsInvalid(RuntimeError):
    """The environment lacks settings, or one cannot be read. Names each."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a deployment decides. See ``docs/settings.md`` for each."""

    environment: Literal["development", "production"]
    instance: Path
    scans: Path
    """Folder of scanned paper forms, outside what is served."""
    database_url: str
    queue_url: str
    secret_key: str
    password_salt: str
    contact_keys: Mapping[str, str]
    base_url: str
    """Where patients reach the site; survey links begin with it."""
    proxies: int
    """How many proxies stand in front; the last address before them is the client's."""
    mail: Literal["console", "smtp"]
    mail_from: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_security: Literal["starttls", "tls", "none"]

    @property
    def secure_cookies(self) -> bool:
        """Tell whether cookies are for HTTPS only."""
        return self.base_url.startswith("https://")

    @property
    def code_key(self) -> bytes:
        """The key under which short codes, and the sources of wrong ones, are hashed."""
        return hmac.new(self.secret_key.encode(), b"short codes", sha256).digest()


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises:
        SettingsInvalid: names every setting that is missing or cannot be read.
    """
    environment = environ.get("QOL_ENVIRONMENT", "development")
    instance = Path(environ.get("QOL_INSTANCE", ROOT / "instance"))
    if environment == "development":
        instance.mkdir(parents=True, exist_ok=True)
        environ = {**_own_secrets(instance / "secrets.json"), **environ}
    _refuse_gaps(environment, environ)
    port = environ.get("PORT", "8000")
    return Settings(
        environment=environment,  # type: ignore[arg-type]  # checked by _refuse_gaps
        instance=instance,
        scans=Path(environ.get("QOL_SCANS", instance / "scans")),
        database_url=environ.get("QOL_DATABASE_URL", f"sqlite:///{instance / 'qol.sqlite'}"),
        queue_url=environ.get("QOL_QUEUE_URL", f"sqlite:///{instance / 'queue.sqlite'}"),
        secret_key=environ["QOL_SECRET_KEY"],
        password_salt=environ["QOL_PASSWORD_SALT"],
        contact_keys=dict(pair.split(":", 1) for pair in environ["QOL_CONTACT_KEYS"].split(",")),
        base_url=environ.get("QOL_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        proxies=int(environ.get("QOL_PROXIES", "0")),
        mail=environ.get("QOL_MAIL", "console"),  # type: ignore[arg-type]  # checked
        mail_from=environ.get("QOL_MAIL_FROM", "questionnaires@localhost"),
        smtp_host=environ.get("QOL_SMTP_HOST", "localhost"),
        smtp_port=int(environ.get("QOL_SMTP_PORT", "587")),
        smtp_user=environ.get("QOL_SMTP_USER", ""),
        smtp_password=environ.get("QOL_SMTP_PASSWORD", ""),
        smtp_security=environ.get("QOL_SMTP_SECURITY", "starttls"),  # type: ignore[arg-type]  # checked
    )


def _refuse_gaps(environment: str, environ: Mapping[str, str]) -> None:
    choices = {
        "QOL_ENVIRONMENT": ("development", "production"),
        "QOL_MAIL": ("console", "smtp"),
        "QOL_SMTP_SECURITY": ("starttls", "tls", "none"),
    }
    problems = [
        f"{name}: choose one of {', '.join(allowed)}"
        for name, allowed in choices.items()
        if name in environ and environ[name] not in allowed
    ]
    wanted = [*SECRETS]
    if environment == "production":
        wanted += ["QOL_DATABASE_URL", "QOL_BASE_URL", "QOL_MAIL_FROM"]
        if environ.get("QOL_MAIL", "console") == "console":
            problems.append("QOL_MAIL: must be smtp in production")
    problems += [f"{name}: is not set" for name in wanted if not environ.get(name)]
    numbers = {"QOL_SMTP_PORT": "587", "QOL_PROXIES": "0"}
    problems += [
        f"{name}: must be a number"
        for name, usual in numbers.items()
        if not environ.get(name, usual).isdigit()
    ]
    if any(":" not in pair for pair in environ.get("QOL_CONTACT_KEYS", "a:b").split(",")):
        problems.append("QOL_CONTACT_KEYS: write id:base64key, newest first, joined by commas")
    if problems:
        raise SettingsInvalid("\n".join(problems))


def _own_secrets(path: Path) -> dict[str, str]:
    if not path.exists():
        made = {
            "QOL_SECRET_KEY": secrets.token_urlsafe(48),
            "QOL_PASSWORD_SALT": secrets.token_urlsafe(24),
            "QOL_CONTACT_KEYS": f"k1:{b64encode(secrets.token_bytes(32)).decode()}",
        }
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
    kept: dict[str, str] = json.loads(path.read_text())
    return kept
