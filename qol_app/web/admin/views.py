"""The words of a study's questionnaires: which are shown, and taking in a licence holder's."""

from __future__ import annotations

from flask import Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.domain.errors import NotFound, NotPermitted
from qol_app.domain.roles import Permission, sites_allowed
from qol_app.services import wording_status, wordings
from qol_app.services.wording_status import Shown
from qol_app.services.wordings import Candidate, Subject
from qol_app.web import unit
from qol_app.web.admin import pages
from qol_app.web.admin.blueprint import bp
from qol_app.web.admin.forms import AcceptForm, UploadForm, packed
from qol_app.web.guards import requires


@bp.get("/wordings", endpoint="wordings")
@requires(Permission.IMPORT_WORDINGS)
def list_wordings() -> ResponseReturnValue:
    """List the study's questionnaires with the words that each shows, language by language."""
    shown = wording_status.shown(unit.session(), g.study)
    rows = [pages.wording_row(each, may_import=_may_import(each)) for each in shown]
    return render_template("admin/wordings.html", rows=rows)


@bp.get("/wordings/<instrument>/<language>", endpoint="wording")
@requires(Permission.IMPORT_WORDINGS)
def show_wording(instrument: str, language: str) -> ResponseReturnValue:
    """Ask for a file with the licence holder's text."""
    shown = _importable(instrument, language)
    return _upload_page(shown, UploadForm(_subject(shown)))


@bp.get("/wordings/<instrument>/<language>/template.csv")
@requires(Permission.IMPORT_WORDINGS)
def template(instrument: str, language: str) -> ResponseReturnValue:
    """Give the table to fill in."""
    shown = _importable(instrument, language)
    name = f"{shown.instrument}-{shown.version}-{shown.language}.csv"
    return Response(
        wordings.template(_subject(shown), ".csv"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.post("/wordings/<instrument>/<language>")
@requires(Permission.IMPORT_WORDINGS)
def examine(instrument: str, language: str) -> ResponseReturnValue:
    """Show the text of a file beside our labels, or its mistakes. Stores nothing."""
    shown = _importable(instrument, language)
    form = UploadForm(_subject(shown))
    form.validate_on_submit()
    if form.candidate is None:
        return _upload_page(shown, form), 422
    return _preview_page(shown, form.candidate)


@bp.post("/wordings/<instrument>/<language>/accept")
@requires(Permission.IMPORT_WORDINGS)
def accept(instrument: str, language: str) -> ResponseReturnValue:
    """Store a text that was looked at, as the newest official wording."""
    shown = _importable(instrument, language)
    form = AcceptForm()
    if not form.validate_on_submit():
        return _upload_page(shown, UploadForm(_subject(shown))), 422
    candidate = wordings.check(_subject(shown), form.reading(), form.source())
    plan = wordings.accept(unit.session(), candidate, actor=g.actor, now=unit.now())
    flash(_said(shown, plan.number), "success")
    return redirect(url_for(".wordings", study=g.study.code), 303)


def _said(shown: Shown, number: int) -> str:
    return str(
        _(
            "%(instrument)s: official wording %(number)s holds for questionnaires begun from now.",
            instrument=shown.instrument,
            number=number,
        )
    )


def _importable(instrument: str, language: str) -> Shown:
    """Return what is shown now, if a licence holder's text may replace it, by this user."""
    shown = wording_status.find(unit.session(), g.study, instrument, language)
    if not shown.may_be_imported:
        raise NotFound(f"{instrument} comes with its whole text")
    if not _may_import(shown):
        raise NotPermitted("another study shows this wording, too")
    return shown


def _may_import(shown: Shown) -> bool:
    """Tell whether a text may be imported, by an administrator of every study that shows it."""
    studies = wording_status.concerned(unit.session(), shown.instrument, shown.version)
    allowed = (
        sites_allowed(g.user.grant_values(), Permission.IMPORT_WORDINGS, study_id=study_id)
        for study_id in studies
    )
    return shown.may_be_imported and all(sites is None for sites in allowed)


def _subject(shown: Shown) -> Subject:
    return wordings.subject(shown.instrument, shown.version, shown.language)


def _upload_page(shown: Shown, form: UploadForm) -> str:
    return render_template(
        "admin/wording.html",
        wording=pages.wording_row(shown, may_import=True),
        template_url=pages.wording_url("admin.template", shown),
        form=form,
        mistakes=pages.mistakes(form.mistakes),
    )


def _preview_page(shown: Shown, candidate: Candidate) -> str:
    plan = wordings.plan(unit.session(), candidate)
    return render_template(
        "admin/wording_preview.html",
        page=pages.preview(shown, candidate, plan),
        rows=packed(candidate),
    )
