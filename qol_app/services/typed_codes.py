"""Short codes typed from a letter: the link they open, and a stop to guessing.

There are 23**9 codes, about 40 bits. Ten wrong ones in ten minutes from one source, or 300 from
all, and nothing more is looked up until ten minutes have passed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import WrongCode
from qol_app.domain import codes
from qol_app.domain.actor import Actor
from qol_app.domain.errors import LinkUnknown, TooManyWrongCodes
from qol_app.domain.events import Action
from qol_app.services import links, opened
from qol_app.services.opened import OpenSurvey

SPAN = timedelta(minutes=10)
MOST_OF_ONE_SOURCE = 10
MOST_OF_ALL = 300
KEPT = timedelta(days=1)
"""How long a wrong code is remembered; only the last ten minutes count."""


def open_link(
    session: Session, typed: str, *, key: bytes, source: str, now: datetime
) -> OpenSurvey | None:
    """Return what the link of a typed code opens; None if there is no such code.

    Args:
        key: The key of the stored hashes.
        source: Where the code comes from, as ``source_of`` names it.

    Raises:
        CodeMistyped: it cannot be a code; nothing is looked up.
        TooManyWrongCodes: nothing is looked up for a while.
    """
    code = codes.read(typed)
    _refuse_guessing(session, source, now=now)
    try:
        return opened.by_code(session, links.code_hash(code, key=key))
    except LinkUnknown:
        return None


def _refuse_guessing(session: Session, source: str, *, now: datetime) -> None:
    lately = select(func.count(WrongCode.id)).where(WrongCode.tried_at > now - SPAN)
    of_source = session.scalar(lately.where(WrongCode.source == source)) or 0
    if of_source >= MOST_OF_ONE_SOURCE or (session.scalar(lately) or 0) >= MOST_OF_ALL:
        raise TooManyWrongCodes("too many wrong codes in the last ten minutes")


def source_of(address: str, *, key: bytes) -> str:
    """Return what is stored of a client's address: a keyed hash."""
    return links.code_hash(f"source {address}", key=key)


def count_wrong(session: Session, source: str, *, actor: Actor, now: datetime) -> None:
    """Remember that a code was typed that opens nothing. The code itself is not kept."""
    with audited(session, actor=actor, action=Action.CODE_REFUSED, now=now):
        session.add(WrongCode(source=source, tried_at=now))


def forget(session: Session, *, actor: Actor, now: datetime) -> int:
    """Remove wrong codes of more than a day ago and return how many there were."""
    old = session.scalars(select(WrongCode).where(WrongCode.tried_at < now - KEPT)).all()
    if old:
        with audited(session, actor=actor, action=Action.WRONG_CODES_FORGOTTEN, now=now):
            for each in old:
                session.delete(each)
    return len(old)
