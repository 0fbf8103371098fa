"""Scans of paper forms: files under random names in a folder that the web server never serves."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import Recording, audited
from qol_app.db.models import Response, Scan, Visit
from qol_app.domain.actor import Actor
from qol_app.domain.errors import NotFound, ScanMissing, ScanRefused, ScanTooLarge
from qol_app.domain.events import Action
from qol_app.domain.scans import MAX_BYTES, media_type
from qol_app.services import submission


def add(
    session: Session,
    response: Response,
    content: bytes,
    *,
    folder: Path,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> Scan:
    """Keep a scan of a form. The same file again for the same form is once.

    Args:
        folder: Where scans lie; made if it is missing. All web machines need the same one.

    Raises:
        ScanTooLarge: it has more than ``MAX_BYTES``.
        ScanRefused: it is neither JPEG nor PNG nor PDF.
    """
    if len(content) > MAX_BYTES:
        raise ScanTooLarge("a scan may have 10 MB at most")
    kind = media_type(content)
    if kind is None:
        raise ScanRefused("a scan is a JPEG, a PNG or a PDF")
    digest = hashlib.sha256(content).hexdigest()
    submission.lock(session, response)
    for known in of_form(session, response):
        if known.sha256 == digest:
            return known
    scan = Scan(
        response_id=response.id,
        stored_as=secrets.token_hex(16),
        media_type=kind,
        size=len(content),
        sha256=digest,
        added_at=now,
        added_by=user_id,
    )
    path = folder / scan.stored_as
    _write(path, content)
    try:
        with _audited(session, response.visit, Action.SCAN_ADDED, actor=actor, now=now):
            session.add(scan)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return scan


def of_form(session: Session, response: Response) -> Sequence[Scan]:
    """Return the scans of a form, oldest first."""
    query = select(Scan).where(Scan.response_id == response.id)
    return session.scalars(query.order_by(Scan.id)).all()


def of_visit(session: Session, visit: Visit) -> Sequence[Scan]:
    """Return the scans of a visit's forms, oldest first."""
    ids = [response.id for response in visit.responses]
    return session.scalars(select(Scan).where(Scan.response_id.in_(ids)).order_by(Scan.id)).all()


def view(
    session: Session, visit: Visit, scan_id: int, *, folder: Path, actor: Actor, now: datetime
) -> tuple[Scan, bytes]:
    """Return a scan with its content, and record that it was seen.

    Raises:
        NotFound: the visit has no such scan.
        ScanMissing: its file is not in the folder, or is not what was stored.
    """
    scan = next((each for each in of_visit(session, visit) if each.id == scan_id), None)
    if scan is None:
        raise NotFound(f"no scan {scan_id}")
    try:
        content = (folder / scan.stored_as).read_bytes()
    except OSError as error:
        raise ScanMissing(f"the file of scan {scan_id} cannot be read") from error
    if hashlib.sha256(content).hexdigest() != scan.sha256:
        raise ScanMissing(f"the file of scan {scan_id} is not what was stored")
    with _audited(session, visit, Action.SCAN_VIEWED, actor=actor, now=now, scan=scan):
        pass
    return scan, content


def _audited(
    session: Session,
    visit: Visit,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    scan: Scan | None = None,
) -> AbstractContextManager[Recording]:
    return audited(
        session,
        actor=actor,
        action=action,
        now=now,
        study_id=visit.participant.study_id,
        participant_id=visit.participant_id,
        reason=f"scan {scan.id}" if scan else None,
    )


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole and safe on the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
