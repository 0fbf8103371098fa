"""All that is stored about one person as a ZIP of JSON and readable HTML."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, g, render_template
from flask.typing import ResponseReturnValue

from qol_app.domain.contact import spaced
from qol_app.domain.roles import Permission
from qol_app.services import subject_export
from qol_app.services.subject_export import Subject
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.locale import language
from qol_app.web.navigation import in_words
from qol_app.web.staff import record, words
from qol_app.web.staff.blueprint import bp


@bp.post("/participants/<number>/export")
@requires(Permission.EXPORT_SUBJECT)
def export_subject(number: str) -> ResponseReturnValue:
    """Give all that is stored about a person; that it was taken out is recorded."""
    participant = guards.participant(number, Permission.EXPORT_SUBJECT)
    found = subject_export.read(
        unit.session(),
        participant,
        language=language(),
        vault=current_app.extensions["vault"],
        actor=g.actor,
        now=unit.now(),
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(_data(found), ensure_ascii=False, indent=1))
        packed.writestr("readable.html", _readable(found))
    return Response(
        file.getvalue(),
        mimetype="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{number}.zip"'},
    )


def _data(found: Subject) -> dict[str, Any]:
    contact = {**asdict(found.contact), "consented_on": found.contact.consented_on}
    forms = [
        {
            "visit": visit.code,
            "title": form.title,
            "language": form.language,
            "items": [asdict(item) for item in form.items],
            "scores": [asdict(score) for score in form.scores],
        }
        for visit in found.visits
        for form in visit.forms
    ]
    whole = {"contact": contact, "forms": forms, "stored": found.tables}
    plain: dict[str, Any] = json.loads(json.dumps(whole, default=_plain))
    return plain


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _readable(found: Subject) -> str:
    protocol, participant = guards.protocol(), found.participant
    phone = found.contact.phone
    return render_template(
        "staff/subject.html",
        language=language(),
        title=in_words(protocol.title),
        number=participant.number,
        at=words.moment(unit.now(), ZoneInfo(participant.site.timezone)),
        facts=record.facts_of(protocol, participant),
        contact=found.contact,
        phone=spaced(phone) if phone else None,
        visits=[(in_words(protocol.visit(visit.code).name), visit.forms) for visit in found.visits],
        tables=found.tables,
    )
