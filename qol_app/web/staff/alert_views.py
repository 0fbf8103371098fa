"""Alerts: those that wait stand first on the worklist; each has a page where it is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from qol_app.db.models import Alert
from qol_app.domain.roles import Permission
from qol_app.services import alert_list, studies
from qol_app.services.alert_list import Mailed
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.navigation import in_words
from qol_app.web.staff import alert_words, words
from qol_app.web.staff.alert_words import CauseWords
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.lists import participant_url

PAGE = "/alerts/<int:alert>"


class AcknowledgeForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """What was done about an alert."""

    note = TextAreaField(
        _l("What you did, or what happens next"),
        [DataRequired(_l("Write down what was done.")), Length(max=1000)],
        render_kw={"rows": 3},
    )


@dataclass(frozen=True, kw_only=True)
class AlertRow:
    """One alert in a list."""

    number: str
    visit: str
    rule: str
    url: str
    mark: str
    raised: str
    waits: str
    """Since when it waits, once it was escalated; empty before and after."""
    acknowledged: str
    """When and by whom; empty while it waits."""


@dataclass(frozen=True, kw_only=True)
class AlertPage:
    """One alert."""

    row: AlertRow
    cause: CauseWords
    escalated: str
    note: str
    mailed: Mailed
    participant_url: str
    answers_url: str
    """Empty for a user who may not read answers."""
    acknowledge_url: str
    """Empty where there is nothing to acknowledge, or not by this user."""


def waiting() -> tuple[AlertRow, ...]:
    """Return the alerts of the user's sites that wait; none where they may not see them."""
    if not guards.holds(Permission.SEE_ALERTS):
        return ()
    sites = guards.sites(Permission.SEE_ALERTS)
    found = alert_list.unacknowledged(unit.session(), g.study, sites=sites)
    return tuple(_row(alert) for alert in found)


@bp.get("/alerts", endpoint="alerts")
@requires(Permission.SEE_ALERTS)
def list_alerts() -> ResponseReturnValue:
    """Show the alerts that wait, then those that were acknowledged."""
    sites = guards.sites(Permission.SEE_ALERTS)
    done = alert_list.acknowledged(unit.session(), g.study, sites=sites)
    return render_template(
        "staff/alerts.html", waiting=waiting(), done=tuple(_row(alert) for alert in done)
    )


@bp.get(PAGE, endpoint="alert")
@requires(Permission.SEE_ALERTS)
def show_alert(alert: int) -> ResponseReturnValue:
    """Show what met the rule, what stands now, and who takes care of it."""
    return _page(_find(alert, Permission.SEE_ALERTS), AcknowledgeForm())


@bp.post(PAGE)
@requires(Permission.HANDLE_ALERTS)
def acknowledge(alert: int) -> ResponseReturnValue:
    """Say that somebody takes care of it. The first to say so stands."""
    found, form = _find(alert, Permission.HANDLE_ALERTS), AcknowledgeForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    is_first = alert_list.acknowledge(
        unit.session(),
        found,
        note=form.note.data or "",
        user_id=g.user.id,
        actor=g.actor,
        now=unit.now(),
    )
    if is_first:
        flash(_("Acknowledged. Thank you."), "success")
    else:
        first = alert_list.acknowledged_by(unit.session(), found)
        flash(_("%(name)s was first. Your note was not stored.", name=first), "warning")
    return redirect(url_for(".alert", study=g.study.code, alert=found.id), 303)


def _find(alert_id: int, permission: Permission) -> Alert:
    sites = guards.sites(permission)
    return alert_list.find(unit.session(), g.study, alert_id, sites=sites)


def _page(alert: Alert, form: AcknowledgeForm) -> str:
    return render_template("staff/alert.html", page=_alert_page(alert), form=form)


def _alert_page(alert: Alert) -> AlertPage:
    session, number = unit.session(), alert.participant.number
    visit, is_open = alert.response.visit.code, alert.acknowledged_at is None
    may_read = guards.holds(Permission.SEE_ANSWERS)
    may_handle = is_open and guards.holds(Permission.HANDLE_ALERTS)
    return AlertPage(
        row=_row(alert),
        cause=alert_words.of(alert, alert_list.standing(session, alert)),
        escalated=_moment(alert, "escalated_at"),
        note=alert.note or "",
        mailed=alert_list.mailed(session, alert),
        participant_url=participant_url("staff.participant", number),
        answers_url=participant_url("staff.answers", number, visit=visit) if may_read else "",
        acknowledge_url=_url(alert) if may_handle else "",
    )


def _row(alert: Alert) -> AlertRow:
    protocol, visit = studies.protocol(alert.response.visit.protocol), alert.response.visit
    rule = protocol.alerts.rule(alert.rule) if protocol.alerts else None
    is_late = alert.escalated_at is not None and alert.acknowledged_at is None
    raised = _moment(alert, "raised_at")
    return AlertRow(
        number=alert.participant.number,
        visit=in_words(protocol.visit(visit.code).name),
        rule=in_words(rule.name) if rule else alert.rule,
        url=_url(alert),
        mark="overdue" if is_late else "closing",
        raised=raised,
        waits=str(_("waiting since %(at)s", at=raised)) if is_late else "",
        acknowledged=_acknowledged(alert),
    )


def _acknowledged(alert: Alert) -> str:
    if alert.acknowledged_at is None:
        return ""
    name = alert_list.acknowledged_by(unit.session(), alert)
    return str(_("%(at)s by %(name)s", at=_moment(alert, "acknowledged_at"), name=name))


def _moment(alert: Alert, name: str) -> str:
    value = getattr(alert, name)
    zone = ZoneInfo(alert.participant.site.timezone)
    return words.moment(value, zone) if value is not None else ""


def _url(alert: Alert) -> str:
    return url_for("staff.alert", study=g.study.code, alert=alert.id)
