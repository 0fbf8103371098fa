"""All tables. Identity and version are different tables; events are never changed."""

from qol_app.db.models.account import Invitation, SignIn
from qol_app.db.models.base import Base
from qol_app.db.models.care import Alert, HelpRequest, Postponement, StaffMessage, WrongCode
from qol_app.db.models.log import AuditEvent
from qol_app.db.models.messages import Message, MessageText
from qol_app.db.models.monitoring import Query, QueryEntry
from qol_app.db.models.paper import Keying, Scan
from qol_app.db.models.people import Contact, Grant, Participant, ParticipantEvent, Role, User
from qol_app.db.models.study import (
    FormVersion,
    Instrument,
    ProtocolVersion,
    Site,
    Study,
    WordingVersion,
)
from qol_app.db.models.survey import (
    AnswerEvent,
    Response,
    Score,
    StrayAnswer,
    SurveyLink,
    Visit,
)
from qol_app.db.models.tablet import Handover, Tablet

__all__ = [
    "Alert",
    "AnswerEvent",
    "AuditEvent",
    "Base",
    "Contact",
    "FormVersion",
    "Grant",
    "Handover",
    "HelpRequest",
    "Instrument",
    "Invitation",
    "Keying",
    "Message",
    "MessageText",
    "Participant",
    "ParticipantEvent",
    "Postponement",
    "ProtocolVersion",
    "Query",
    "QueryEntry",
    "Response",
    "Role",
    "Scan",
    "Score",
    "SignIn",
    "Site",
    "StaffMessage",
    "StrayAnswer",
    "Study",
    "SurveyLink",
    "Tablet",
    "User",
    "Visit",
    "WordingVersion",
    "WrongCode",
]
