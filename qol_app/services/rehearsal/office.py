"""Who works on a rehearsal study, with what, and when they do something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Office:
    """The users of a rehearsal, by id, and what the services want of a deployment."""

    nurse: int
    """Staff at all sites."""
    colleague: int
    """Somebody else who keys forms at all sites."""
    monitor: int
    admin: int
    locked: int
    """Whose account wrong passwords have shut."""
    pin_hash: str = field(repr=False)
    """Of the PIN of all tablets; nobody needs to know it, as no cookie opens these tablets."""
    scans: Path
    base_url: str


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that staff, or a machine of theirs, do at a moment."""

    at: datetime
    do: Callable[[datetime], object]
    """Takes the moment."""
