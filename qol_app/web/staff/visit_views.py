"""One visit: give its link out, withdraw its links, read its answers, and why it scores so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, flash, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from qol_app.db.models import Visit
from qol_app.domain.recipients import Channel
from qol_app.domain.roles import Permission
from qol_app.services import (
    answers_view,
    links,
    messages,
    participants,
    queries,
    receipts,
    studies,
    survey,
)
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.locale import language
from qol_app.web.staff import back, letter
from qol_app.web.staff.answers import answers_page
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.lists import participant_url

if TYPE_CHECKING:
    from qol_app.services.score_reasons import ScoreReasons

VISIT = "/participants/<number>/visits/<visit>"


def _visit(number: str, code: str, permission: Permission) -> Visit:
    return participants.visit(unit.session(), guards.participant(number, permission), code)


@bp.post(f"{VISIT}/link")
@requires(Permission.SEND_LINKS)
def issue_link(number: str, visit: str) -> ResponseReturnValue:
    """Make a link and answer with the page that shows it, the only place where it stands."""
    found = _visit(number, visit, Permission.SEND_LINKS)
    survey.check_open(found, now=unit.now())
    issued = links.issue_on_paper(
        unit.session(),
        found,
        code_key=current_app.extensions["settings"].code_key,
        channel="screen",
        actor=g.actor,
        now=unit.now(),
    )
    shown = letter.write(studies.in_force(g.study), found, issued)
    return render_template("staff/link.html", letter=shown)


@bp.post(f"{VISIT}/send")
@requires(Permission.SEND_LINKS)
def send_link(number: str, visit: str) -> ResponseReturnValue:
    """Put a message with a link into the outbox; it goes out once this is stored."""
    found = _visit(number, visit, Permission.SEND_LINKS)
    queue = current_app.extensions["queue"]
    asked = request.form.get("channel", "")
    message = messages.plan(
        unit.session(),
        found,
        actor=g.actor,
        now=unit.now(),
        ways=queue.tasks.ways,
        channel=Channel(asked) if asked in set(Channel) else None,
    )
    unit.after_commit(lambda: queue.send_message(message.id))
    is_sms = message.channel == Channel.SMS
    flash(
        _("The text message is on its way.") if is_sms else _("The e-mail is on its way."),
        "success",
    )
    return redirect(back.to_list() or participant_url("staff.participant", number), 303)


@bp.post("/participants/<number>/messages/<int:message_id>/address-failed")
@requires(Permission.SEND_LINKS)
def report_address(number: str, message_id: int) -> ResponseReturnValue:
    """Note that a message's address does not work, so that no reminder goes there."""
    participant = guards.participant(number, Permission.SEND_LINKS)
    receipts.report_address(unit.session(), participant, message_id, actor=g.actor, now=unit.now())
    flash(_("Noted: nothing more is sent there until the contact details change."), "success")
    return redirect(participant_url("staff.participant", number), 303)


@bp.post(f"{VISIT}/withdraw-links")
@requires(Permission.SEND_LINKS)
def withdraw_links(number: str, visit: str) -> ResponseReturnValue:
    """Withdraw all links of a visit; answers given stay."""
    found = _visit(number, visit, Permission.SEND_LINKS)
    count = links.revoke(unit.session(), found, actor=g.actor, now=unit.now())
    flash(ngettext("%(num)s link withdrawn.", "%(num)s links withdrawn.", count), "success")
    return redirect(participant_url("staff.participant", number), 303)


@bp.get(f"{VISIT}/answers")
@requires(Permission.SEE_ANSWERS)
def answers(number: str, visit: str) -> ResponseReturnValue:
    """Show a visit's answers in the words in which they were given, and its scores."""
    found = _visit(number, visit, Permission.SEE_ANSWERS)
    forms = answers_view.read(unit.session(), found, language=language())
    asked = queries.of_visit(unit.session(), found)
    page = answers_page(studies.in_force(g.study), found, forms, asked)
    return render_template("staff/answers.html", page=page)


WHY = f"{VISIT}/scores/<instrument>/<scale>"
# Scoring imports pandas, so the views below import what needs it when they are asked for.


@bp.get(WHY)
@requires(Permission.SEE_ANSWERS)
def why(number: str, visit: str, instrument: str, scale: str) -> ResponseReturnValue:
    """Show why a score is what it is: items, what each counted as, the steps."""
    from qol_app.web.staff.why import why_page

    found = _visit(number, visit, Permission.SEE_ANSWERS)
    page = why_page(studies.in_force(g.study), found, _reasons(found, instrument, scale))
    return render_template("staff/why.html", page=page)


@bp.get(f"{WHY}.json")
@requires(Permission.SEE_ANSWERS)
def why_data(number: str, visit: str, instrument: str, scale: str) -> ResponseReturnValue:
    """Give the same as JSON."""
    from qol_app.web.staff import why as pages

    found = _visit(number, visit, Permission.SEE_ANSWERS)
    return jsonify(pages.why_data(found, _reasons(found, instrument, scale)))


def _reasons(found: Visit, instrument: str, scale: str) -> ScoreReasons:
    from qol_app.services import score_reasons

    return score_reasons.read(unit.session(), found, instrument, scale, language=language())
