"""What belongs to the sites that a reader may see, as conditions of a query."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from qol_app.db.models import Participant, Study, Visit


def at_sites(study: Study, sites: frozenset[int] | None) -> list[ColumnElement[bool]]:
    """Return what holds of the study's participants at these sites; None means all sites."""
    conditions = [Participant.study_id == study.id]
    if sites is not None:
        conditions.append(Participant.site_id.in_(sites))
    return conditions


def of_sites(study: Study, sites: frozenset[int] | None) -> ColumnElement[bool]:
    """Return what holds of those sites' visits, for reading the few rows of a table about visits.

    It is asked of each row, so that no database begins with all participants of the study.
    """
    return Visit.participant.has(and_(*at_sites(study, sites)))
