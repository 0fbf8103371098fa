"""The users of a study as an administrator sees them, and taking roles and accounts away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qol_app.db.audit import audited
from qol_app.db.models import Grant, Role, Study, User
from qol_app.domain import roles
from qol_app.domain.actor import Actor
from qol_app.domain.errors import Conflict, LastAdministrator, NotFound
from qol_app.domain.events import Action
from qol_app.services import accounts


def of_study(session: Session, study: Study, sites: frozenset[int] | None) -> Sequence[User]:
    """Return the users with a role at ``sites`` (None means the whole study), by name."""
    query = select(User).join(User.grants).where(Grant.study_id == study.id).distinct()
    if sites is not None:
        query = query.where(Grant.site_id.in_(sites))
    eager = selectinload(User.grants).joinedload(Grant.role)
    return session.scalars(query.options(eager).order_by(User.name, User.id)).all()


def find(session: Session, study: Study, user_id: int, sites: frozenset[int] | None) -> User:
    """Return a user with a role at ``sites`` of a study. Raises NotFound."""
    user = session.get(User, user_id)
    if user is None or not grants_in(user, study, sites):
        raise NotFound(f"no user {user_id}")
    return user


def grants_in(user: User, study: Study, sites: frozenset[int] | None) -> list[Grant]:
    """Return a user's roles in a study, at ``sites`` (None means all of them), oldest first."""
    mine = [grant for grant in user.grants if grant.study_id == study.id]
    shown = [grant for grant in mine if sites is None or grant.site_id in sites]
    return sorted(shown, key=lambda grant: grant.id)


def is_wholly_managed(user: User, grants: Sequence[roles.Grant]) -> bool:
    """Tell whether grants let somebody manage every role that a user has, in whatever study."""
    return all(
        roles.may_manage(grants, study_id=grant.study_id, site_id=grant.site_id)
        for grant in user.grants
    )


def withdraw(
    session: Session,
    study: Study,
    user: User,
    grant_id: int,
    *,
    sites: frozenset[int] | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Take a role from a user. Twice is a no-op.

    Raises:
        LastAdministrator: nobody else administers all sites of the study.
    """
    admins = _administrators(session, study)
    found = next((g for g in grants_in(user, study, sites) if g.id == grant_id), None)
    if found is None:
        return
    if admins and all(admin.id == found.id for admin in admins):
        raise LastAdministrator("nobody else administers all sites")
    with audited(
        session,
        actor=actor,
        action=Action.ROLE_WITHDRAWN,
        now=now,
        study_id=study.id,
        reason=found.role.name,
    ):
        user.grants.remove(found)
        session.delete(found)


def _administrators(session: Session, study: Study) -> Sequence[Grant]:
    """Return the active administrators' grants for all sites, held until the end."""
    query = (
        select(Grant)
        .join(Grant.user)
        .join(Grant.role)
        .where(
            Grant.study_id == study.id,
            Grant.site_id.is_(None),
            Role.name == roles.Role.ADMIN.value,
            User.active.is_(True),
        )
        .options(joinedload(Grant.role))
        .with_for_update(of=Grant)
    )
    return session.scalars(query).all()


def close(
    session: Session,
    study: Study,
    user: User,
    *,
    by: Sequence[roles.Grant],
    actor: Actor,
    now: datetime,
) -> None:
    """Close a user's account: nobody signs in with it, and it is signed out everywhere.

    Args:
        by: The grants of who closes it.

    Raises:
        Conflict: the user has roles that the closer does not manage.
        LastAdministrator: nobody else administers all sites of the study.
    """
    admins = _administrators(session, study)
    if not is_wholly_managed(user, by):
        raise Conflict("this user has roles elsewhere; withdraw the roles here instead")
    if admins and all(admin.user_id == user.id for admin in admins):
        raise LastAdministrator("nobody else administers all sites")
    accounts.set_active(session, user, active=False, actor=actor, now=now)
