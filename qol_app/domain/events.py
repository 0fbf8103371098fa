"""The closed list of actions the audit knows. Every service action is one of these."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What was done, in the past tense."""

    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"
    ROLE_GRANTED = "role_granted"
    STUDY_LOADED = "study_loaded"
    PROTOCOL_AMENDED = "protocol_amended"
    WORDING_ACCEPTED = "wording_accepted"
    PARTICIPANT_ENROLLED = "participant_enrolled"
    PARTICIPANT_EVENT_RECORDED = "participant_event_recorded"
    LINK_ISSUED = "link_issued"
    LINK_REVOKED = "link_revoked"
    SURVEY_STARTED = "survey_started"
    ANSWERS_SAVED = "answers_saved"
    RESPONSE_SUBMITTED = "response_submitted"
    RESPONSES_IMPORTED = "responses_imported"
    RESPONSE_SCORED = "response_scored"
    SCORING_FAILED = "scoring_failed"
    LANGUAGE_CHANGED = "language_changed"
    MESSAGE_PLANNED = "message_planned"
    MESSAGE_SENDING = "message_sending"
    MESSAGE_SENT = "message_sent"
    MESSAGE_FAILED = "message_failed"
    MESSAGE_CANCELLED = "message_cancelled"
    GROUPS_OPENED = "groups_opened"
    DATA_DOWNLOADED = "data_downloaded"


class ParticipantEventKind(StrEnum):
    """Dated events of a participant that change what is expected from then on."""

    DIED = "died"
    WITHDREW = "withdrew"
    PRO_STOPPED = "pro_stopped"
