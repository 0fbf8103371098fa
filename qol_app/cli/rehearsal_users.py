"""The users of a rehearsal: one of each role, one with two roles, and one who is shut out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask_security import hash_password
from sqlalchemy.orm import Session

from qol_app.cli import base, people
from qol_app.db.models import Site, Study
from qol_app.domain import actor as actors
from qol_app.domain import passwords
from qol_app.domain.errors import Conflict
from qol_app.domain.roles import Role
from qol_app.services import accounts

if TYPE_CHECKING:
    from qol_app.services.rehearsal import Office

ACTOR = actors.command("rehearsal")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A user of a rehearsal, with the sites (counted from 0) of each role; None is all sites."""

    name: str
    roles: tuple[tuple[Role, int | None], ...]
    told: bool = True
    """Whether the user is named when the rehearsal starts."""


NURSE, LOCKED = "nurse", "locked"
PLACES = (
    *(Place(name=role.value, roles=((role, None),)) for role in Role),
    Place(name=NURSE, roles=((Role.STAFF, 0), (Role.MONITOR, 1))),
    Place(name=LOCKED, roles=((Role.STAFF, -1),), told=False),
)


def email(name: str, study: str) -> str:
    """Return the address by which a user of a rehearsal signs in."""
    return f"{name}@{study}.example"


def ensure(session: Session, study: Study) -> dict[str, str]:
    """Create the users who are absent; return passwords by address, as far as known."""
    path = base.settings().instance / "sign-ins.txt"
    kept = _read(path)
    known = dict(kept)
    for place in PLACES:
        address = email(place.name, study.code)
        password = kept.get(address) or people.make_password()
        try:
            _add(session, study, place, address, password)
        except Conflict:
            continue
        known[address] = password
    if known != kept:
        _write(path, known)
    return known


def _add(session: Session, study: Study, place: Place, address: str, password: str) -> None:
    user = accounts.create_user(
        session,
        email=address,
        name=f"Rehearsal {place.name}",
        password_hash=hash_password(passwords.normalized(password)),
        actor=ACTOR,
        now=base.now(),
    )
    for role, number in place.roles:
        site = _site(study, number)
        accounts.grant(session, user, role, study=study, site=site, actor=ACTOR, now=base.now())


def _site(study: Study, number: int | None) -> Site | None:
    sites = sorted(study.sites, key=lambda site: site.id)
    return None if number is None else sites[min(number, len(sites) - 1)]


def office(session: Session, study: Study) -> Office:
    """Return who works on the study, and with what."""
    # Imported here because it imports numpy and pandas, which would slow down other commands.
    from qol_app.services.rehearsal import Office

    def id_of(name: str) -> int:
        return accounts.by_email(session, email(name, study.code)).id

    return Office(
        nurse=id_of(Role.STAFF.value),
        colleague=id_of(Role.COORDINATOR.value),
        monitor=id_of(Role.MONITOR.value),
        admin=id_of(Role.ADMIN.value),
        locked=id_of(LOCKED),
        pin_hash=hash_password(people.make_password()),
        scans=base.settings().scans,
        base_url=base.settings().base_url,
    )


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {email: password for email, password in (line.split() for line in lines)}


def _write(path: Path, known: Mapping[str, str]) -> None:
    text = "".join(f"{address} {password}\n" for address, password in known.items())
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
