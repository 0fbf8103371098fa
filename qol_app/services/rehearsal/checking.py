"""What staff and monitors do with answers that were sent: correct them, and ask about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from qol_app.domain import actor as actors
from qol_app.domain.queries import EntryKind
from qol_app.domain.said import Said
from qol_app.services import corrections, queries
from qol_app.services.rehearsal.cases import Case, Cases
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.office import Act
from qol_app.services.rehearsal.paper import another
from qol_app.services.rehearsal.phrases import Phrases

CORRECTED = 2
"""Visits with an answer that was corrected; on the first of the others there are queries."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Checking:
    """Looks at answers at a desk."""

    desk: Desk

    def correct(self, case: Case, reason: str, at: datetime) -> None:
        """Correct the first answer of a visit that has another next to it."""
        form = self.desk.first_form(case)
        questionnaire = self.desk.writer.models[form.instrument_id].questionnaire
        for item, value in form.answers.items():
            other = another(questionnaire.item(item), value)
            if other is not None:
                done = corrections.correct(
                    self.desk.session,
                    form,
                    item,
                    Said(value=other),
                    reason=reason,
                    actor=self.desk.nurse,
                    now=at,
                )
                self.desk.tell(done.mails, at)
                return

    def ask(self, case: Case, text: str, at: datetime, *, about_item: bool) -> None:
        """Let the monitor ask about a visit's first form, or an item of it."""
        form, monitor = self.desk.first_form(case), self.desk.office.monitor
        queries.ask(
            self.desk.session,
            form,
            next(iter(form.answers)) if about_item else None,
            text,
            user_id=monitor,
            actor=actors.user(monitor),
            now=at,
        )

    def say(self, case: Case, kind: EntryKind, text: str, user_id: int, at: datetime) -> None:
        """Say something of the query about a visit."""
        query = queries.of_visit(self.desk.session, self.desk.visit(case))[-1]
        queries.say(
            self.desk.session,
            query,
            kind,
            text,
            user_id=user_id,
            actor=actors.user(user_id),
            now=at,
        )


def acts(desk: Desk, cases: Cases, words: Phrases) -> Iterator[Act]:
    """Yield corrections, and queries in each state, of visits that were sent lately."""
    checks, staff = Checking(desk=desk), desk.office
    for case in cases.answered[:CORRECTED]:
        yield Act(
            at=case.at(case.sat_on + A_DAY, 9), do=partial(checks.correct, case, words.misread)
        )
    asked = (words.asked_item, words.asked_form, words.asked_date)
    for place, case in enumerate(cases.answered[CORRECTED : CORRECTED + len(asked)]):
        first = case.at(case.sat_on + A_DAY, 10, place)
        ask = partial(checks.ask, case, asked[place], about_item=place == 0)
        answer = partial(checks.say, case, EntryKind.ANSWERED)
        close = partial(checks.say, case, EntryKind.CLOSED)
        yield Act(at=first, do=ask)
        if place > 0:
            said = (words.checked, words.confirmed)[place - 1]
            yield Act(at=first + A_DAY, do=partial(answer, said, staff.nurse))
        if place > 1:
            yield Act(at=first + A_DAY * 1.2, do=partial(close, words.thanks, staff.monitor))
