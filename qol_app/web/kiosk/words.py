"""The words of a tablet's states as staff read them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qol_app.domain.tablet_check import TabletState

STATES = {
    TabletState.LOCKED: _l("Locked, ready"),
    TabletState.CHECKING: _l("Handed over, check not passed yet"),
    TabletState.IN_USE: _l("With a participant"),
    TabletState.FROZEN: _l("Frozen: the check failed"),
    TabletState.BLOCKED: _l("Blocked: too many wrong PINs"),
    TabletState.RETIRED: _l("Out of use"),
}

MARKS = {
    TabletState.LOCKED: "complete",
    TabletState.CHECKING: "partial",
    TabletState.IN_USE: "partial",
    TabletState.FROZEN: "overdue",
    TabletState.BLOCKED: "overdue",
    TabletState.RETIRED: "ended",
}
"""The mark beside each, as ``components/tables.html`` names it."""
