"""Queries: a list with filters, a page for each, and where one is raised."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from qol_app.db.models import Query, Response
from qol_app.domain.queries import EntryKind, QueryStatus, may_follow
from qol_app.domain.roles import Permission
from qol_app.services import forms, names, queries
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.navigation import in_words
from qol_app.web.staff import words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.keying_page import wording
from qol_app.web.staff.keying_views import FORM, find_form
from qol_app.web.staff.lists import form_url, participant_url

STATUSES = {
    QueryStatus.OPEN: _l("Open"),
    QueryStatus.ANSWERED: _l("Answered by the site"),
    QueryStatus.CLOSED: _l("Closed by the monitor"),
}
MARKS = {
    QueryStatus.OPEN: "closing",
    QueryStatus.ANSWERED: "partial",
    QueryStatus.CLOSED: "complete",
}
KINDS = {
    EntryKind.RAISED: _l("asked"),
    EntryKind.ANSWERED: _l("answered"),
    EntryKind.CLOSED: _l("closed it"),
    EntryKind.REOPENED: _l("asked again"),
}


class SayForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """What is said about a query; closing needs no words."""

    text = TextAreaField(
        _l("What you have to say"),
        [Length(max=queries.LONGEST, message=_l("At most 1000 characters."))],
        render_kw={"rows": 3},
    )

    def __init__(self, *, may_be_empty: bool = False) -> None:
        super().__init__()
        self.may_be_empty = may_be_empty

    def validate_text(self, field: TextAreaField) -> None:
        """Refuse silence where words are needed."""
        if not self.may_be_empty and not (field.data or "").strip():
            raise ValidationError(str(_l("Write a few words.")))


class AskForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """What is asked, and about which item."""

    item = SelectField(_l("About"), validate_choice=False)
    text = TextAreaField(
        _l("Your question"),
        [
            DataRequired(_l("Write a few words.")),
            Length(max=queries.LONGEST, message=_l("At most 1000 characters.")),
        ],
        render_kw={"rows": 3},
    )

    def __init__(self, response: Response) -> None:
        super().__init__()
        shown = wording(response)
        items = forms.questionnaire(response.form_version).items
        self.item.choices = [
            ("", str(_l("The whole form"))),
            *((item.id, f"{item.id}: {shown.questions[item.id]}") for item in items),
        ]
        if not self.is_submitted():
            self.item.data = request.args.get("item", "")

    def validate_item(self, field: SelectField) -> None:
        """Refuse an item that the form does not have."""
        if field.data not in [value for value, *_ in field.iter_choices()]:
            raise ValidationError(str(_l("Choose what it is about.")))


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """One thing that was said."""

    who: str
    did: str
    at: str
    text: str


@dataclass(frozen=True, kw_only=True)
class QueryRow:
    """One query."""

    id: int
    number: str
    visit: str
    about: str
    question: str
    mark: str
    status: str
    raised: str
    url: str
    answers_url: str
    entries: tuple[EntryRow, ...]


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One filter of the list."""

    label: str
    url: str
    current: bool


@bp.get("/queries", endpoint="queries")
@requires(Permission.SEE_ANSWERS)
def list_queries() -> ResponseReturnValue:
    """Show the queries of the user's sites, those that wait for staff first chosen."""
    asked = request.args.get("status", QueryStatus.OPEN.value)
    chosen = QueryStatus(asked) if asked in list(QueryStatus) else None
    sites = guards.sites(Permission.SEE_ANSWERS)
    found = queries.listing(unit.session(), g.study, sites=sites, status=chosen)
    choices = [*((each, str(STATUSES[each])) for each in QueryStatus), (None, str(_("All")))]
    tabs = tuple(
        Tab(
            label=label,
            url=url_for(".queries", study=g.study.code, status=each or "all"),
            current=each == chosen,
        )
        for each, label in choices
    )
    rows = tuple(row(query) for query in found)
    return render_template("staff/queries.html", rows=rows, tabs=tabs)


@bp.get("/queries/<int:query>", endpoint="query")
@requires(Permission.SEE_ANSWERS)
def show_query(query: int) -> ResponseReturnValue:
    """Show what was asked and answered."""
    return _page(_find(query, Permission.SEE_ANSWERS), SayForm())


@bp.post("/queries/<int:query>/answer")
@requires(Permission.ANSWER_QUERIES)
def answer_query(query: int) -> ResponseReturnValue:
    """Answer for the site."""
    return _say(query, EntryKind.ANSWERED, Permission.ANSWER_QUERIES)


@bp.post("/queries/<int:query>/close")
@requires(Permission.RAISE_QUERIES)
def close_query(query: int) -> ResponseReturnValue:
    """Say that nothing is left to ask."""
    return _say(query, EntryKind.CLOSED, Permission.RAISE_QUERIES)


@bp.post("/queries/<int:query>/reopen")
@requires(Permission.RAISE_QUERIES)
def reopen_query(query: int) -> ResponseReturnValue:
    """Ask again."""
    return _say(query, EntryKind.REOPENED, Permission.RAISE_QUERIES)


@bp.get(f"{FORM}/query", endpoint="new_query")
@requires(Permission.RAISE_QUERIES)
def ask_page(number: str, visit: str, instrument: str) -> ResponseReturnValue:
    """Show where a query about a form is written."""
    response = find_form(number, visit, instrument, Permission.RAISE_QUERIES)
    return _ask_page(response, AskForm(response))


@bp.post(f"{FORM}/query")
@requires(Permission.RAISE_QUERIES)
def raise_query(number: str, visit: str, instrument: str) -> ResponseReturnValue:
    """Raise a query about a form or one of its items."""
    response = find_form(number, visit, instrument, Permission.RAISE_QUERIES)
    form = AskForm(response)
    if not form.validate_on_submit():
        return _ask_page(response, form), 422
    asked = queries.ask(
        unit.session(),
        response,
        form.item.data or None,
        form.text.data or "",
        user_id=g.user.id,
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The site's staff see your question."), "success")
    return redirect(url_for(".query", study=g.study.code, query=asked.id), 303)


def _find(query_id: int, permission: Permission) -> Query:
    sites = guards.sites(permission)
    return queries.find(unit.session(), g.study, query_id, sites=sites)


def _say(query_id: int, kind: EntryKind, permission: Permission) -> ResponseReturnValue:
    found = _find(query_id, permission)
    form = SayForm(may_be_empty=kind is EntryKind.CLOSED)
    if not form.validate_on_submit():
        return _page(found, form), 422
    queries.say(
        unit.session(),
        found,
        kind,
        form.text.data or "",
        user_id=g.user.id,
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("Stored."), "success")
    return redirect(url_for(".query", study=g.study.code, query=found.id), 303)


def _page(found: Query, form: SayForm) -> str:
    status = QueryStatus(found.status)
    site_id = found.response.visit.participant.site_id
    may = {
        kind: may_follow(status, kind) and _holds_at(permission, site_id)
        for kind, permission in (
            (EntryKind.ANSWERED, Permission.ANSWER_QUERIES),
            (EntryKind.CLOSED, Permission.RAISE_QUERIES),
            (EntryKind.REOPENED, Permission.RAISE_QUERIES),
        )
    }
    return render_template("staff/query.html", row=row(found), form=form, may=may)


def _holds_at(permission: Permission, site_id: int) -> bool:
    sites = guards.sites(permission)
    return sites is None or site_id in sites


def _ask_page(response: Response, form: AskForm) -> str:
    visit = response.visit
    return render_template(
        "staff/new_query.html",
        form=form,
        title=wording(response).title,
        number=visit.participant.number,
        visit=in_words(guards.protocol().visit(visit.code).name),
        answers_url=participant_url("staff.answers", visit.participant.number, visit=visit.code),
    )


def ask_url(response: Response) -> str:
    """Return where a query about a form is raised; empty for a user who may not."""
    site_id = response.visit.participant.site_id
    may_ask = _holds_at(Permission.RAISE_QUERIES, site_id)
    return form_url("staff.new_query", response) if may_ask else ""


def row(query: Query) -> QueryRow:
    """Return one query as pages show it; moments are by the site's clock."""
    response, status = query.response, QueryStatus(query.status)
    visit, shown = response.visit, wording(query.response)
    zone = ZoneInfo(visit.participant.site.timezone)
    people = names.of_users(unit.session(), [entry.user_id for entry in query.entries])
    return QueryRow(
        id=query.id,
        number=visit.participant.number,
        visit=in_words(guards.protocol().visit(visit.code).name),
        about=f"{query.item}: {shown.questions[query.item]}" if query.item else shown.title,
        question=query.entries[0].text,
        mark=MARKS[status],
        status=str(STATUSES[status]),
        raised=words.moment(query.raised_at, zone),
        url=url_for("staff.query", study=g.study.code, query=query.id),
        answers_url=participant_url("staff.answers", visit.participant.number, visit=visit.code),
        entries=tuple(
            EntryRow(
                who=people.get(entry.user_id, ""),
                did=str(KINDS[EntryKind(entry.kind)]),
                at=words.moment(entry.said_at, zone),
                text=entry.text,
            )
            for entry in query.entries
        ),
    )
