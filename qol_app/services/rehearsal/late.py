"""Answers that a device brings when their forms take them no more: kept aside for staff."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from qol_app.domain import actor as actors
from qol_app.services import device_answers, links, opened
from qol_app.services.device_answers import Sent
from qol_app.services.rehearsal.answering import NAMESPACE
from qol_app.services.rehearsal.cases import Case, Cases
from qol_app.services.rehearsal.course import DAY
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.office import Act
from qol_app.services.rehearsal.paper import another
from qol_app.services.responses import Answer

SKIPPED = 5
"""Visits sent lately with which staff have something else to do."""
LATE = 2
"""Visits of which answers came late."""
ANSWERS = 2
"""Answers that each device had kept."""


@dataclass(frozen=True, kw_only=True)
class Devices:
    """What comes from participants' own devices."""

    desk: Desk

    def give_link(self, case: Case, at: datetime) -> None:
        """Give the participant a link, before the visit is answered."""
        known = self.desk.writer.enrolled[case.person.place]
        link, _token = links.issue(
            self.desk.session,
            self.desk.visit(case),
            channel="screen",
            actor=self.desk.nurse,
            now=at,
        )
        links.start(self.desk.session, link.id, now=at)
        known.links[case.visit] = link.id

    def bring(self, case: Case, at: datetime) -> None:
        """Bring answers that differ from what was sent meanwhile."""
        link_id = self.desk.writer.enrolled[case.person.place].links[case.visit]
        survey = opened.by_id(self.desk.session, link_id)
        form, kept = survey.visit.responses[0], list[Sent]()
        for item, value in form.answers.items():
            other = another(form.questionnaire.item(item), value)
            if other is not None and len(kept) < ANSWERS:
                name = f"late/{self.desk.writer.seed}/{self.desk.study.code}/{form.id}/{item}"
                answer = Answer(
                    item=item,
                    value=other,
                    answered_at=at - DAY,
                    event_id=str(uuid.uuid5(NAMESPACE, name)),
                )
                kept.append(
                    Sent(
                        answer=answer,
                        instrument=form.form_version.instrument_id,
                        form_hash=form.form_version.hash,
                        wording_hash="",
                    )
                )
        actor = actors.link(link_id)
        taken = device_answers.take_in(self.desk.session, survey, kept, actor=actor, now=at)
        self.desk.tell(taken.mails, at)


def acts(desk: Desk, cases: Cases) -> Iterator[Act]:
    """Yield the links of a few visits that were sent lately, and what came from them later."""
    devices = Devices(desk=desk)
    for case in cases.answered[SKIPPED : SKIPPED + LATE]:
        if case.sitting is not None:
            before = case.sitting.started_at - timedelta(minutes=10)
            yield Act(at=before, do=partial(devices.give_link, case))
            yield Act(at=case.at(case.sat_on + DAY, 18), do=partial(devices.bring, case))
