"""One database session per request, committed before the answer leaves, or rolled back.

A GET reads and can change nothing. Any other method writes, and is committed only if the answer
is a success: after an error page the data are as they were, but for what ``keep`` has kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from qol_app.db.session import Sessions

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def sessions() -> Sessions:
    """Return what makes the application's sessions."""
    return cast(Sessions, current_app.extensions["sessions"])


def session() -> Session:
    """Return this request's session."""
    if "session" not in g:
        g.session = sessions().read() if request.method in READING else sessions().write()
    return cast(Session, g.session)


def reading() -> Session:
    """Return a session that only reads, so that a request waits for a writer only to write.

    A GET reads through the one that ``session`` gives. In other requests it sees the state
    before this request's own changes.
    """
    if request.method in READING:
        return session()
    if "reading" not in g:
        g.reading = sessions().read()
    return cast(Session, g.reading)


def now() -> datetime:
    """Return the time of this request, the same for all it does."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    return cast(datetime, g.now)


def keep() -> None:
    """Keep what this request has written although its answer will be an error.

    For what must be remembered of a refusal, such as that a wrong code was typed.
    """
    session().commit()


def after_commit(task: Callable[[], None]) -> None:
    """Run ``task`` once this request's changes are safe."""
    g.setdefault("after_commit", []).append(task)


def afterwards(task: Callable[[], None]) -> None:
    """Run ``task`` once this request's sessions are closed, whatever came of it.

    For what is no part of the request, and must neither wait for it nor be undone with it.
    """
    g.setdefault("afterwards", []).append(task)


def register(app: Flask, sessions: Sessions) -> None:
    """Open, commit and close sessions around each request of ``app``."""
    app.extensions["sessions"] = sessions
    app.after_request(_commit)
    app.teardown_request(_close)


def _commit(response: Response) -> Response:
    if "session" in g and request.method not in READING and response.status_code < 400:
        g.session.commit()
        for task in g.pop("after_commit", []):
            task()
    return response


def _close(error: BaseException | None) -> None:
    for name in ("session", "reading"):
        opened = g.pop(name, None)
        if opened is not None:
            opened.close()
    for task in g.pop("afterwards", []):
        task()
