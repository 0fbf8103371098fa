"""Commands on users."""

from __future__ import annotations

import secrets

import click
from flask_security import hash_password
from sqlalchemy.orm import Session

from qol_app.cli import base
from qol_app.cli.base import Commands
from qol_app.db.models import Site, Study
from qol_app.domain import actor as actors
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.domain.roles import Role
from qol_app.services import accounts, studies

SHORTEST_PASSWORD = 12

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
        site = _site(study, site_code)
        password = make_password() if generate else _ask()
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
        password_hash=hash_password(password),
        actor=actor,
        now=now,
    )
    accounts.grant(session, person, role, study=study, site=site, actor=actor, now=now)


def make_password() -> str:
    """Return a new password of 96 random bits."""
    return secrets.token_urlsafe(12)


def _ask() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput([f"password: at least {SHORTEST_PASSWORD} characters"])
    return password


def _site(study: Study, code: str | None) -> Site | None:
    if code is None:
        return None
    for site in study.sites:
        if site.code == code:
            return site
    raise NotFound(f"no site {code}; {study.code} has {', '.join(s.code for s in study.sites)}")
