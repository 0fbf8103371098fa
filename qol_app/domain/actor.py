"""Who does something: a user, a link, a tablet, a job, a command, or anyone. Always an argument."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The kinds of actor the audit knows."""

    USER = "user"
    LINK = "link"
    JOB = "job"
    COMMAND = "command"
    TABLET = "tablet"
    ANYONE = "anyone"
    """Somebody who has not said who they are."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One actor; ``id`` is its key in its own table, or its name for a job or a command.

    Of anyone it is the place where they did it.
    """

    kind: ActorKind
    id: str


def user(user_id: int) -> Actor:
    """Return the actor for a signed-in user."""
    return Actor(kind=ActorKind.USER, id=str(user_id))


def link(link_id: int) -> Actor:
    """Return the actor for a survey link."""
    return Actor(kind=ActorKind.LINK, id=str(link_id))


def job(name: str) -> Actor:
    """Return the actor for a background job."""
    return Actor(kind=ActorKind.JOB, id=name)


def command(name: str) -> Actor:
    """Return the actor for a command typed by an operator."""
    return Actor(kind=ActorKind.COMMAND, id=name)


def tablet(tablet_id: int) -> Actor:
    """Return the actor for a site's shared tablet."""
    return Actor(kind=ActorKind.TABLET, id=str(tablet_id))


def anyone(at: str) -> Actor:
    """Return the actor for somebody unknown at a public page."""
    return Actor(kind=ActorKind.ANYONE, id=at)
