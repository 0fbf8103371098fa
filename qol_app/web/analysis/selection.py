"""What the reader has chosen to see: which scale, score or change, all together or by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import g, session, url_for

from qol_app.domain.errors import NotFound
from qol_app.domain.roles import Permission
from qol_app.domain.study import Measure, Protocol
from qol_app.services.trajectories import Shown
from qol_app.web.guards import holds

OPENED = "groups_opened"
"""Key of the browser's session: study code to the id of the user who opened its groups."""
BY_GROUP = "group"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """One choice of what to see; it lives in the address, so that a page can be shared."""

    measure: Measure
    shown: Shown
    grouped: bool

    @property
    def measure_code(self) -> str:
        """The measure as it stands in the address."""
        return f"{self.measure.instrument}:{self.measure.scale}"

    def url(self, endpoint: str = "analysis.trajectories", **changes: object) -> str:
        """Return the address of this choice, or of one that differs by ``changes``."""
        chosen = replace(self, **changes)  # type: ignore[arg-type]  # names of own fields
        return url_for(
            endpoint,
            study=g.study.code,
            measure=chosen.measure_code,
            show=chosen.shown.value,
            by=BY_GROUP if chosen.grouped else None,
        )


def read(arguments: Mapping[str, str], protocol: Protocol) -> Selection:
    """Read a choice from an address; what it leaves open is as the analysis plan says.

    Groups are part of the choice only where they were opened.

    Raises:
        NotFound: what is to be shown is neither score nor change.
    """
    plan = protocol.analysis.main
    instrument, _, scale = arguments.get("measure", "").partition(":")
    try:
        shown = Shown(arguments.get("show", Shown.SCORE))
    except ValueError as error:
        raise NotFound("show: choose score or change") from error
    return Selection(
        measure=Measure(instrument=instrument, scale=scale) if instrument else plan,
        shown=shown,
        grouped=wants_groups(arguments) and groups_are_open(),
    )


def wants_groups(arguments: Mapping[str, str]) -> bool:
    """Tell whether an address asks for groups."""
    return arguments.get("by") == BY_GROUP


def groups_are_open() -> bool:
    """Tell whether this user, who may see groups, has opened them in this session."""
    opened = session.get(OPENED, {})
    return holds(Permission.SEE_GROUPS) and opened.get(g.study.code) == g.user.id


def remember_groups() -> None:
    """Keep in the browser's session that this user has opened the study's groups."""
    session[OPENED] = {**session.get(OPENED, {}), g.study.code: g.user.id}
