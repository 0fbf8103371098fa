"""The titles of a study's questionnaires, in the reader's language where the study has it."""

from __future__ import annotations

from qol_app.domain.study import Protocol
from qol_app.services import forms, studies
from qol_app.web import unit
from qol_app.web.locale import language


def of(protocol: Protocol) -> dict[str, str]:
    """Return the titles by instrument, in the order of the study file."""
    session, offered = unit.reading(), protocol.languages
    spoken = language() if language() in offered else offered[0]
    return {
        use.id: forms.wording(session, version, spoken).title
        for use in protocol.instruments
        for version in [studies.form_version(session, use.id, use.version)]
    }
