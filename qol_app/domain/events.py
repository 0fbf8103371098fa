"""The closed list of actions the audit knows. Every service action is one of these."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What was done, in the past tense."""

    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"
    ROLE_GRANTED = "role_granted"
    ROLE_WITHDRAWN = "role_withdrawn"
    USER_INVITED = "user_invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_REVOKED = "invitation_revoked"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_ENDED = "sign_in_ended"
    USER_UNLOCKED = "user_unlocked"
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of an action
    STUDY_LOADED = "study_loaded"
    PROTOCOL_AMENDED = "protocol_amended"
    WORDING_ACCEPTED = "wording_accepted"
    PARTICIPANT_ENROLLED = "participant_enrolled"
    PARTICIPANT_EVENT_RECORDED = "participant_event_recorded"
    MISSING_REASON_SET = "missing_reason_set"
    LINK_ISSUED = "link_issued"
    LINK_REVOKED = "link_revoked"
    SURVEY_STARTED = "survey_started"
    ANSWERS_SAVED = "answers_saved"
    RESPONSE_SUBMITTED = "response_submitted"
    RESPONSES_IMPORTED = "responses_imported"
    RESPONSE_SCORED = "response_scored"
    SCORING_FAILED = "scoring_failed"
    LANGUAGE_CHANGED = "language_changed"
    DISPLAY_CHANGED = "display_changed"
    ANSWERS_KEPT_ASIDE = "answers_kept_aside"
    STRAY_ANSWER_SETTLED = "stray_answer_settled"
    HELP_ASKED = "help_asked"
    HELP_SETTLED = "help_settled"
    CODE_REFUSED = "code_refused"
    WRONG_CODES_FORGOTTEN = "wrong_codes_forgotten"
    VISIT_POSTPONED = "visit_postponed"
    ALERT_RAISED = "alert_raised"
    ALERT_ESCALATED = "alert_escalated"
    ALERT_ACKNOWLEDGED = "alert_acknowledged"
    TABLET_REGISTERED = "tablet_registered"
    TABLET_RETIRED = "tablet_retired"
    TABLET_PIN_CHANGED = "tablet_pin_changed"
    TABLET_PIN_TRIED = "tablet_pin_tried"
    TABLET_UNLOCKED = "tablet_unlocked"
    TABLET_HANDED_OVER = "tablet_handed_over"
    TABLET_CHECKED = "tablet_checked"
    TABLET_LOCKED = "tablet_locked"
    MESSAGE_PLANNED = "message_planned"
    MESSAGE_SENDING = "message_sending"
    MESSAGE_SENT = "message_sent"
    MESSAGE_FAILED = "message_failed"
    MESSAGE_CANCELLED = "message_cancelled"
    MESSAGE_DELIVERED = "message_delivered"
    MESSAGE_BOUNCED = "message_bounced"
    MESSAGE_TEXT_CHANGED = "message_text_changed"
    GROUPS_OPENED = "groups_opened"
    DATA_DOWNLOADED = "data_downloaded"
    AUDIT_DOWNLOADED = "audit_downloaded"


class ParticipantEventKind(StrEnum):
    """Dated events of a participant. The first three end what is expected from then on."""

    DIED = "died"
    WITHDREW = "withdrew"
    PRO_STOPPED = "pro_stopped"
    LOST = "lost"
    """Lost to follow-up: forms stay expected, and nobody is written to."""


ENDINGS = frozenset(
    {ParticipantEventKind.DIED, ParticipantEventKind.WITHDREW, ParticipantEventKind.PRO_STOPPED}
)
"""Events after which no form is expected."""
