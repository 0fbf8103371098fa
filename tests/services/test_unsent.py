"""Which questionnaires begun on a tablet were not sent, as the worklist tells."""

from __future__ import annotations

from datetime import datetime, timedelta

from qol_app.domain import actor as actors
from qol_app.services import handovers, submission, unsent
from tests import builders
from tests.services.test_handovers import Ward
from tests.services.test_handovers import ward as ward

MINUTE = timedelta(minutes=1)


def told(ward: Ward, now: datetime, sites: frozenset[int] | None = None) -> list[tuple[str, str]]:
    """Tablet and study number of each row."""
    ward.session.flush()
    found = unsent.on_tablets(ward.session, ward.study, sites=sites, now=now)
    return [(each.tablet.name, each.participant.number) for each in found]


def test_a_visit_begun_on_a_tablet_is_told_once_nobody_holds_it_any_more(
    ward: Ward, now: datetime
) -> None:
    ward.hand_over(now)
    assert told(ward, now + 30 * MINUTE) == []  # nobody had passed the check
    ward.hand_over(now)
    ward.check(now)
    assert told(ward, now + MINUTE) == []
    number = ward.visit.participant.number
    assert told(ward, now + 30 * MINUTE) == [("Ward 3", number)]
    handovers.lock(ward.session, ward.tablet.id, by_itself=False, now=now + 2 * MINUTE)
    assert told(ward, now + 3 * MINUTE) == [("Ward 3", number)]


def test_it_tells_when_the_last_answer_came(ward: Ward, now: datetime) -> None:
    ward.hand_over(now)
    ward.check(now)
    later = now + 30 * MINUTE
    (before,) = unsent.on_tablets(ward.session, ward.study, sites=None, now=later)
    assert (before.begun_at, before.last_arrived_at) == (now, None)
    person = ward.visit.participant
    builders.answered(ward.session, now + MINUTE, person, "baseline", {"ENERGY": 2}, sent=False)
    (after,) = unsent.on_tablets(ward.session, ward.study, sites=None, now=later)
    assert after.last_arrived_at == now + MINUTE


def test_what_was_sent_or_has_closed_is_told_no_more(ward: Ward, now: datetime) -> None:
    handover = ward.hand_over(now)
    ward.check(now)
    assert told(ward, now + timedelta(days=60)) == []
    submission.submit_visit(
        ward.session, ward.visit, mode="patient", actor=actors.link(handover.link_id), now=now
    )
    assert told(ward, now + 30 * MINUTE) == []


def test_each_site_is_told_of_its_own_tablets(ward: Ward, now: datetime) -> None:
    ward.hand_over(now)
    ward.check(now)
    here = ward.tablet.site_id
    there = builders.site(ward.session, ward.study, "BER").id
    assert len(told(ward, now + 30 * MINUTE, frozenset({here}))) == 1
    assert told(ward, now + 30 * MINUTE, frozenset({there})) == []
