"""The words of the ledger as staff read them, and dates as they are written in records."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from qol_app.db.models import Postponement
from qol_app.domain.answers import ItemState
from qol_app.domain.compliance import FormStatus, WorkState
from qol_app.domain.eligibility import Refusal
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.helpers import Helper
from qol_app.domain.postponing import Reason
from qol_app.domain.recipients import Obstacle
from qol_app.domain.reminders import Kind
from qol_app.messaging import Reason as SendingReason
from qol_app.services import messages, receipts
from qol_app.services.outbox import MessageStatus
from qol_app.web.written import day as day
from qol_app.web.written import language_name as language_name
from qol_app.web.written import moment as moment

STATUSES = {
    FormStatus.NOT_DUE: _l("Not due yet"),
    FormStatus.OPEN: _l("Due"),
    FormStatus.PARTIAL: _l("Unfinished"),
    FormStatus.COMPLETE: _l("Answered"),
    FormStatus.MISSED: _l("Missed"),
    FormStatus.DECLINED: _l("Declined"),
    FormStatus.TOO_ILL: _l("Too ill"),
    FormStatus.TECHNICAL: _l("Technical failure"),
    FormStatus.DEAD: _l("Died"),
    FormStatus.WITHDRAWN: _l("Withdrew from the study"),
    FormStatus.PRO_STOPPED: _l("Questionnaires stopped"),
}

WORK = {
    WorkState.OVERDUE: _l("Overdue"),
    WorkState.CLOSING: _l("Closing"),
    WorkState.DUE: _l("Due"),
}

STARTED = _l("Started")
NOT_STARTED = _l("Not started")

KEYED = {
    1: _l("Keyed once; another person keys it again"),
    2: _l("Keyed twice; the differences are to be settled"),
}
"""How far the keying of a form has come that is not stored yet."""

EVENTS = {
    ParticipantEventKind.DIED: _l("Died"),
    ParticipantEventKind.WITHDREW: _l("Withdrew from the study"),
    ParticipantEventKind.PRO_STOPPED: _l("Stopped the questionnaires"),
    ParticipantEventKind.LOST: _l("Lost to follow-up"),
    ParticipantEventKind.TREATMENT: _l("Treatment"),
    ParticipantEventKind.PROGRESSION: _l("Progression"),
    ParticipantEventKind.STOMA: _l("Stoma"),
}

CHANNELS = {
    "screen": _l("Shown on screen"),
    "email": _l("E-mail"),
    "sms": _l("Text message"),
    "tablet": _l("Shared tablet"),
    "letter": _l("Letter"),
}

MESSAGES = {
    MessageStatus.PLANNED: _l("Waiting to be sent"),
    MessageStatus.SENDING: _l("Being sent"),
    MessageStatus.SENT: _l("Sent"),
    MessageStatus.DELIVERED: _l("Delivered"),
    MessageStatus.BOUNCED: _l("Came back"),
    MessageStatus.FAILED: _l("Not delivered"),
    MessageStatus.CANCELLED: _l("Cancelled"),
}

KINDS = {
    Kind.LINK: _l("Sent by staff"),
    Kind.INVITATION: _l("Invitation"),
    Kind.REMINDER: _l("Reminder"),
    Kind.LAST_CALL: _l("Last call"),
    Kind.AGAIN: _l("Asked again"),
}
"""The kinds of message to participants."""

PROBLEMS: dict[str, Any] = {
    SendingReason.RECIPIENT_REFUSED: _l("the address was refused"),
    SendingReason.SENDER_REFUSED: _l("the mail server refuses our sender"),
    SendingReason.SIGN_IN_REFUSED: _l("the server refuses our sign-in"),
    SendingReason.MAIL_REFUSED: _l("the mail server refused the mail"),
    SendingReason.GATEWAY_REFUSED: _l("the gateway refused the text message"),
    SendingReason.NOT_SECURE: _l("the connection was not secure"),
    SendingReason.NOT_SERVED: _l("this way of sending is not set up"),
    SendingReason.UNREACHABLE: _l("the server could not be reached"),
    SendingReason.INTERRUPTED: _l("the line broke; it may have arrived"),
    receipts.NO_RECEIPT: _l("the gateway says it did not arrive"),
    receipts.SAID_BY_STAFF: _l("staff say the address does not work"),
    messages.NOT_WANTED: _l("the visit was moved"),
    Refusal.TOO_EARLY: _l("the visit has not opened"),
    Refusal.CLOSED: _l("the visit has closed"),
    Refusal.SUBMITTED: _l("all forms had come"),
    Refusal.DIED: _l("died"),
    Refusal.WITHDRAWN: _l("withdrew from the study"),
    Refusal.PRO_STOPPED: _l("stopped the questionnaires"),
    Obstacle.LOST: _l("lost to follow-up"),
    Obstacle.REASON_GIVEN: _l("a reason for missing was given"),
    Obstacle.POSTPONED: _l("the visit was put off"),
    Obstacle.ASKED_TODAY: _l("another message went out on that day"),
    Obstacle.WANTS_PAPER: _l("wants paper"),
    Obstacle.NO_CONTACT: _l("no address on file"),
    Obstacle.OPTED_OUT: _l("wants no such messages"),
    Obstacle.ADDRESS_FAILED: _l("the address does not work"),
    Obstacle.NO_TEXT: _l("no text in this language"),
}
"""Why a message did not go out or did not arrive, as a part of a line."""


def message_kind(kind: str, number: int) -> str:
    """Return what a message is; reminders have numbers."""
    name = KINDS[Kind(kind)]
    return f"{name} {number}" if kind == Kind.REMINDER else str(name)


def problem(code: str | None) -> str:
    """Return why a message did not go out or arrive; empty where there is nothing to say."""
    return str(PROBLEMS[code]) if code in PROBLEMS else ""


ITEMS = {
    ItemState.ANSWERED: _l("Answered"),
    ItemState.DECLINED: _l("Preferred not to answer"),
    ItemState.NOT_APPLICABLE: _l("Said it does not apply"),
    ItemState.BLANK: _l("Left blank"),
    ItemState.NEVER_SEEN: _l("Not seen"),
}

HELPERS = {
    Helper.ALONE: _l("The patient answered alone."),
    Helper.READ_ALOUD: _l("Someone read the questions to the patient."),
    Helper.WROTE_DOWN: _l("Someone wrote down the patient's answers."),
    Helper.ANSWERED_FOR: _l("Someone answered for the patient."),
}

SOURCES = {
    "paper": _l("Keyed from a paper form."),
    "interview": _l("Keyed from an interview."),
    "import": _l("Imported."),
}
"""Where a form came from that its patient did not answer here."""

KEYED_DECLINED = _l("- · preferred not to answer")
KEYED_NOT_APPLICABLE = _l("/ · does not apply")
"""What was keyed instead of an answer."""

KEYED_FACTS = {
    "source": _l("What is keyed"),
    "answered_on": _l("Day it was answered"),
    "language": _l("Language of the form"),
    "helper": _l("Who helped"),
}

WAITS = {
    Reason.TOO_ILL: _l("too ill"),
    Reason.ANOTHER_TIME: _l("another time suits better"),
}
"""Why a visit waits, as a part of a line."""

REMARKS = {
    "prorated": _l("from fewer items"),
    "out_of_range": _l("outside its range"),
    "unconfirmed": _l("unconfirmed scoring"),
}
"""What stands beside a score, in short."""

_MARKS = {
    FormStatus.NOT_DUE: "not_due",
    FormStatus.OPEN: "open",
    FormStatus.PARTIAL: "partial",
    FormStatus.COMPLETE: "complete",
    FormStatus.MISSED: "missed",
}


def mark(status: FormStatus, work: WorkState | None = None, *, started: bool = False) -> str:
    """Return the kind of mark beside a status, as ``components/tables.html`` names it."""
    if work is WorkState.DUE and started:
        return "partial"
    return work.value if work is not None else _MARKS.get(status, "ended")


def status(status: FormStatus, work: WorkState | None = None, *, started: bool = False) -> str:
    """Return the word of a status; an open form says how urgent it is, or that it was started."""
    if work is WorkState.DUE and started:
        return str(STARTED)
    return str(WORK[work] if work is not None else STATUSES[status])


def waits(postponement: Postponement) -> str:
    """Return until when a visit waits and why."""
    until, why = day(postponement.until_on), WAITS[Reason(postponement.reason)]
    return str(_("Asked to wait until %(day)s: %(why)s", day=until, why=why))
