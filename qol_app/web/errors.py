"""One place where failures become pages in the reader's language, or JSON of one shape."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from qol_app.domain.errors import InvalidInput, QolError
from qol_app.domain.recipients import Obstacle
from qol_app.web.locale import speak_to_reader


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What happened, and what the reader can do."""

    title: LazyString | str
    text: LazyString | str
    details: tuple[str, ...] = ()


EXPLANATIONS: dict[str, Explanation] = {
    "not_found": Explanation(
        title=_l("Nothing here"),
        text=_l("This page does not exist, or it is not for you. Check the address."),
    ),
    "not_permitted": Explanation(
        title=_l("Not for your role"),
        text=_l("Your roles in this study do not include this. Ask the study office."),
    ),
    "sign_in_needed": Explanation(
        title=_l("Please sign in"), text=_l("You were signed out. Sign in and try again.")
    ),
    "method_not_allowed": Explanation(
        title=_l("Not like this"), text=_l("Go back and use the button on the page.")
    ),
    "too_large": Explanation(
        title=_l("Too much at once"), text=_l("What was sent is too large. Send less.")
    ),
    "page_expired": Explanation(
        title=_l("This page was open too long"),
        text=_l("Nothing is lost. Go back, reload the page and press the button again."),
    ),
    "link_unknown": Explanation(
        title=_l("This link does not work"),
        text=_l(
            "Perhaps a part of it is missing. Open the link in your message again, "
            "or ask your study nurse for a new one."
        ),
    ),
    "link_expired": Explanation(
        title=_l("The time for this questionnaire is over"),
        text=_l("Answers you gave are safe. You need not do anything."),
    ),
    "link_revoked": Explanation(
        title=_l("This link was withdrawn"),
        text=_l("Answers you gave are safe. Please ask your study nurse for a new link."),
    ),
    "link_superseded": Explanation(
        title=_l("There is a newer link"),
        text=_l("Answers you gave are safe. Please open the newest link, or ask your study nurse."),
    ),
    "code_mistyped": Explanation(
        title=_l("That cannot be the code"),
        text=_l("One of the letters is wrong; please look again."),
    ),
    "code_unknown": Explanation(
        title=_l("No questionnaire has this code"),
        text=_l("No questionnaire has this code. Please compare it with your letter."),
    ),
    "too_many_wrong_codes": Explanation(
        title=_l("Please wait ten minutes"),
        text=_l("Too many wrong codes were typed. Try again in ten minutes."),
    ),
    "link_too_early": Explanation(
        title=_l("This questionnaire is not open yet"),
        text=_l("Please come back when it opens. The same link will work then."),
    ),
    "link_ended": Explanation(
        title=_l("No more questionnaires"),
        text=_l("The questionnaires have ended here. You need not do anything."),
    ),
    "invitation_over": Explanation(
        title=_l("This invitation is no longer good"),
        text=_l(
            "It was used already, replaced by a newer one, or is older than a week. If you have an "
            "account, just sign in; otherwise ask for a new invitation."
        ),
    ),
    "reset_over": Explanation(
        title=_l("This link is no longer good"),
        text=_l("It was used already or is older than an hour. Ask for a new one."),
    ),
    "last_administrator": Explanation(
        title=_l("The study would have no administrator"),
        text=_l("Nothing was changed. First make somebody else an administrator for all sites."),
    ),
    "already_submitted": Explanation(
        title=_l("Your answers are with us"),
        text=_l("This questionnaire was sent already. Thank you; you need not do anything."),
    ),
    "tablet_unknown": Explanation(
        title=_l("This device is not a tablet of the clinic"),
        text=_l(
            "To hand it to participants, sign in, open Tablets and press Register this tablet."
        ),
    ),
    "tablet_retired": Explanation(
        title=_l("This tablet is no longer in use"),
        text=_l(
            "It was taken out of use. To hand it to participants again, sign in, open Tablets "
            "and press Register this tablet."
        ),
    ),
    "tablet_locked": Explanation(
        title=_l("This tablet is locked"),
        text=_l("Answers you gave are safe. Please give the tablet back to your nurse."),
    ),
    "window_closed": Explanation(
        title=_l("The time for this questionnaire is over"),
        text=_l("Answers you gave are safe. You need not do anything."),
    ),
    "answer_out_of_range": Explanation(
        title=_l("That answer cannot be stored"),
        text=_l("It is not among the answers of this question. Go back and choose again."),
    ),
    "unknown_item": Explanation(
        title=_l("That answer cannot be stored"),
        text=_l("This questionnaire has no such question. Go back and reload the page."),
    ),
    "invalid_input": Explanation(
        title=_l("That cannot be stored"), text=_l("Please correct what is named here.")
    ),
    "conflict": Explanation(
        title=_l("That does not fit"),
        text=_l("It does not fit what is stored already. Reload the page and look again."),
    ),
    "answered_meanwhile": Explanation(
        title=_l("The patient answered meanwhile"),
        text=_l("Nothing was stored, and no answer was overwritten. Open the form again."),
    ),
    "keyed_by_same_person": Explanation(
        title=_l("You keyed this form already"),
        text=_l("What you keyed is kept. Another person keys it the second time."),
    ),
    "scan_too_large": Explanation(
        title=_l("This scan is too large"),
        text=_l("A scan may have 10 MB. Scan it in grey, or in fewer dots, and add it again."),
    ),
    "scan_refused": Explanation(
        title=_l("This is not a scan"),
        text=_l("Add a picture (JPEG or PNG) or a PDF. Nothing was stored."),
    ),
    "scan_missing": Explanation(
        title=_l("The file of this scan is missing"),
        text=_l("It is not in the folder of scans, or was changed there. Tell the study office."),
    ),
    "not_ready": Explanation(
        title=_l("Not ready yet"), text=_l("Something has to be in place before this.")
    ),
    **{
        f"not_written_to_{obstacle}": Explanation(title=_l("No message was sent"), text=text)
        for obstacle, text in (
            (Obstacle.LOST, _l("The participant is lost to follow-up. Nobody writes to them.")),
            (
                Obstacle.WANTS_PAPER,
                _l(
                    "The participant wants paper. Print the letter, or name e-mail or text message."
                ),
            ),
            (
                Obstacle.NO_CONTACT,
                _l("No address for it is on file. Show the QR code, or add the contact details."),
            ),
            (
                Obstacle.OPTED_OUT,
                _l("The participant wants no such messages. Print the letter or use a tablet."),
            ),
            (
                Obstacle.ADDRESS_FAILED,
                _l("The last message came back. Correct the contact details first."),
            ),
            (
                Obstacle.NO_TEXT,
                _l("This way of sending is not set up, or has no text in their language."),
            ),
        )
    },
    "error": Explanation(
        title=_l("That did not work"), text=_l("Nothing was changed. Go back and try again.")
    ),
    "server_error": Explanation(
        title=_l("Something went wrong here"),
        text=_l("The fault is ours. Saved answers are safe. Please try again in a minute."),
    ),
}

BY_STATUS = {
    401: "sign_in_needed",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}


def register(app: Flask) -> None:
    """Handle expected failures, HTTP errors and programmer errors of ``app``."""
    app.register_error_handler(QolError, _expected)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _expected(error: QolError) -> ResponseReturnValue:
    details = tuple(error.problems) if isinstance(error, InvalidInput) else ()
    return answer(error.code, error.status, details=details)


def _stale(error: CSRFError) -> ResponseReturnValue:
    return answer("page_expired", 400)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # a redirect raised by routing
    return answer(BY_STATUS.get(status, "server_error" if status >= 500 else "error"), status)


def _unexpected(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("unexpected error in %s", request.endpoint, exc_info=error)
    if current_app.testing:
        raise error
    return answer("server_error", 500)


def wants_json() -> bool:
    """Tell whether the client asks for JSON rather than for a page."""
    kinds = ["text/html", "application/json"]
    return request.accept_mimetypes.best_match(kinds) == "application/json"


def answer(code: str, status: int, details: tuple[str, ...] = ()) -> ResponseReturnValue:
    """Return the error as a page, or as JSON to a client that asks for JSON."""
    speak_to_reader()
    explanation = EXPLANATIONS[code]
    if wants_json():
        message = " ".join((str(explanation.text), *details))
        return jsonify(error={"code": code, "message": message}), status
    page = render_template("errors/error.html", explanation=explanation, details=details, code=code)
    return page, status
