"""A study's own texts of messages: all of them, one to edit with a preview, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from qol_app.domain import message_text
from qol_app.domain.languages import own_name
from qol_app.domain.message_text import FIELDS, Fault
from qol_app.domain.recipients import Channel
from qol_app.domain.reminders import Kind
from qol_app.domain.roles import Permission
from qol_app.messaging import text
from qol_app.services import message_texts, studies
from qol_app.services.message_texts import Subject, Words
from qol_app.web import unit
from qol_app.web.admin.blueprint import bp
from qol_app.web.guards import requires
from qol_app.web.written import moment

TEXT = "/texts/<kind>/<channel>/<language>"
KINDS = {
    Kind.INVITATION: _l("Invitation"),
    Kind.REMINDER: _l("Reminder"),
    Kind.LAST_CALL: _l("Last call"),
    Kind.LINK: _l("Sent by staff"),
    Kind.AGAIN: _l("Asked again"),
}
CHANNELS = {Channel.EMAIL: _l("E-mail"), Channel.SMS: _l("Text message")}
FAULTS = {
    Fault.EMPTY: _l("Enter a text."),
    Fault.UNKNOWN_FIELD: _l("There is no field %(detail)s. Use one of those named below."),
    Fault.STRAY_BRACE: _l("A brace has no partner. Write fields as {link}."),
    Fault.NO_LINK: _l("The field %(detail)s is missing: without it nobody can answer."),
    Fault.LINK_IN_SUBJECT: _l("Move %(detail)s from the subject into the text."),
    Fault.TOO_LONG: _l("Write at most %(detail)s characters."),
}


class TextForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """A message's words; a text message has no subject."""

    subject = StringField(_l("Subject"))
    body = TextAreaField(_l("Text"))

    def __init__(self, of: Subject, words: Words) -> None:
        super().__init__(data={"subject": words.subject, "body": words.body})
        self.of = of
        if of.channel is Channel.SMS:
            del self.subject

    def words(self) -> tuple[str, str]:
        """Return subject and body."""
        return (self.subject.data or "") if "subject" in self else "", self.body.data or ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Look for unknown fields, a missing link and what is too long."""
        super().validate(extra_validators)
        for each in message_text.mistakes(*self.words(), self.of.channel):
            field = self[each.place]
            told = str(FAULTS[each.fault]) % {"detail": each.detail}
            field.errors = [*field.errors, told]
        return not self.errors


@dataclass(frozen=True, kw_only=True)
class TextRow:
    """One message in the list."""

    kind: str
    channel: str
    language: str
    whose: str
    mark: str
    url: str


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One earlier text."""

    number: int
    at: str
    author: str
    text: str


@bp.get("/texts", endpoint="texts")
@requires(Permission.EDIT_TEXTS)
def list_texts() -> ResponseReturnValue:
    """List the messages with whose words they go out in."""
    rows = [_row(each) for each in message_texts.subjects(g.study)]
    return render_template("admin/texts.html", rows=rows)


@bp.get(TEXT, endpoint="text")
@requires(Permission.EDIT_TEXTS)
def show_text(kind: str, channel: str, language: str) -> ResponseReturnValue:
    """Show a message's words to be edited, as a participant would read them, and its history."""
    of = message_texts.find(g.study, kind, channel, language)
    return _page(of, TextForm(of, message_texts.current(unit.session(), g.study.id, of)))


@bp.post(TEXT)
@requires(Permission.EDIT_TEXTS)
def change_text(kind: str, channel: str, language: str) -> ResponseReturnValue:
    """Show a preview of the words, or store them; either refuses mistakes."""
    of = message_texts.find(g.study, kind, channel, language)
    form = TextForm(of, message_texts.current(unit.session(), g.study.id, of))
    if not form.validate_on_submit():
        return _page(of, form), 422
    if request.form.get("go") != "store":
        return _page(of, form)
    subject, body = form.words()
    message_texts.write(
        unit.session(),
        g.study,
        of,
        subject=subject,
        body=body,
        user_id=g.user.id,
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The text is stored. It is used from the next message on."), "success")
    return redirect(_url(of), 303)


@bp.post(f"{TEXT}/platform")
@requires(Permission.EDIT_TEXTS)
def platform_text(kind: str, channel: str, language: str) -> ResponseReturnValue:
    """Let the platform's words hold again."""
    of = message_texts.find(g.study, kind, channel, language)
    message_texts.back_to_platform(
        unit.session(), g.study, of, user_id=g.user.id, actor=g.actor, now=unit.now()
    )
    flash(_("The platform's words hold again."), "success")
    return redirect(_url(of), 303)


def _url(of: Subject, endpoint: str = "admin.text") -> str:
    return url_for(
        endpoint,
        study=g.study.code,
        kind=of.kind.value,
        channel=of.channel.value,
        language=of.language,
    )


def _row(of: Subject) -> TextRow:
    number = message_texts.current(unit.session(), g.study.id, of).number
    return TextRow(
        kind=str(KINDS[of.kind]),
        channel=str(CHANNELS[of.channel]),
        language=own_name(of.language),
        whose=_("The study's own, version %(number)s", number=number)
        if number
        else _("The platform's"),
        mark="complete" if number else "not_due",
        url=_url(of),
    )


def _page(of: Subject, form: TextForm) -> str:
    values = _invented(of)
    subject, body = ("", "") if form.errors else form.words()
    return render_template(
        "admin/text.html",
        row=_row(of),
        form=form,
        fields=[(f"{{{name}}}", values[name]) for name in FIELDS],
        language=of.language,
        preview_subject=message_text.fill(subject, values),
        preview_body=message_text.fill(body, values),
        platform=message_texts.platform(of),
        history=_history(of),
        platform_url=_url(of, "admin.platform_text"),
    )


def _invented(of: Subject) -> dict[str, str]:
    """Return the fields' values of a participant who does not exist."""
    protocol = studies.in_force(g.study)
    first = protocol.languages[0]
    name = protocol.baseline.name
    return {
        "study": protocol.registry_id or protocol.id,
        "link": "https://example.org/s/aB3dE5gH7jK9mN1pQ3sT5vW7yZ",
        "last_day": text.day(unit.now().date() + timedelta(days=14), of.language),
        "contact": protocol.contact.get(of.language) or protocol.contact[first],
        "visit": name.get(of.language) or name[first],
    }


def _history(of: Subject) -> list[HistoryRow]:
    zone = ZoneInfo(studies.in_force(g.study).sites[0].timezone)
    return [
        HistoryRow(
            number=each.row.number,
            at=moment(each.row.written_at, zone),
            author=each.author,
            text=each.row.body or _("Back to the platform's words"),
        )
        for each in message_texts.history(unit.session(), g.study, of)
    ]
