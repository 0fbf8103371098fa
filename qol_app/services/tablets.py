"""Register the shared tablets of a site, retire them, and count what is tried at their PIN.

A tablet knows itself by a token of 192 random bits in its cookie; only its SHA-256 is stored, and
of the PIN only its argon2 hash. Whoever changes a tablet or a hand-over of it holds its row, so
that tries made at the same moment are counted one after the other.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.audit import audited
from qol_app.db.models import Site, Study, Tablet
from qol_app.domain import actor as actors
from qol_app.domain import pins
from qol_app.domain.actor import Actor
from qol_app.domain.errors import Conflict, NotFound, TabletRetired, TabletUnknown
from qol_app.domain.events import Action
from qol_app.services.links import TOKEN_BYTES, token_hash


def register(
    session: Session,
    study: Study,
    site: Site,
    *,
    name: str,
    pin_hash: str,
    actor: Actor,
    now: datetime,
) -> tuple[Tablet, str]:
    """Add a tablet to a site and return it with its token, which is not kept.

    Args:
        name: What the site calls it; no two tablets in use at a site share one.
        pin_hash: An argon2 hash of a PIN that ``pins.check_pin`` took.
        actor: The user who registers it.

    Raises:
        Conflict: the site has a tablet of this name.
    """
    if name in names(session, site):
        raise Conflict(f"site {site.code} has a tablet named {name}")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with audited(session, actor=actor, action=Action.TABLET_REGISTERED, now=now, study_id=study.id):
        tablet = Tablet(
            study_id=study.id,
            site_id=site.id,
            name=name,
            token_hash=token_hash(token),
            pin_hash=pin_hash,
            registered_at=now,
            registered_by=int(actor.id),
        )
        session.add(tablet)
    return tablet, token


def names(session: Session, site: Site) -> set[str]:
    """Return the names of the tablets in use at a site."""
    query = select(Tablet.name).where(Tablet.site_id == site.id, Tablet.retired_at.is_(None))
    return set(session.scalars(query))


def by_token(session: Session, token: str) -> Tablet:
    """Return the tablet with this token.

    Raises:
        TabletUnknown: there is none.
        TabletRetired: it is out of use.
    """
    query = select(Tablet).where(Tablet.token_hash == token_hash(token))
    tablet = session.scalar(query.options(joinedload(Tablet.study), joinedload(Tablet.site)))
    if tablet is None:
        raise TabletUnknown("no tablet has this token")
    if tablet.retired_at is not None:
        raise TabletRetired(f"tablet {tablet.name} was retired")
    return tablet


def of_study(session: Session, study: Study, tablet_id: int) -> Tablet:
    """Return a tablet of a study, in use or not. Raises NotFound."""
    tablet = session.get(Tablet, tablet_id)
    if tablet is None or tablet.study_id != study.id:
        raise NotFound(f"no tablet {tablet_id}")
    return tablet


def at_sites(session: Session, study: Study, sites: frozenset[int] | None) -> Sequence[Tablet]:
    """Return the study's tablets at ``sites`` (None means all), those in use first, by name."""
    query = select(Tablet).where(Tablet.study_id == study.id).options(joinedload(Tablet.site))
    if sites is not None:
        query = query.where(Tablet.site_id.in_(sites))
    return session.scalars(query.order_by(Tablet.retired_at.is_not(None), Tablet.name)).all()


def hold(session: Session, tablet_id: int) -> Tablet:
    """Lock a tablet's row until the end of the transaction and read it anew."""
    query = select(Tablet).where(Tablet.id == tablet_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def retire(session: Session, tablet: Tablet, *, actor: Actor, now: datetime) -> None:
    """Take a tablet out of use: its cookie opens nothing from now on. Twice is a no-op."""
    if tablet.retired_at is not None:
        return
    with audited(
        session, actor=actor, action=Action.TABLET_RETIRED, now=now, study_id=tablet.study_id
    ):
        tablet.retired_at = now


def change_pin(
    session: Session, tablet: Tablet, pin_hash: str, *, actor: Actor, now: datetime
) -> None:
    """Give a tablet another PIN, and forget the wrong ones that were tried.

    Raises:
        Conflict: the tablet is out of use.
    """
    if tablet.retired_at is not None:
        raise Conflict(f"tablet {tablet.name} was retired")
    with audited(
        session, actor=actor, action=Action.TABLET_PIN_CHANGED, now=now, study_id=tablet.study_id
    ):
        tablet.pin_hash = pin_hash
        tablet.pin_failures = 0


def unlock(session: Session, tablet: Tablet, *, actor: Actor, now: datetime) -> None:
    """Let a tablet take its PIN again after too many wrong ones."""
    with audited(
        session, actor=actor, action=Action.TABLET_UNLOCKED, now=now, study_id=tablet.study_id
    ):
        tablet.pin_failures = 0


def is_blocked(tablet: Tablet) -> bool:
    """Tell whether too many wrong PINs were tried."""
    return tablet.pin_failures >= pins.MOST_FAILURES


def try_pin(session: Session, tablet_id: int, *, is_right: bool, now: datetime) -> bool:
    """Count a try at the PIN and tell whether it opens the tablet.

    Args:
        is_right: Whether it was the PIN. A blocked tablet does not open by the right one either,
            so that nobody learns which it is.
    """
    tablet = hold(session, tablet_id)
    if is_blocked(tablet) or tablet.retired_at is not None:
        return False
    with audited(
        session,
        actor=actors.tablet(tablet.id),
        action=Action.TABLET_PIN_TRIED,
        now=now,
        study_id=tablet.study_id,
        reason="right" if is_right else "wrong",
    ):
        tablet.pin_failures = 0 if is_right else tablet.pin_failures + 1
    return is_right
