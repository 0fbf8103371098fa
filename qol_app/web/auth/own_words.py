"""What a user's password must not hold: the user's name and address, the names of the studies."""

from __future__ import annotations

from collections.abc import Iterable

from qol_app.db.models import Study, User
from qol_app.services import studies
from qol_app.web import unit


def of_user(user: User) -> list[str]:
    """Return the texts whose words a password of the user must not hold."""
    mine = {grant.study_id for grant in user.grants}
    theirs = (study for study in studies.every(unit.session()) if study.id in mine)
    return [user.name, user.email.partition("@")[0], *_names(theirs)]


def of_guest(email: str, name: str, study: Study) -> list[str]:
    """Return the same for somebody who is invited."""
    return [name, email.partition("@")[0], *_names([study])]


def _names(found: Iterable[Study]) -> list[str]:
    return [study.code for study in found]
