"""Downloads: what there is to take away, and taking it."""

from __future__ import annotations

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue

from qol_app.domain.roles import Permission
from qol_app.services import disclosures
from qol_app.services import downloads as service
from qol_app.web import unit
from qol_app.web.analysis.blueprint import bp
from qol_app.web.guards import holds, requires


@bp.get("/downloads")
@requires(Permission.DOWNLOAD)
def downloads() -> ResponseReturnValue:
    """List the files of a download with their numbers of rows."""
    return render_template(
        "analysis/downloads.html",
        files=service.overview(unit.session(), g.study, now=unit.now()),
        with_groups=holds(Permission.SEE_GROUPS),
        study_code=g.study.code,
    )


@bp.post("/downloads")
@requires(Permission.DOWNLOAD)
def download() -> ResponseReturnValue:
    """Give all data of the study as one ZIP file, and record it."""
    made = service.build(
        unit.session(), g.study, grouped=holds(Permission.SEE_GROUPS), now=unit.now()
    )
    disclosures.download(
        unit.session(),
        g.study,
        name=made.name,
        digest=made.digest,
        actor=g.actor,
        now=unit.now(),
    )
    return Response(
        made.content,
        mimetype="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
    )
