"""A rehearsal is plausible, repeatable, fits any protocol, and never touches a real study."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import questionnaires
import scoring
from qol_app.db.audit import verify
from qol_app.db.models import AnswerEvent, AuditEvent, Contact, Participant, Response, Score, Visit
from qol_app.db.session import Sessions
from qol_app.db.vault import Vault
from qol_app.domain import actor as actors
from qol_app.domain.answers import check, visible_items
from qol_app.domain.compliance import FormFacts, FormStatus, form_status, work_state
from qol_app.domain.errors import Conflict, NotPermitted
from qol_app.domain.schedule import today_at, window
from qol_app.domain.study import Protocol, Purpose
from qol_app.domain.study_file import read
from qol_app.services import participants, studies
from qol_app.services.rehearsal import Simulated, create
from qol_app.services.rehearsal.course import Person, cohort
from qol_app.services.rehearsal.items import FormModel, directions, draw_form
from qol_app.services.rehearsal.latent import draw_effects, draw_trajectory

STUDIES = Path(__file__).parents[2] / "studies"
NCT = read(STUDIES / "nct06449937.toml")
EXAMPLE = read(STUDIES / "example.toml")
VAULT = Vault({"k1": b64encode(b"k" * 32).decode()})
INSTRUMENTS = ("eortc-qlq-c30", "eortc-qlq-lmc21", "eq-5d-5l", "daily-life-check")
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def load(sessions: Sessions, protocol: Protocol, purpose: Purpose = Purpose.REHEARSAL) -> None:
    with sessions.write() as session:
        studies.load(session, protocol, purpose=purpose, actor=actors.command("test"), now=NOW)
        session.commit()


def simulate(
    sessions: Sessions, protocol: Protocol, *, seed: int = 1, count: int | None = 8
) -> tuple[Simulated, list[tuple[int, int]]]:
    load(sessions, protocol)
    told: list[tuple[int, int]] = []
    done = create(
        sessions,
        protocol.id,
        vault=VAULT,
        seed=seed,
        now=NOW,
        participants=count,
        progress=lambda step, steps: told.append((step, steps)),
    )
    return done, told


def stored(session: Session, code: str) -> list[tuple[object, ...]]:
    """Everything that was simulated, without the ids of rows."""
    query = (
        select(
            Participant.number,
            Participant.group_code,
            Participant.anchor_date,
            Participant.birth_year,
            Visit.code,
            Response.instrument_id,
            Response.answered_on,
            Response.submitted_at,
            Response.answers,
        )
        .join(Visit, Visit.id == Response.visit_id)
        .join(Participant, Participant.id == Visit.participant_id)
        .where(Participant.study_id == studies.find(session, code).id)
        .order_by(Participant.number, Visit.number, Response.position)
    )
    return [tuple(row) for row in session.execute(query)]


def lived(person: Person) -> tuple[object, ...]:
    return (person.enrolled_at, person.anchor, person.site, person.happenings, person.sittings)


def states(protocol: Protocol, people: tuple[Person, ...]) -> list[tuple[Person, str, str, bool]]:
    """Person, status, work state ("" if none) and whether begun, for every planned visit."""
    found = []
    for person in people:
        zone = protocol.site(person.site).zone
        sittings = {sitting.visit: sitting for sitting in person.sittings}
        for visit in protocol.schedule.visits:
            sitting, dates = sittings.get(visit.code), window(visit, person.anchor)
            sent = sitting is not None and sitting.reached == 1
            facts = FormFacts(
                started=sitting is not None,
                submitted_on=today_at(zone, sitting.started_at) if sitting and sent else None,
                any_answer=sitting is not None,
            )
            today = today_at(zone, NOW)
            status = form_status(dates, facts, person.facts, today)
            work = work_state(dates, facts, person.facts, today)
            found.append((person, status.value, work.value if work else "", sitting is not None))
    return found


def drawn(model: FormModel, healths: list[float], seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        model.answers(health=health, traits=model.draw_traits(rng), language="en", rng=rng)
        for health in healths
    ]
    return pd.DataFrame(rows, columns=[item.id for item in model.questionnaire.items])


def form(instrument: str) -> FormModel:
    options = {"value_set": "China"} if instrument == "eq-5d-5l" else {}
    return draw_form(questionnaires.load(instrument), options, np.random.default_rng(3))


def test_the_same_seed_gives_the_same_study_and_another_seed_does_not(sessions: Sessions) -> None:
    again = EXAMPLE.model_copy(update={"id": "example-again"})
    other = EXAMPLE.model_copy(update={"id": "example-other"})
    first, _ = simulate(sessions, EXAMPLE, seed=1)
    assert simulate(sessions, again, seed=1)[0] == first
    simulate(sessions, other, seed=2)
    with sessions.read() as session:
        assert stored(session, "example") == stored(session, "example-again")
        assert stored(session, "example") != stored(session, "example-other")


def test_a_small_study_is_enrolled_answered_scored_and_audited(sessions: Sessions) -> None:
    done, told = simulate(sessions, EXAMPLE, count=None)
    assert done.participants == 20
    assert told[-1][0] == told[-1][1] > 20
    with sessions.read() as session:
        sent = session.scalars(select(Response).where(Response.submitted_at.is_not(None))).all()
        assert len(sent) == done.visits_answered > 20
        assert all(response.scored_at is not None for response in sent)
        assert {response.mode for response in sent} == {"patient"}
        assert session.scalar(select(func.count(AnswerEvent.id))) == done.answers
        assert session.scalar(select(func.count(Score.id))) == 3 * done.scored
        assert set(session.scalars(select(AnswerEvent.actor_kind))) == {"command"}
        assert verify(session).broken_id is None
        actions = Counter(session.scalars(select(AuditEvent.action)))
        assert actions["participant_enrolled"] == 20
        assert actions["response_submitted"] == done.visits_answered


def test_the_ledger_of_a_trial_with_deaths_is_real(sessions: Sessions) -> None:
    done, _ = simulate(sessions, NCT, seed=1, count=10)
    assert done.participants == 10
    assert done.deaths > 0
    with sessions.read() as session:
        study = studies.find(session, NCT.id)
        assert len(stored(session, NCT.id)) == 10 * 9 * 3
        assert len({number for number, *_ in stored(session, NCT.id)}) == 10
        for person in session.scalars(select(Participant)):
            ends = [event.happened_on for event in person.events]
            for visit in participants.visits(session, person):
                for response in visit.responses:
                    check_response(response, visit, min(ends, default=date.max))
        assert study.purpose == "rehearsal"
        for contact in session.scalars(select(Contact)):
            opened = VAULT.open(
                contact.key_id, contact.sealed, participant_id=contact.participant_id
            )
            assert opened.get("email", "@example.org").endswith("@example.org")
            assert opened.get("phone", "+12025550").startswith("+12025550")


def check_response(response: Response, visit: Visit, end: date) -> None:
    if response.answered_on is not None:
        assert visit.opens_on <= response.answered_on <= visit.closes_on
        assert response.answered_on < end
        assert response.scoring_problem is None
    if response.started_at is not None:
        assert response.started_at.date() < min(end, NOW.date())


def test_a_real_study_is_never_filled(sessions: Sessions) -> None:
    load(sessions, EXAMPLE, Purpose.REAL)
    with pytest.raises(NotPermitted, match="real participants"):
        simulate(sessions, EXAMPLE)
    with sessions.read() as session:
        assert session.scalar(select(func.count(Participant.id))) == 0


def test_a_study_with_participants_is_left_alone(sessions: Sessions) -> None:
    simulate(sessions, EXAMPLE, count=3)
    with pytest.raises(Conflict, match="3 participants already"):
        simulate(sessions, EXAMPLE, count=3)
    with sessions.read() as session:
        assert session.scalar(select(func.count(Participant.id))) == 3


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_status_occurs_and_today_has_work_for_the_staff(seed: int) -> None:
    found = states(NCT, cohort(NCT, seed=seed, now=NOW, participants=130))
    statuses = Counter(status for _, status, _, _ in found)
    without_services = {FormStatus.DECLINED, FormStatus.TOO_ILL, FormStatus.TECHNICAL}
    assert set(statuses) == set(FormStatus) - without_services
    assert statuses["complete"] > 400
    work = [(person.site, begun) for person, _, state, begun in found if state]
    assert len(work) >= 10
    assert len({site for site, _ in work}) >= 4
    assert sum(begun for _, begun in work) >= 2


def test_everybody_fits_the_protocol() -> None:
    people = cohort(NCT, seed=1, now=NOW, participants=130)
    assert {person.site for person in people} == {"S01", "S02", "S03", "S04", "S05", "S06"}
    assert Counter(person.group for person in people) == {"I": 65, "II": 65}
    languages = Counter(person.language for person in people)
    assert languages["zh-Hans"] > 100
    assert languages["en"] > 0
    assert 0.45 < sum(person.email is not None for person in people) / 130 < 0.75
    ages = [person.enrolled_at.year - person.birth_year for person in people]
    assert min(ages) >= 18
    assert max(ages) <= 80
    assert 55 <= np.median(ages) <= 65
    first = people[0].enrolled_at
    assert timedelta(days=700) < NOW - first < timedelta(days=800)
    assert all(0 <= (person.anchor - person.enrolled_at.date()).days <= 10 for person in people)


def test_nobody_answers_after_an_end_or_before_enrolment_or_today() -> None:
    for person in cohort(NCT, seed=4, now=NOW, participants=130):
        ends = [happening.happened_on for happening in person.happenings]
        today = today_at(NCT.site(person.site).zone, NOW)
        for sitting in person.sittings:
            day = today_at(NCT.site(person.site).zone, sitting.started_at)
            assert person.enrolled_at < sitting.started_at
            assert day < min([*ends, today])
        for happening in person.happenings:
            assert happening.happened_on <= happening.recorded_at.date() <= today


def test_a_cohort_depends_on_the_date_and_not_on_the_time_of_day() -> None:
    morning = cohort(NCT, seed=1, now=NOW, participants=12)
    evening = cohort(NCT, seed=1, now=NOW + timedelta(hours=12), participants=12)
    tomorrow = cohort(NCT, seed=1, now=NOW + timedelta(days=1), participants=12)
    assert [lived(person) for person in morning] == [lived(person) for person in evening]
    assert [lived(person) for person in morning] != [lived(person) for person in tomorrow]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize("health", [3.0, 0.0, -4.0])
def test_every_answer_is_allowed_and_asked_for(instrument: str, health: float) -> None:
    model, rng = form(instrument), np.random.default_rng(2)
    for _ in range(30):
        traits = model.draw_traits(rng)
        answers = model.answers(health=health, traits=traits, language="zh-Hans", rng=rng)
        assert tuple(answers) == visible_items(model.questionnaire, answers)
        for item, value in answers.items():
            assert check(model.questionnaire.item(item), value) == value


def test_scales_say_which_answer_is_the_better_one() -> None:
    qlq = directions(questionnaires.load("eortc-qlq-c30"), {})
    assert {qlq[f"q{number}"] for number in range(1, 29)} == {-1}
    assert (qlq["q29"], qlq["q30"]) == (1, 1)
    eq5d = directions(questionnaires.load("eq-5d-5l"), {"value_set": "China"})
    assert eq5d == {"MO": -1, "SC": -1, "UA": -1, "PD": -1, "AD": -1, "VAS": 1}
    own = directions(questionnaires.load("daily-life-check"), {})
    assert (own["ENERGY"], own["MOOD"], own["SUPPORT"], own["REMARK"]) == (1, 1, 0, 0)


def test_few_items_are_blank_and_the_last_one_more_often() -> None:
    frame = drawn(form("eortc-qlq-lmc21"), [0.0] * 600)
    assert 0.008 < frame.iloc[:, :-1].isna().to_numpy().mean() < 0.022
    assert 0.025 < frame.iloc[:, -1].isna().mean() < 0.075


def test_items_of_one_scale_agree_more_than_items_of_two() -> None:
    rng = np.random.default_rng(8)
    frame = drawn(form("eortc-qlq-c30"), list(rng.normal(0, 0.7, 1500)))
    related = frame.astype("float64").corr()
    within = np.mean([related.loc["q21", "q22"], related.loc["q1", "q2"], related.loc["q6", "q7"]])
    across = np.mean([related.loc["q21", "q1"], related.loc["q22", "q6"], related.loc["q2", "q7"]])
    assert 0.2 < across < within < 0.8


def test_the_dying_decline_and_their_symptoms_worsen() -> None:
    rng = np.random.default_rng(6)
    effects = draw_effects(["S"], ["G"], randomised=True, rng=rng)
    courses = [
        draw_trajectory(effects, site="S", group="G", days=400, rng=rng).dying(365)
        for _ in range(200)
    ]
    model = form("eortc-qlq-c30")
    early = scoring.score(model.questionnaire, drawn(model, [c.at(0) for c in courses])).mean()
    late = scoring.score(model.questionnaire, drawn(model, [c.at(350) for c in courses])).mean()
    assert late["FA"] > early["FA"] + 20
    assert late["PA"] > early["PA"] + 20
    assert late["PF2"] < early["PF2"] - 20
    assert late["QL2"] < early["QL2"] - 20
    assert 60 < early["QL2"] < 80


def test_the_dip_after_the_start_of_treatment_passes() -> None:
    rng = np.random.default_rng(6)
    effects = draw_effects(["S"], ["G"], randomised=True, rng=rng)
    courses = [draw_trajectory(effects, site="S", group="G", days=400, rng=rng) for _ in range(300)]
    mean = {day: np.mean([course.at(day) for course in courses]) for day in (0, 60, 300)}
    assert mean[60] < mean[0] - 0.3
    assert mean[60] < mean[300]
