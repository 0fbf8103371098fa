"""States of staff's pages by name, and how to bring a browser there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from playwright.sync_api import FilePayload, expect
from sqlalchemy.orm import Session

from qol_app.db.models import Visit
from qol_app.domain import actor as actors
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.postponing import Delay, Reason
from qol_app.domain.roles import Role
from qol_app.services import enrolment, help_requests, links, opened, patient_answers, postponements
from qol_app.services.responses import Answer
from tests import builders
from tests.e2e import accounts_stage
from tests.e2e.stage import Stage
from tests.e2e.tablet_states import handed_over

WATCHED = "with-alerts"


def study(code: str, page: str) -> str:
    return f"/studies/{code}/{page}"


def alarm(session: Session, visit: Visit, now: datetime) -> None:
    """The patient answers item 9 of the PHQ-9 with 2."""
    token = builders.link(session, now, visit)
    found = opened.by_token(session, token)
    response = next(
        each for each in found.visit.responses if each.form_version.instrument_id == "phq-9"
    )
    patient_answers.save(
        session,
        found.visit,
        response,
        [Answer(event_id=f"{visit.id}-q9", item="q9", value=2, answered_at=now)],
        wording=opened.wording(session, response, "en"),
        actor=actors.link(found.link_id),
        now=now,
    )


def call(session: Session, visit: Visit, now: datetime) -> None:
    """The patient opens a link that was revoked and tells the clinic."""
    token = builders.link(session, now, visit)
    links.revoke(session, visit, actor=builders.COMMAND, now=now)
    session.flush()
    assert help_requests.ask(session, opened.by_token(session, token), now=now)


def put_off(session: Session, visit: Visit, now: datetime) -> None:
    """The patient feels too ill today."""
    postponements.postpone(
        session, visit, Delay.IN_3_DAYS, Reason.TOO_ILL, actor=builders.COMMAND, now=now
    )


def happened(stage: Stage, *what: Callable[..., None], of: str = "example") -> str:
    """Let this happen, each to a new participant; sign in, and return the last one's number."""
    now = datetime.now(UTC)
    with stage.app.extensions["sessions"].write() as session:
        for each in what or (lambda *_: None,):
            visit = stage.visit(session, study=of)
            each(session, visit, now)
            number = visit.participant.number
        session.commit()
    stage.sign_in(of)
    return number


def sign_in(stage: Stage) -> None:
    stage.go("/sign-in")


def worklist(stage: Stage) -> None:
    happened(stage, alarm, call, put_off, of=WATCHED)
    stage.go(study(WATCHED, "worklist"))


def why_missing(stage: Stage) -> None:
    number = happened(stage)
    stage.go(study("example", f"participants/{number}/visits/baseline/missing"))


def why_missing_mistake(stage: Stage) -> None:
    why_missing(stage)
    stage.page.locator("[name=reason][value=other]").check()
    stage.page.locator("main form .button--primary").click()
    expect(stage.page.locator(".field__error").first).to_be_visible()


def closed(stage: Stage) -> None:
    """The worklist with a visit that closed without answers."""
    with stage.app.extensions["sessions"].write() as session:
        stage.visit(session, opens_in=-60)
        session.commit()
    happened(stage)
    stage.go(study("example", "worklist"))


def completion(stage: Stage) -> None:
    closed(stage)
    stage.go(study("example", "completion"))


def participants(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "participants"))


def participants_none(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "participants?q=nobody"))


def participant(stage: Stage) -> None:
    number = happened(stage, put_off)
    stage.go(study("example", f"participants/{number}"))


def audit(stage: Stage) -> None:
    happened(stage, put_off)
    stage.sign_in_as(Role.MONITOR)
    stage.go(study("example", "audit"))


def texts(stage: Stage) -> None:
    happened(stage)
    stage.sign_in_as(Role.COORDINATOR)
    stage.go(study("example", "texts"))


def text(stage: Stage) -> None:
    texts(stage)
    stage.page.locator("main tbody a").first.click()
    expect(stage.page.locator("main textarea").first).to_be_visible()


def text_mistake(stage: Stage) -> None:
    text(stage)
    stage.page.locator("main textarea").first.fill("Hello {name}")
    stage.page.locator("main form .button--primary").first.click()
    expect(stage.page.locator(".field__error").first).to_be_visible()


def enrol(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "participants/new"))


def answers(stage: Stage) -> None:
    number = happened(
        stage,
        lambda session, visit, now: builders.answered(
            session, now, visit.participant, "baseline", {"ENERGY": 4, "COMFORT": 7}
        ),
    )
    stage.go(study("example", f"participants/{number}/visits/baseline/answers"))


def link(stage: Stage) -> None:
    participant(stage)
    stage.page.locator("form[action$='/link'] button").first.click()
    expect(stage.page.locator("main svg").first).to_be_visible()


def alerts(stage: Stage) -> None:
    happened(stage, alarm, of=WATCHED)
    stage.go(study(WATCHED, "alerts"))


def alert(stage: Stage) -> None:
    alerts(stage)
    stage.page.locator("main tbody a").first.click()
    expect(stage.page.locator("[name=note]")).to_be_visible()


def alert_acknowledged(stage: Stage) -> None:
    alert(stage)
    stage.page.locator("[name=note]").fill("Rang up; the doctor sees him this afternoon.")
    stage.page.locator("main form .button--primary").click()
    expect(stage.page.locator("[name=note]")).to_have_count(0)


def no_tablet(stage: Stage) -> None:
    stage.go("/tablet")


def hand_over(stage: Stage) -> None:
    handed_over(stage)
    number = happened(stage)
    stage.go(study("example", f"participants/{number}/hand-over"))


def tablets(stage: Stage) -> None:
    handed_over(stage)
    happened(stage)
    stage.go(study("example", "tablets"))


def tablet(stage: Stage) -> None:
    tablets(stage)
    stage.page.locator("main tbody a").first.click()
    expect(stage.page.locator("#pin")).to_be_visible()


def code_awaited(stage: Stage) -> None:
    user = accounts_stage.with_password(stage, has_app=True)
    accounts_stage.give_password(stage, user)
    expect(stage.page.locator("#code")).to_be_visible()


def sign_in_wrong(stage: Stage) -> None:
    accounts_stage.give_password(stage, accounts_stage.with_password(stage), "not this one")
    expect(stage.page.locator(".notice--danger")).to_be_visible()


def forgotten_password(stage: Stage) -> None:
    stage.go("/forgotten-password")


def mail_on_its_way(stage: Stage) -> None:
    stage.go("/forgotten-password")
    stage.page.locator("#email").fill("nobody@example.org")
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator(".notice--info")).to_be_visible()


def new_password_link(stage: Stage) -> None:
    stage.go(accounts_stage.reset_link(stage))


def new_password(stage: Stage) -> None:
    new_password_link(stage)
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator("#again")).to_be_visible()


def account(stage: Stage) -> None:
    happened(stage)
    accounts_stage.other_browsers(stage)
    stage.go("/account")


def change_password(stage: Stage) -> None:
    happened(stage)
    stage.go("/account/password")


def second_factor(stage: Stage) -> None:
    happened(stage)
    stage.go("/account/second-factor")


def second_factor_set_up(stage: Stage) -> None:
    second_factor(stage)
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator("#code")).to_be_visible()


def second_factor_codes(stage: Stage) -> None:
    second_factor_set_up(stage)
    accounts_stage.confirm_app(stage)
    expect(stage.page.locator(".recovery-codes")).to_be_visible()


def second_factor_in_use(stage: Stage) -> None:
    stage.enter(accounts_stage.with_password(stage, has_app=True))
    stage.go("/account/second-factor")


def password_again(stage: Stage) -> None:
    stage.enter(accounts_stage.with_password(stage, has_app=True), minutes_ago=20)
    stage.go("/account/second-factor")
    stage.page.locator("form[action$='recovery-codes'] button").click()
    expect(stage.page.locator("#password")).to_be_visible()


def invitation(stage: Stage) -> None:
    stage.go(accounts_stage.invitation_link(stage))


def invitation_accepting(stage: Stage) -> None:
    invitation(stage)
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator("#again")).to_be_visible()


def invitation_over(stage: Stage) -> None:
    stage.go("/invitation/nonsense")


def users(stage: Stage) -> None:
    accounts_stage.administrator(stage)
    accounts_stage.invitation_link(stage)
    accounts_stage.shut(stage)
    stage.go(study("example", "users"))


def user(stage: Stage) -> None:
    accounts_stage.administrator(stage)
    stage.go(study("example", f"users/{accounts_stage.shut(stage)}"))


def invite(stage: Stage) -> None:
    accounts_stage.administrator(stage)
    stage.go(study("example", "users/invite"))


def course(session: Session, visit: Visit, now: datetime) -> None:
    """A treatment, a death by mistake, and answers."""
    person, day = visit.participant, now.date()
    happened_to = partial(
        enrolment.record_event, session, person, happened_on=day, actor=builders.COMMAND, now=now
    )
    happened_to(ParticipantEventKind.TREATMENT, note="TACE 2")
    died = happened_to(ParticipantEventKind.DIED)
    session.flush()
    enrolment.strike_event(
        session, person, died.id, reason="Another patient", actor=builders.COMMAND, now=now
    )
    builders.answered(session, now, person, "baseline", {"ENERGY": 4}, sent=False)
    builders.link(session, now, visit)


def participant_course(stage: Stage) -> None:
    number = happened(stage, course)
    stage.go(study("example", f"participants/{number}"))


def participant_edit(stage: Stage) -> None:
    number = happened(stage, course)
    stage.go(study("example", f"participants/{number}/edit"))


def participant_moves(stage: Stage) -> None:
    participant_edit(stage)
    later = datetime.now(UTC).date() + timedelta(days=30)
    stage.page.locator("#anchor_date").fill(later.isoformat())
    stage.page.locator("#reason").fill("Typed wrongly")
    stage.page.locator("main form .button--primary").click()
    expect(stage.page.locator("#moves")).to_be_visible()


def strike_event(stage: Stage) -> None:
    participant_course(stage)
    stage.page.locator(".course__strike").first.click()
    expect(stage.page.locator("#reason")).to_be_visible()


def contact_empty(stage: Stage) -> None:
    number = happened(stage)
    stage.go(study("example", f"participants/{number}/contact"))


def contact_mistake(stage: Stage) -> None:
    contact_empty(stage)
    stage.page.locator("#phone").fill("0551-63601234")
    stage.page.locator("main form .button--primary").click()
    expect(stage.page.locator("#phone-error")).to_be_visible()


def contact_filed(stage: Stage) -> None:
    contact_empty(stage)
    stage.page.locator("#phone").fill("138 0013 8000")
    stage.page.locator("#consented_on").fill(datetime.now(UTC).date().isoformat())
    stage.page.locator("main form .button--primary").click()
    expect(stage.page.locator(".record")).to_be_visible()
    stage.page.locator("a[href$='/contact']").click()
    expect(stage.page.locator(".people-filed")).to_be_visible()


def import_file(stage: Stage) -> None:
    happened(stage)
    stage.go(study("example", "participants/import"))


def _chosen(stage: Stage, *rows: str) -> None:
    import_file(stage)
    head = "Site,Group,Anchor date,Language,Year of birth,Mobile phone,Consent to contact"
    content = "\n".join([head, *rows]).encode()
    file = FilePayload(name="people.csv", mimeType="text/csv", buffer=content)
    stage.page.locator("#file").set_input_files(file)
    stage.page.locator("main form .button--primary").click()


def import_mistakes(stage: Stage) -> None:
    _chosen(stage, "BER,A,2026-02-30,en,51,,", "PAR,C,2026-03-05,fr,1951,0551-63601234,")
    expect(stage.page.locator("#mistakes")).to_be_visible()


def import_preview(stage: Stage) -> None:
    day = datetime.now(UTC).date().isoformat()
    _chosen(stage, f"BER,A,{day},en,1951,138 0013 8000,{day}", f"柏林,B组,{day},中文,1944,,")
    expect(stage.page.locator("#to-enrol")).to_be_visible()


def calendar(stage: Stage) -> None:
    happened(stage, course)
    stage.go(study("example", "calendar"))


STATES: dict[str, Callable[[Stage], None]] = {
    f"staff-{state.__name__.replace('_', '-')}": state
    for state in (
        sign_in,
        worklist,
        closed,
        why_missing,
        why_missing_mistake,
        completion,
        participants,
        participants_none,
        participant,
        audit,
        texts,
        text,
        text_mistake,
        enrol,
        answers,
        link,
        alerts,
        alert,
        no_tablet,
        alert_acknowledged,
        hand_over,
        tablets,
        tablet,
        code_awaited,
        sign_in_wrong,
        forgotten_password,
        mail_on_its_way,
        new_password_link,
        new_password,
        account,
        change_password,
        second_factor,
        second_factor_set_up,
        second_factor_codes,
        second_factor_in_use,
        password_again,
        invitation,
        invitation_accepting,
        invitation_over,
        users,
        user,
        invite,
        participant_course,
        participant_edit,
        participant_moves,
        strike_event,
        contact_empty,
        contact_mistake,
        contact_filed,
        import_file,
        import_mistakes,
        import_preview,
        calendar,
    )
}
"""Each state's name with the function that reaches it."""
