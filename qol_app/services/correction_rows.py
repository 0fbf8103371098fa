"""Every correction of a study as rows for export."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.models import AnswerEvent, Participant, Response, Study, Visit
from qol_app.domain.answers import ItemState
from qol_app.exports.datasets import CorrectionRow
from qol_app.services.corrections import Correction, of_forms, state


def rows(session: Session, study: Study, *, width: int) -> list[CorrectionRow]:
    """Return every correction of a study for export, by participant, visit and form.

    Args:
        session: A reading session.
        study: The study.
        width: The width of participant ids, as ``datasets.fixed_width`` makes them.
    """
    query = (
        select(Response)
        .join(Response.visit)
        .join(Visit.participant)
        .where(
            Participant.study_id == study.id,
            Response.id.in_(select(AnswerEvent.response_id).where(AnswerEvent.reason.is_not(None))),
        )
        .order_by(Participant.number, Visit.number, Response.position)
        .options(joinedload(Response.visit).joinedload(Visit.participant))
    )
    corrected = session.scalars(query).all()
    found: dict[int, list[Correction]] = {}
    for each in of_forms(session, [response.id for response in corrected]):
        found.setdefault(each.response_id, []).append(each)
    return [_row(response, each, width) for response in corrected for each in found[response.id]]


def _row(response: Response, each: Correction, width: int) -> CorrectionRow:
    return CorrectionRow(
        participant=response.visit.participant.number.ljust(width, "_"),
        visit=response.visit.code,
        instrument=response.instrument_id,
        item=each.item,
        old_state=state(each.old).value if each.was_seen else ItemState.NEVER_SEEN.value,
        old=each.old.value,
        new_state=state(each.new).value,
        new=each.new.value,
        corrected_at=each.at,
        corrected_by=each.user_id,
        reason=each.reason,
    )
