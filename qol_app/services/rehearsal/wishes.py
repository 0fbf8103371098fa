"""How simulated participants can be reached, and what they want: no two ways alike for long.

Telephone numbers are from the range that is kept for fiction, so that no message reaches anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

from qol_app.domain.contact import Wish
from qol_app.services.rehearsal.course import Person

PHONE = "+120255501{:02d}"
"""A number of the range kept for fiction; its last two digits are the participant's."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """A participant's telephone number and wishes about messages."""

    phone: str | None = None
    channel: Wish | None = None
    refused: tuple[Wish, ...] = ()


_ROUND: tuple[tuple[bool, Wish | None, tuple[Wish, ...]], ...] = (
    (True, None, ()),
    (False, None, ()),
    (True, Wish.SMS, ()),
    (False, None, ()),
    (True, None, (Wish.EMAIL,)),
    (True, None, ()),
    (False, Wish.PAPER, ()),
    (True, Wish.EMAIL, ()),
    (False, None, ()),
    (True, None, (Wish.SMS,)),
    (False, None, (Wish.EMAIL, Wish.SMS)),
)
"""Whether there is a telephone, the wish, and what is refused, of one participant after another."""


def wishes_of(person: Person) -> Wishes:
    """Return how a person can be reached beside e-mail, and how they want to be."""
    has_phone, channel, refused = _ROUND[person.place % len(_ROUND)]
    phone = PHONE.format(person.place % 100) if has_phone else None
    return Wishes(phone=phone, channel=channel, refused=refused)
