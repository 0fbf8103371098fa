"""A participant's history in words: what was done, by whom, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from qol_app.db.models import Participant
from qol_app.domain.actor import ActorKind
from qol_app.domain.events import Action, ParticipantEventKind
from qol_app.domain.study import Protocol
from qol_app.services.history import Entry
from qol_app.web.navigation import in_words
from qol_app.web.staff import words

ACTIONS = {
    Action.PARTICIPANT_ENROLLED: _l("Enrolled in the study"),
    Action.PARTICIPANT_CHANGED: _l("Details changed"),
    Action.PARTICIPANT_EVENT_STRUCK: _l("Event struck out"),
    Action.CONTACT_CHANGED: _l("Contact details changed"),
    Action.CONTACT_VIEWED: _l("Contact details looked at"),
    Action.CONTACT_ERASED: _l("Contact details erased"),
    Action.SUBJECT_EXPORTED: _l("All data taken out"),
    Action.MISSING_REASON_SET: _l("Reason for missing given"),
    Action.FORM_KEYED: _l("Paper form keyed"),
    Action.SCAN_ADDED: _l("Scan added"),
    Action.SCAN_VIEWED: _l("Scan looked at"),
    Action.ANSWER_CORRECTED: _l("Answer corrected"),
    Action.QUERY_RAISED: _l("Query raised"),
    Action.QUERY_ANSWERED: _l("Query answered"),
    Action.QUERY_CLOSED: _l("Query closed"),
    Action.QUERY_REOPENED: _l("Query reopened"),
    Action.LINK_ISSUED: _l("Link made"),
    Action.LINK_REVOKED: _l("Links withdrawn"),
    Action.SURVEY_STARTED: _l("Link opened"),
    Action.ANSWERS_SAVED: _l("Answers saved"),
    Action.RESPONSE_SUBMITTED: _l("Questionnaire sent"),
    Action.RESPONSE_SCORED: _l("Scored"),
    Action.SCORING_FAILED: _l("Scoring failed"),
    Action.LANGUAGE_CHANGED: _l("Language changed"),
    Action.DISPLAY_CHANGED: _l("Display changed"),
    Action.ANSWERS_KEPT_ASIDE: _l("Late answers kept aside"),
    Action.STRAY_ANSWER_SETTLED: _l("Late answer settled"),
    Action.HELP_ASKED: _l("Asked the clinic to call"),
    Action.HELP_SETTLED: _l("Call settled"),
    Action.VISIT_POSTPONED: _l("Visit put off"),
    Action.ALERT_RAISED: _l("Alert raised"),
    Action.ALERT_ESCALATED: _l("Alert passed on"),
    Action.ALERT_ACKNOWLEDGED: _l("Alert acknowledged"),
    Action.TABLET_HANDED_OVER: _l("Tablet handed over"),
    Action.TABLET_CHECKED: _l("Confirmed on the tablet"),
    Action.MESSAGE_PLANNED: _l("Message planned"),
    Action.MESSAGE_SENT: _l("Message sent"),
    Action.MESSAGE_FAILED: _l("Message not delivered"),
    Action.MESSAGE_CANCELLED: _l("Message cancelled"),
    Action.MESSAGE_DELIVERED: _l("Message delivered"),
    Action.MESSAGE_BOUNCED: _l("Message came back"),
}
"""What was done about a participant. Others are named by their word in the audit."""

ACTORS = {
    ActorKind.LINK: _l("the patient"),
    ActorKind.JOB: _l("the system"),
    ActorKind.COMMAND: _l("the system"),
    ActorKind.TABLET: _l("the shared tablet"),
    ActorKind.ANYONE: _l("somebody unknown"),
}


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One line of a participant's history."""

    on: str
    time: str
    what: str
    visit: str
    who: str
    why: str
    kind: str
    """``event``, ``patient`` or ``staff``: what the mark beside it shows."""
    is_struck: bool


def row(protocol: Protocol, participant: Participant, entry: Entry) -> HistoryRow:
    """Return one entry in words."""
    if entry.event is not None:
        what = str(words.EVENTS[ParticipantEventKind(entry.event.kind)])
        why, struck = entry.event.note or "", entry.event.struck_at is not None
        return HistoryRow(
            on=words.day(entry.on), time="", what=what, visit="", who=_who(entry), why=why,
            kind="event", is_struck=struck,
        )  # fmt: skip
    zone = ZoneInfo(participant.site.timezone)
    names = {visit.code: in_words(visit.name) for visit in protocol.schedule.visits}
    return HistoryRow(
        on=words.day(entry.on),
        time=entry.at.astimezone(zone).strftime("%H:%M"),
        what=_what(entry),
        visit=names.get(entry.visit or "", ""),
        who=_who(entry),
        why=entry.reason,
        kind="patient" if entry.actor_kind is ActorKind.LINK else "staff",
        is_struck=False,
    )


def _what(entry: Entry) -> str:
    told = str(ACTIONS.get(entry.action, entry.action)) if entry.action else ""
    return (
        str(_("%(what)s, %(times)s times", what=told, times=entry.times))
        if entry.times > 1
        else told
    )


def _who(entry: Entry) -> str:
    if entry.actor_kind is None or entry.actor_kind is ActorKind.USER:
        return entry.actor_name
    return str(ACTORS[entry.actor_kind])
