"""Scans of a form as pages list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from qol_app.db.models import Scan, Visit
from qol_app.domain.scans import ENDINGS
from qol_app.services import names
from qol_app.web import unit
from qol_app.web.staff import words
from qol_app.web.staff.lists import participant_url


@dataclass(frozen=True, kw_only=True)
class ScanRow:
    """One scan of a form."""

    label: str
    added: str
    view_url: str


def scan_rows(visit: Visit, found: Sequence[Scan]) -> tuple[ScanRow, ...]:
    """Return scans as pages list them."""
    zone = ZoneInfo(visit.participant.site.timezone)
    people = names.of_users(unit.session(), [scan.added_by for scan in found])
    return tuple(
        ScanRow(
            label=f"{ENDINGS[scan.media_type].upper()}, {_size(scan.size)}",
            added=f"{words.moment(scan.added_at, zone)}, {people.get(scan.added_by, '')}",
            view_url=participant_url(
                "staff.view_scan", visit.participant.number, visit=visit.code, scan=scan.id
            ),
        )
        for scan in found
    )


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{max(1, round(size / 1e3))} kB"
