"""Trajectories: the page, its numbers as a file, and the opening of groups."""

from __future__ import annotations

from flask import Response, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from qol_app.domain.errors import NotPermitted
from qol_app.domain.roles import Permission
from qol_app.exports.tabular import csv_bytes
from qol_app.services import disclosures, studies
from qol_app.services import trajectories as service
from qol_app.web import unit
from qol_app.web.analysis import page, selection, table
from qol_app.web.analysis.assets import MAP_STYLE_ID, version
from qol_app.web.analysis.blueprint import bp
from qol_app.web.guards import holds, requires
from qol_app.web.locale import language


@bp.get("/trajectories")
@requires(Permission.SEE_TRAJECTORIES)
def trajectories() -> ResponseReturnValue:
    """Show one scale over the visits."""
    protocol = studies.in_force(g.study)
    chosen = selection.read(request.args, protocol)
    shown = service.trajectory(
        unit.session(), g.study, chosen.measure, shown=chosen.shown, grouped=chosen.grouped
    )
    offers = service.offers(unit.session(), g.study, language())
    return render_template(
        "analysis/trajectories.html",
        page=page.build(
            protocol,
            shown,
            offers,
            chosen,
            may_open_groups=holds(Permission.SEE_GROUPS),
            groups_are_open=selection.groups_are_open(),
        ),
        study_code=g.study.code,
        plotly_version=version(),
        map_style_id=MAP_STYLE_ID,
    )


@bp.post("/groups")
@requires(Permission.SEE_GROUPS)
def open_groups() -> ResponseReturnValue:
    """Open the study's groups to this user for this session, and record it."""
    chosen = selection.read(request.form, studies.in_force(g.study))
    disclosures.open_groups(unit.session(), g.study, actor=g.actor, now=unit.now())
    selection.remember_groups()
    return redirect(chosen.url(grouped=True), 303)


@bp.get("/trajectories.csv")
@requires(Permission.SEE_TRAJECTORIES)
def trajectories_csv() -> ResponseReturnValue:
    """Give the numbers of the page as a CSV file; by group only where groups were opened."""
    if selection.wants_groups(request.args) and not selection.groups_are_open():
        raise NotPermitted("open the groups first")
    chosen = selection.read(request.args, studies.in_force(g.study))
    shown = service.trajectory(
        unit.session(), g.study, chosen.measure, shown=chosen.shown, grouped=chosen.grouped
    )
    name = f"{g.study.code}-{chosen.measure.scale}-{chosen.shown}-{unit.now():%Y-%m-%d}.csv"
    return Response(
        csv_bytes(table.as_frame(shown)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
