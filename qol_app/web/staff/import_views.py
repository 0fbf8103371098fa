"""Bringing participants in from a file: the template, a preview with every mistake, enrolling."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from flask import Response, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired, FileSize
from wtforms import HiddenField
from wtforms.validators import InputRequired, ValidationError

from qol_app.db.models import Site
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.domain.participant_file import Column, Mistake, RawRow, raw_rows
from qol_app.domain.roles import Permission
from qol_app.exports import participant_sheet
from qol_app.services import participant_import, participants
from qol_app.services.participant_import import Plan
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.staff import import_words
from qol_app.web.staff.blueprint import bp

IMPORT = "/participants/import"
MOST_BYTES = 2 * 1024 * 1024
TEMPLATES = {
    "csv": (participant_sheet.csv_template, "text/csv"),
    "xlsx": (
        participant_sheet.xlsx_template,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


class FileForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """A file with participants."""

    file = FileField(
        _l("File"),
        [
            FileRequired(_l("Choose a file.")),
            FileAllowed(["csv", "xlsx"], _l("Choose a CSV or XLSX file.")),
            FileSize(max_size=MOST_BYTES, message=_l("Choose a file of at most 2 MB.")),
        ],
    )


class EnrolFileForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """The rows that were looked at, sent back to be enrolled; they are checked again."""

    rows = HiddenField(validators=[InputRequired()])

    def validate_rows(self, field: HiddenField) -> None:
        """Refuse what no page of ours sends."""
        try:
            self.raw()
        except (ValueError, TypeError, AttributeError) as error:
            raise ValidationError(str(error)) from error

    def raw(self) -> list[RawRow]:
        """Return the rows as they were shown. Raises ValueError or TypeError."""
        return [
            RawRow(line=int(line), cells={Column(name): str(text) for name, text in cells.items()})
            for line, cells in json.loads(self.rows.data or "")
        ]


@dataclass(frozen=True, kw_only=True)
class FileRead:
    """A file's rows, and what was said about the file as a whole."""

    rows: list[RawRow]
    mistakes: list[Mistake]
    is_gbk: bool


@bp.get(IMPORT)
@requires(Permission.IMPORT_PARTICIPANTS)
def import_participants() -> ResponseReturnValue:
    """Ask for a file."""
    return _upload_page(FileForm())


@bp.get(f"{IMPORT}/template/<kind>")
@requires(Permission.IMPORT_PARTICIPANTS)
def import_template(kind: str) -> ResponseReturnValue:
    """Give the table to fill in."""
    if kind not in TEMPLATES:
        raise NotFound(f"no template as {kind}")
    make, media_type = TEMPLATES[kind]
    disposition = f'attachment; filename="{g.study.code}-participants.{kind}"'
    return Response(make(), mimetype=media_type, headers={"Content-Disposition": disposition})


@bp.post(IMPORT)
@requires(Permission.IMPORT_PARTICIPANTS)
def preview_import() -> ResponseReturnValue:
    """Show whom a file would enrol, or every mistake in it. Stores nothing."""
    form = FileForm()
    if not form.validate_on_submit():
        return _upload_page(form), 422
    try:
        read = _read(form)
    except InvalidInput:
        told = _("This file cannot be read. Save it as CSV UTF-8 or as XLSX.")
        form.file.errors = [*form.file.errors, told]
        return _upload_page(form), 422
    if read.mistakes:
        return _upload_page(form, read.mistakes, is_gbk=read.is_gbk), 422
    plan = _plan(read.rows)
    if plan.mistakes:
        return _upload_page(form, plan.mistakes, is_gbk=read.is_gbk), 422
    packed = json.dumps([(row.line, dict(row.cells)) for row in read.rows], ensure_ascii=False)
    return render_template(
        "staff/import_preview.html",
        page=import_words.preview(guards.protocol(), plan),
        rows=packed,
        is_gbk=read.is_gbk,
    )


@bp.post(f"{IMPORT}/enrol")
@requires(Permission.IMPORT_PARTICIPANTS)
def enrol_file() -> ResponseReturnValue:
    """Enrol everybody of the rows that were looked at, or nobody."""
    form = EnrolFileForm()
    if not form.validate_on_submit():
        return _upload_page(FileForm(formdata=None)), 422
    plan = _plan(form.raw())
    if plan.mistakes:
        return _upload_page(FileForm(formdata=None), plan.mistakes), 422
    count = participant_import.enrol(
        unit.session(),
        g.study,
        form.raw(),
        sites=_sites(),
        vault=current_app.extensions["vault"],
        actor=g.actor,
        now=unit.now(),
    )
    flash(
        ngettext("%(num)s participant enrolled.", "%(num)s participants enrolled.", count)
        if count
        else _("Nobody was enrolled: everybody in this file is enrolled already."),
        "success",
    )
    return redirect(url_for("staff.participants", study=g.study.code), 303)


def _read(form: FileForm) -> FileRead:
    content, is_gbk = form.file.data.read(), False
    if PurePath(form.file.data.filename).suffix.lower() == ".xlsx":
        lines = participant_sheet.read_xlsx(content)
    else:
        lines, encoding = participant_sheet.read_csv(content)
        is_gbk = encoding == participant_sheet.GBK
    rows, mistakes = raw_rows(lines)
    return FileRead(rows=rows, mistakes=mistakes, is_gbk=is_gbk)


def _sites() -> list[Site]:
    return participants.sites(g.study, guards.sites(Permission.IMPORT_PARTICIPANTS))


def _plan(rows: Sequence[RawRow]) -> Plan:
    return participant_import.plan(
        unit.session(),
        g.study,
        rows,
        sites=_sites(),
        vault=current_app.extensions["vault"],
        now=unit.now(),
    )


def _upload_page(form: FileForm, mistakes: Sequence[Mistake] = (), *, is_gbk: bool = False) -> str:
    return render_template(
        "staff/import.html",
        form=form,
        mistakes=[import_words.mistake(each) for each in mistakes],
        columns=import_words.columns(guards.protocol(), _sites()),
        is_gbk=is_gbk,
    )
