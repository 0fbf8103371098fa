"""The worklist agrees with the ledger: visit by visit, for a simulated study."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from qol_app.db.models import Participant, Response, Study, Visit
from qol_app.db.session import Sessions
from qol_app.domain.compliance import WorkState, work_state
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.missing import MissingReason
from qol_app.services import enrolment, facts, missing, participants, studies, worklist
from qol_app.services.worklist import Narrowing, Sort, Standing
from tests import builders
from tests.services.test_rehearsal import EXAMPLE, NOW, simulate

Row = tuple[str, str, WorkState, bool, date, int]


def by_the_ledger(study: Study, visits: list[Visit]) -> set[Row]:
    """Every open visit, from its stored rows one by one."""
    found = set()
    for visit in visits:
        window, forms = facts.window_of(visit), facts.visit_facts(visit)
        person, today = visit.participant, facts.today_of(visit.participant, NOW)
        state = work_state(window, forms, facts.participant_facts(person.events), today)
        if state is not None:
            last = window.closes if state is WorkState.OVERDUE else window.closes_on_time
            days = (last - today).days
            found.add((person.number, visit.code, state, forms.started, last, days))
    return found


def test_it_holds_exactly_the_visits_that_the_ledger_calls_open(sessions: Sessions) -> None:
    simulate(sessions, EXAMPLE, seed=5, count=60)
    with sessions.read() as session:
        study = studies.find(session, EXAMPLE.id)
        visits = {visit.id: visit for visit in session.scalars(select(Visit))}
        expected = by_the_ledger(study, list(visits.values()))
        found = worklist.waiting(session, study, sites=None, now=NOW)
        rows = {
            (w.number, visits[w.visit_id].code, w.state, w.is_started, w.last_day, w.days_left)
            for w in found
        }
        assert rows == expected
        assert len(found) == len(expected) > 5
        per_standing = {
            standing: worklist.waiting(
                session, study, sites=None, now=NOW, narrowing=Narrowing(standing=standing)
            )
            for standing in Standing
        }
        assert sum(len(per_standing[s]) for s in ("overdue", "closing", "due", "put_off")) == len(
            found
        )
        assert len(per_standing[Standing.STARTED]) + len(per_standing[Standing.NOT_STARTED]) == len(
            found
        )
        for sort in Sort:
            again = worklist.waiting(session, study, sites=None, now=NOW, sort=sort)
            assert sorted(again) == sorted(found)


def forms(visit: Visit, *reasons: str | None) -> None:
    """Give a visit's forms these reasons, whatever they had."""
    for form, reason in zip(visit.responses, reasons, strict=True):
        form.missing_reason = reason


def test_a_visit_is_declined_only_once_every_unsent_form_is() -> None:
    visit = Visit(responses=[Response(answers={}), Response(answers={})])
    forms(visit, "declined", None)
    assert facts.visit_facts(visit).reason is None
    forms(visit, "declined", "declined")
    assert facts.visit_facts(visit).reason == "declined"
    forms(visit, "declined", "too_ill")
    assert facts.visit_facts(visit).reason == "too_ill"
    visit.responses[1].submitted_at, visit.responses[1].answered_on = NOW, NOW.date()
    assert facts.visit_facts(visit).reason == "declined"


def test_a_declined_visit_and_one_after_a_death_wait_no_more(sessions: Sessions) -> None:
    with sessions.write() as session:
        study = builders.study(session, NOW)
        people = [
            builders.participant(session, NOW, of=study, at="SHA", anchor=NOW.date())
            for _ in range(3)
        ]
        declined, dead, waiting = people
        missing.set_reason(
            session,
            participants.visit(session, declined, "baseline"),
            ["daily-life-check"],
            MissingReason.DECLINED,
            actor=builders.COMMAND,
            now=NOW,
        )
        died = enrolment.record_event(
            session,
            dead,
            ParticipantEventKind.DIED,
            happened_on=NOW.date() - timedelta(days=1),
            actor=builders.COMMAND,
            now=NOW,
        )
        session.commit()
        assert numbers(sessions, study) == [waiting.number]
        enrolment.strike_event(
            session, dead, died.id, reason="Mistake", actor=builders.COMMAND, now=NOW
        )
        session.commit()
        assert numbers(sessions, study) == sorted([dead.number, waiting.number])


def numbers(sessions: Sessions, study: Study) -> list[str]:
    with sessions.read() as session:
        found = worklist.waiting(
            session, session.get_one(Study, study.id), sites=None, now=NOW, sort=Sort.NUMBER
        )
        assert len({each.visit_id for each in found}) == len(found)
        return [each.number for each in found]


def test_a_reader_of_one_site_sees_nothing_of_another(sessions: Sessions) -> None:
    with sessions.write() as session:
        study = builders.study(session, NOW)
        for at in ("SHA", "BER"):
            builders.participant(session, NOW, of=study, at=at, anchor=NOW.date())
        session.commit()
        site = builders.site(session, study, "BER")
        found = worklist.waiting(session, study, sites=frozenset({site.id}), now=NOW)
        people = session.scalars(
            select(Participant.number).where(Participant.site_id == site.id)
        ).all()
        assert [each.number for each in found] == people
        other = worklist.waiting(
            session,
            study,
            sites=frozenset({site.id}),
            now=NOW,
            narrowing=Narrowing(site="SHA"),
        )
        assert other == []
