"""All tables. Identity and version are different tables; events are never changed."""

from qol_app.db.models.base import Base
from qol_app.db.models.log import AuditEvent
from qol_app.db.models.people import Contact, Grant, Participant, ParticipantEvent, Role, User
from qol_app.db.models.study import (
    FormVersion,
    Instrument,
    ProtocolVersion,
    Site,
    Study,
    WordingVersion,
)
from qol_app.db.models.survey import AnswerEvent, Message, Response, Score, SurveyLink, Visit

__all__ = [
    "AnswerEvent",
    "AuditEvent",
    "Base",
    "Contact",
    "FormVersion",
    "Grant",
    "Instrument",
    "Message",
    "Participant",
    "ParticipantEvent",
    "ProtocolVersion",
    "Response",
    "Role",
    "Score",
    "Site",
    "Study",
    "SurveyLink",
    "User",
    "Visit",
    "WordingVersion",
]
