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
from urllib.parse import urlsplit

from qol_app.domain.roles import Role

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "qol_app" / "translations"
LOCAL = ("localhost", "127.0.0.1", "::1")
SMS_GATEWAYS = ("console", "webhook", "alibaba")
ALIBABA = "https://dysmsapi.aliyuncs.com"
SMS_NEEDS = {
    "webhook": ("QOL_SMS_URL", "QOL_SMS_SECRET"),
    "alibaba": ("QOL_SMS_KEY_ID", "QOL_SMS_SECRET", "QOL_SMS_SIGN_NAME", "QOL_SMS_TEMPLATES"),
}
SECRETS = ("QOL_SECRET_KEY", "QOL_PASSWORD_SALT", "QOL_CONTACT_KEYS", "QOL_TOTP_KEYS")


class SettingsInvalid(RuntimeError):
    """The environment lacks settings, or one cannot be read. Names each."""


@dataclass(frozen=True, kw_only=True)
class SmsSettings:
    """How text messages go out; what a kind of gateway does not need is empty."""

    gateway: Literal["none", "console", "webhook", "alibaba"]
    url: str
    secret: str
    key_id: str
    sign_name: str
    templates: Mapping[str, str]
    """By kind and language, e.g. ``reminder.zh-Hans``: the template that the gateway approved."""
    receipt_secret: str
    """Under which the gateway signs its receipts; empty takes none."""


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
    totp_keys: Mapping[int, str]
    """Seal the secrets of authenticator apps; the one with the highest number seals new ones."""
    totp_roles: frozenset[Role]
    """Roles whose users must sign in with a one-time code too."""
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
    sms: SmsSettings

    @property
    def secure_cookies(self) -> bool:
        """Tell whether cookies are for HTTPS only."""
        return self.base_url.startswith("https://")

    @property
    def code_key(self) -> bytes:
        """The key under which short codes, and the sources of wrong ones, are hashed."""
        return self._derived(b"short codes")

    @property
    def recovery_key(self) -> bytes:
        """The key under which recovery codes of users are hashed."""
        return self._derived(b"recovery codes")

    @property
    def reset_key(self) -> bytes:
        """The key that signs what lets a user choose a new password."""
        return self._derived(b"password resets")

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.new(self.secret_key.encode(), purpose, sha256).digest()


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
        contact_keys=dict(_pairs(environ["QOL_CONTACT_KEYS"])),
        totp_keys={int(number): key for number, key in _pairs(environ["QOL_TOTP_KEYS"])},
        totp_roles=frozenset(map(Role, _listed(environ.get("QOL_TOTP_ROLES", "")))),
        base_url=environ.get("QOL_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        proxies=int(environ.get("QOL_PROXIES", "0")),
        mail=environ.get("QOL_MAIL", "console"),  # type: ignore[arg-type]  # checked
        mail_from=environ.get("QOL_MAIL_FROM", "questionnaires@localhost"),
        smtp_host=environ.get("QOL_SMTP_HOST", "localhost"),
        smtp_port=int(environ.get("QOL_SMTP_PORT", "587")),
        smtp_user=environ.get("QOL_SMTP_USER", ""),
        smtp_password=environ.get("QOL_SMTP_PASSWORD", ""),
        smtp_security=environ.get("QOL_SMTP_SECURITY", "starttls"),  # type: ignore[arg-type]  # checked
        sms=_sms(environ),
    )


def _pairs(text: str) -> list[tuple[str, str]]:
    """Read ``id:key,id:key``."""
    split = (pair.partition(":") for pair in text.split(","))
    return [(name.strip(), key) for name, _colon, key in split]


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _sms(environ: Mapping[str, str]) -> SmsSettings:
    gateway = environ.get("QOL_SMS", "none")
    usual = ALIBABA if gateway == "alibaba" else ""
    return SmsSettings(
        gateway=gateway,  # type: ignore[arg-type]  # checked by _refuse_gaps
        url=environ.get("QOL_SMS_URL", usual),
        secret=environ.get("QOL_SMS_SECRET", ""),
        key_id=environ.get("QOL_SMS_KEY_ID", ""),
        sign_name=environ.get("QOL_SMS_SIGN_NAME", ""),
        templates=dict(
            pair.strip().split("=", 1)
            for pair in environ.get("QOL_SMS_TEMPLATES", "").split(",")
            if pair.strip()
        ),
        receipt_secret=environ.get("QOL_SMS_RECEIPT_SECRET", ""),
    )


def _sms_problems(environ: Mapping[str, str]) -> list[str]:
    gateway = environ.get("QOL_SMS", "none")
    problems = [
        f"{name}: is not set, and QOL_SMS={gateway} needs it"
        for name in SMS_NEEDS.get(gateway, ())
        if not environ.get(name)
    ]
    address = urlsplit(environ.get("QOL_SMS_URL", ""))
    if address.netloc and address.scheme != "https" and address.hostname not in LOCAL:
        problems.append("QOL_SMS_URL: must begin with https:// outside this machine")
    if any("=" not in pair for pair in environ.get("QOL_SMS_TEMPLATES", "a=b").split(",")):
        problems.append("QOL_SMS_TEMPLATES: write kind.language=code, joined by commas")
    return problems


def _refuse_gaps(environment: str, environ: Mapping[str, str]) -> None:
    choices = {
        "QOL_ENVIRONMENT": ("development", "production"),
        "QOL_MAIL": ("console", "smtp"),
        "QOL_SMTP_SECURITY": ("starttls", "tls", "none"),
        "QOL_SMS": ("none", *SMS_GATEWAYS),
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
        if environ.get("QOL_SMS") == "console":
            problems.append("QOL_SMS: must not be console in production")
    problems += _sms_problems(environ)
    problems += [f"{name}: is not set" for name in wanted if not environ.get(name)]
    numbers = {"QOL_SMTP_PORT": "587", "QOL_PROXIES": "0"}
    problems += [
        f"{name}: must be a number"
        for name, usual in numbers.items()
        if not environ.get(name, usual).isdigit()
    ]
    if any(":" not in pair for pair in environ.get("QOL_CONTACT_KEYS", "a:b").split(",")):
        problems.append("QOL_CONTACT_KEYS: write id:base64key, newest first, joined by commas")
    problems += _problems_of_accounts(environ)
    if problems:
        raise SettingsInvalid("\n".join(problems))


def _problems_of_accounts(environ: Mapping[str, str]) -> list[str]:
    problems = []
    keys = _pairs(environ.get("QOL_TOTP_KEYS", "1:a"))
    if not all(number.isdigit() and key for number, key in keys):
        problems.append("QOL_TOTP_KEYS: write number:key, joined by commas; the highest seals")
    unknown = set(_listed(environ.get("QOL_TOTP_ROLES", ""))) - set(Role)
    if unknown:
        there_are = ", ".join(Role)
        problems.append(f"QOL_TOTP_ROLES: no role {', '.join(sorted(unknown))}; use {there_are}")
    return problems


def _own_secrets(path: Path) -> dict[str, str]:
    """Return development's own secrets; those that an older version did not need are added."""
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {
        "QOL_SECRET_KEY": secrets.token_urlsafe(48),
        "QOL_PASSWORD_SALT": secrets.token_urlsafe(24),
        "QOL_CONTACT_KEYS": f"k1:{b64encode(secrets.token_bytes(32)).decode()}",
        "QOL_TOTP_KEYS": f"1:{secrets.token_urlsafe(32)}",
    }
    if made.keys() - kept.keys():
        kept = made | kept
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(path, flags, 0o600), "w") as file:
            json.dump(kept, file)
    return kept
