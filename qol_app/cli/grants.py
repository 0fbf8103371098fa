"""Commands on users who have an account, or are to get one by mail."""

from __future__ import annotations

from typing import Any

import click
from flask import current_app

from qol_app.cli import base
from qol_app.cli.people import site_of, user
from qol_app.domain import actor as actors
from qol_app.domain import languages
from qol_app.domain.errors import NotFound
from qol_app.domain.roles import Role
from qol_app.services import accounts, invitations, lockouts, second_factor, studies, study_users
from qol_app.services.invitations import Guest
from qol_app.settings import TRANSLATIONS

__all__ = ["user"]

ROLE = click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
STUDY = click.option("--study", "code", required=True, help="The study's code.")
SITE = click.option("--site", "site_code", help="Only this site; without it, all sites.")
EMAIL = click.argument("email")


@user.command("invite")
@EMAIL
@click.option("--name", required=True, help="The name of who is invited.")
@ROLE
@STUDY
@SITE
@click.option(
    "--language", type=click.Choice(languages.found(TRANSLATIONS)), default="en", show_default=True
)
def invite(
    email: str, name: str, role: str, code: str, site_code: str | None, language: str
) -> None:
    """Send EMAIL a link to make an account with a role in a study. Twice is one invitation."""
    with base.writing() as session:
        study = studies.find(session, code)
        guest = Guest(
            email=email,
            name=name,
            role=Role(role),
            site=site_of(study, site_code),
            language=language,
        )
        actor = actors.command("user invite")
        made, is_new = invitations.invite(
            session, study, guest, by=None, actor=actor, now=base.now()
        )
    if is_new:
        queue: Any = current_app.extensions["queue"]
        queue.send_invitation(made.id)
    click.echo(f"{made.email} is invited as {role} of {_place(code, site_code)}")


@user.command("grant")
@EMAIL
@ROLE
@STUDY
@SITE
def grant(email: str, role: str, code: str, site_code: str | None) -> None:
    """Give the user with address EMAIL a further role. Twice is a no-op."""
    with base.writing() as session:
        study = studies.find(session, code)
        person = accounts.by_email(session, email)
        accounts.grant(
            session,
            person,
            Role(role),
            study=study,
            site=site_of(study, site_code),
            actor=actors.command("user grant"),
            now=base.now(),
        )
    click.echo(f"{email} is {role} of {_place(code, site_code)}")


@user.command("revoke")
@EMAIL
@ROLE
@STUDY
@SITE
def revoke(email: str, role: str, code: str, site_code: str | None) -> None:
    """Take a role from the user with address EMAIL."""
    with base.writing() as session:
        study = studies.find(session, code)
        person = accounts.by_email(session, email)
        site = site_of(study, site_code)
        place = site.id if site else None
        found = [
            held.id
            for held in study_users.grants_in(person, study, None)
            if (held.role.name, held.site_id) == (role, place)
        ]
        if not found:
            raise NotFound(f"{email} is not {role} of {_place(code, site_code)}")
        study_users.withdraw(
            session,
            study,
            person,
            found[0],
            sites=None,
            actor=actors.command("user revoke"),
            now=base.now(),
        )
    click.echo(f"{email} is no longer {role} of {_place(code, site_code)}")


@user.command("unlock")
@EMAIL
def unlock(email: str) -> None:
    """Open the account of EMAIL that wrong passwords or codes have shut."""
    with base.writing() as session:
        person = accounts.by_email(session, email)
        lockouts.unlock(session, person, actor=actors.command("user unlock"), now=base.now())
    click.echo(f"{email} may sign in")


@user.command("reset-second-factor")
@EMAIL
def reset_second_factor(email: str) -> None:
    """Forget the second factor of EMAIL, whose phone is lost."""
    with base.writing() as session:
        person = accounts.by_email(session, email)
        actor = actors.command("user reset-second-factor")
        second_factor.remove(session, person, actor=actor, now=base.now())
    click.echo(f"{email} signs in with the password alone")


def _place(code: str, site_code: str | None) -> str:
    return f"{code} at {site_code}" if site_code else code
