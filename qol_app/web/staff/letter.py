"""The letter with a QR code: shown on screen to be scanned, or printed to be handed over.

It speaks the participant's language and names nobody; the study number is all that tells whose
it is. The token and the short code stand in it and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import segno
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from qol_app.db.models import Visit
from qol_app.domain import codes
from qol_app.domain.study import Protocol
from qol_app.services.links import Issued
from qol_app.web.navigation import in_words
from qol_app.web.staff import words


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A survey link as a letter, in the participant's language."""

    language: str
    study: str
    visit: str
    number: str
    greeting: str
    scan: str
    typed: str
    short_address: str
    code_label: str
    deadline: str
    contact: str
    qr_label: str
    code: str = field(repr=False)
    """The short code, in groups."""
    address: str = field(repr=False)
    qr: Markup = field(repr=False)


def write(protocol: Protocol, visit: Visit, issued: Issued) -> Letter:
    """Write the letter of a link that was just issued for ``visit``."""
    participant = visit.participant
    page = f"{current_app.extensions['settings'].base_url}/s"
    address = f"{page}/{issued.token}"
    with force_locale(participant.language.replace("-", "_")):
        name = protocol.visit(visit.code).name
        return Letter(
            language=participant.language,
            study=_in(participant.language, protocol.patient_title),
            visit=_in(participant.language, name),
            number=participant.number,
            greeting=_("Your questionnaire is ready"),
            scan=_("Point the camera of your phone at this square to open it."),
            typed=_("Or type this address in a browser:"),
            short_address=page.partition("://")[2],
            code_label=_("and there this code:"),
            deadline=_deadline(visit.closes_on),
            contact=_in(participant.language, protocol.contact),
            qr_label=_("QR code with the link to your questionnaire"),
            code=codes.shown(issued.code),
            address=address,
            qr=_qr(address),
        )


def _in(language: str, texts: dict[str, str]) -> str:
    return texts[language] if language in texts else in_words(texts)


def _deadline(last: date) -> str:
    return str(_("You can answer until %(day)s.", day=words.day(last)))


def _qr(address: str) -> Markup:
    # To try all eight masks takes two thirds of the time. What is drawn is random, so no mask is
    # better than another, and a reader takes any.
    code = segno.make(address, error="m", micro=False, mask=0)
    drawing = code.svg_inline(svgclass=None, lineclass=None, omitsize=True)
    return Markup(str(drawing))  # noqa: S704  # our own drawing; the address is not text in it
