"""Commands on users."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import click
from flask_security import hash_password
from sqlalchemy.orm import Session

from qol_app.cli import base
from qol_app.cli.base import Commands
from qol_app.db.models import Site, Study
from qol_app.domain import actor as actors
from qol_app.domain import passwords
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.domain.passwords import PasswordFault
from qol_app.domain.roles import Role
from qol_app.services import accounts, studies

FAULTS = {
    PasswordFault.TOO_SHORT: f"at least {passwords.SHORTEST} characters",
    PasswordFault.TOO_LONG: f"at most {passwords.LONGEST} characters",
    PasswordFault.TOO_PLAIN: "more different characters",
    PasswordFault.OWN_WORDS: "without the user's name or address and the study's name",
}

user = Commands("user", help="People who sign in.")


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="The name that the audit shows.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--study", "code", required=True, help="The study's code.")
@click.option("--site", "site_code", help="Only this site; without it, all sites of the study.")
@click.option("--generate", is_flag=True, help="Make a password and print it once.")
def create(
    email: str, name: str, role: str, code: str, site_code: str | None, generate: bool
) -> None:
    """Create a user with a role in a study. Asks for the password."""
    with base.writing() as session:
        study = studies.find(session, code)
        site = site_of(study, site_code)
        own = [name, email.partition("@")[0], code]
        password = make_password() if generate else _ask(own)
        add(session, email, name, password, role=Role(role), study=study, site=site)
    click.echo(f"{email} may sign in as {role} of {code}{f' at {site_code}' if site_code else ''}")
    if generate:
        click.echo(f"password, shown this once: {password}")


def add(
    session: Session,
    email: str,
    name: str,
    password: str,
    *,
    role: Role,
    study: Study,
    site: Site | None = None,
) -> None:
    """Create a user and grant a role. Raises as ``accounts.create_user``."""
    actor, now = actors.command("user create"), base.now()
    person = accounts.create_user(
        session,
        email=email,
        name=name,
        password_hash=hash_password(passwords.normalized(password)),
        actor=actor,
        now=now,
    )
    accounts.grant(session, person, role, study=study, site=site, actor=actor, now=now)


def make_password() -> str:
    """Return a new password of 96 random bits."""
    return secrets.token_urlsafe(12)


def _ask(own: Sequence[str]) -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    fault = passwords.fault(password, own=own)
    if fault is not None:
        raise InvalidInput([f"password: {FAULTS[fault]}"])
    return password


def site_of(study: Study, code: str | None) -> Site | None:
    """Return a site of a study by its code; None where none is named. Raises NotFound."""
    if code is None:
        return None
    for site in study.sites:
        if site.code == code:
            return site
    raise NotFound(f"no site {code}; {study.code} has {', '.join(s.code for s in study.sites)}")
