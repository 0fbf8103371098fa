"""Takes a gateway's signed receipt: ``{"id": "...", "status": "delivered" or "failed"}``."""

from __future__ import annotations

import hmac

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from qol_app.domain import actor as actors
from qol_app.domain.errors import InvalidInput, NotPermitted
from qol_app.messaging.webhook import SIGNATURE, TIMESTAMP, signature_of
from qol_app.services import receipts
from qol_app.web import unit
from qol_app.web.guards import public

bp = Blueprint("receipts", __name__, url_prefix="/receipts")

YOUNG_SECONDS = 300
"""A signature older than this, or as far in the future, is not believed."""
GATEWAY = actors.anyone("receipts/sms")
STATUSES = {"delivered": True, "failed": False}


@bp.post("/sms")
@public
def take_in() -> ResponseReturnValue:
    """Store what became of a text message. 404 asks the gateway to tell it again later."""
    _believe()
    name, delivered = _receipt()
    message = receipts.settle(
        unit.session(), name, delivered=delivered, actor=GATEWAY, now=unit.now()
    )
    return jsonify({"status": message.status})


def _believe() -> None:
    """Refuse what is not signed with the shared secret, or was signed long ago.

    Raises:
        NotPermitted: says the same whatever is wrong.
    """
    secret = current_app.extensions["settings"].sms.receipt_secret
    timestamp = request.headers.get(TIMESTAMP, "")
    given = request.headers.get(SIGNATURE, "")
    right = signature_of(request.get_data(), timestamp=timestamp, secret=secret)
    is_right = bool(secret) and hmac.compare_digest(given.encode(), right.encode())
    if not is_right or not _is_young(timestamp):
        raise NotPermitted("this receipt is not signed as agreed")


def _is_young(timestamp: str) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit()):
        return False
    return abs(unit.now().timestamp() - int(timestamp)) <= YOUNG_SECONDS


def _receipt() -> tuple[str, bool]:
    body = request.get_json(silent=True)
    name = body.get("id") if isinstance(body, dict) else None
    status = body.get("status") if isinstance(body, dict) else None
    if not isinstance(name, str) or not name or status not in STATUSES:
        raise InvalidInput(['write {"id": "...", "status": "delivered"} or "failed"'])
    return name, STATUSES[status]
