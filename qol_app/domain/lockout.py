"""How long an account stays shut after wrong passwords and codes."""

from __future__ import annotations

from datetime import datetime, timedelta

MOST_TRIES = 5
"""Wrong passwords or codes in a row after which an account is shut for a while."""

FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)


def lock_after(failures: int) -> timedelta | None:
    """Return for how long the last of so many failures in a row shuts an account, if it does.

    The fifth shuts it for 15 minutes. Each one that follows, once it is open again, doubles that
    up to a day.
    """
    if failures < MOST_TRIES:
        return None
    lock = FIRST_LOCK
    for _ in range(failures - MOST_TRIES):
        lock = min(lock * 2, LONGEST_LOCK)
    return lock


def is_locked(until: datetime | None, *, now: datetime) -> bool:
    """Tell whether an account that is shut until then is shut now."""
    return until is not None and now < until
