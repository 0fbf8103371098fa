"""Expected failures. Each has a code, an HTTP status, and says what to do about it.

One handler at the web door turns them into a page in the reader's language or into
``{"error": {"code": ..., "message": ...}}``; a command prints the message and exits with 2.
"""

from __future__ import annotations


class QolError(Exception):
    """Base of all expected failures."""

    code = "error"
    status = 400


class NotFound(QolError):
    """There is no such thing, or it is not for the asker."""

    code = "not_found"
    status = 404


class NotPermitted(QolError):
    """The actor's roles do not allow this."""

    code = "not_permitted"
    status = 403


class LinkUnknown(QolError):
    """No survey link has this token."""

    code = "link_unknown"
    status = 404


class LinkExpired(QolError):
    """The link's visit has closed."""

    code = "link_expired"
    status = 410


class LinkRevoked(QolError):
    """The link was withdrawn by staff."""

    code = "link_revoked"
    status = 410


class LinkSuperseded(QolError):
    """The link was withdrawn, and a newer one to the same visit is good."""

    code = "link_superseded"
    status = 410


class LinkTooEarly(QolError):
    """The link's visit has not opened yet."""

    code = "link_too_early"
    status = 403


class LinkEnded(QolError):
    """The participant no longer takes part in the questionnaires."""

    code = "link_ended"
    status = 410


class TabletUnknown(QolError):
    """This device is not registered as a shared tablet."""

    code = "tablet_unknown"
    status = 404


class TabletRetired(QolError):
    """This device was a shared tablet and is none any more."""

    code = "tablet_retired"
    status = 410


class TabletLocked(QolError):
    """The tablet was given back or lay idle; only its PIN opens it again."""

    code = "tablet_locked"
    status = 410


class InvitationOver(QolError):
    """The invitation was accepted, revoked or replaced, or its week is over."""

    code = "invitation_over"
    status = 410


class ResetOver(QolError):
    """What let a user choose a new password was used, or its hour is over."""

    code = "reset_over"
    status = 410


class LastAdministrator(QolError):
    """Without this user the study would have no administrator."""

    code = "last_administrator"
    status = 409


class AlreadySubmitted(QolError):
    """The form was sent before; its answers stand."""

    code = "already_submitted"
    status = 409


class WindowClosed(QolError):
    """The visit's window is over; only staff may amend then."""

    code = "window_closed"
    status = 409


class CodeMistyped(QolError):
    """What was typed cannot be a short code; ``length`` is how many symbols it has."""

    code = "code_mistyped"
    status = 422

    def __init__(self, message: str, *, length: int) -> None:
        super().__init__(message)
        self.length = length


class CodeUnknown(QolError):
    """No survey link has this short code."""

    code = "code_unknown"
    status = 422


class TooManyWrongCodes(QolError):
    """Too many codes that open nothing were typed lately; nothing is looked up for a while."""

    code = "too_many_wrong_codes"
    status = 429


class AnswerOutOfRange(QolError):
    """An answer is not among those its item allows."""

    code = "answer_out_of_range"
    status = 422

    def __init__(self, item: str, message: str) -> None:
        super().__init__(f"{item}: {message}")
        self.item = item


class UnknownItem(QolError):
    """The questionnaire has no item with this id."""

    code = "unknown_item"
    status = 422


class InvalidInput(QolError):
    """What was entered cannot be stored; ``problems`` names each place and its remedy."""

    code = "invalid_input"
    status = 422

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Conflict(QolError):
    """The request does not fit what is stored, e.g. a number that is taken."""

    code = "conflict"
    status = 409


class AnsweredMeanwhile(Conflict):
    """The participant answered while staff keyed the same form; nothing was stored."""

    code = "answered_meanwhile"


class KeyedBySamePerson(Conflict):
    """The second keying has to be another person's."""

    code = "keyed_by_same_person"


class ScanTooLarge(QolError):
    """A scan is larger than this route takes."""

    code = "scan_too_large"
    status = 413


class ScanRefused(QolError):
    """A scan is neither a picture nor a PDF, or no file came."""

    code = "scan_refused"
    status = 422


class ScanMissing(QolError):
    """The file of a scan is not where it was put, or not what it was."""

    code = "scan_missing"
    status = 404


class NotReady(QolError):
    """A precondition is missing, e.g. licensed wording before a real study opens."""

    code = "not_ready"
    status = 409


class NotWrittenTo(NotReady):
    """A participant is not to be written to in this way; ``obstacle`` says why not."""

    def __init__(self, message: str, *, obstacle: str) -> None:
        super().__init__(message)
        self.code = f"not_written_to_{obstacle}"
