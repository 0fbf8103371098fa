"""plotly.js, served from the installed package: nothing is loaded from elsewhere."""

from __future__ import annotations

import gzip
from functools import cache
from hashlib import sha256
from importlib.resources import files

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from qol_app.web.guards import public

bp = Blueprint("assets", __name__, url_prefix="/assets")
MAP_STYLE_ID = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53"
"""The id of the element for want of which the bundled map library would write a style."""
A_YEAR = 365 * 24 * 3600


@cache
def _script() -> bytes:
    return files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()


@cache
def _compressed() -> bytes:
    return gzip.compress(_script(), compresslevel=6, mtime=0)


@cache
def version() -> str:
    """Return what the script's address carries, so that another version has another address."""
    return sha256(_script()).hexdigest()[:12]


@bp.get("/plotly.min.js")
@public
def plotly() -> ResponseReturnValue:
    """Serve plotly.js, compressed where the browser takes it, to be kept for a year."""
    compressed = request.accept_encodings.quality("gzip") > 0
    answer = Response(_compressed() if compressed else _script(), mimetype="text/javascript")
    if compressed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.cache_control.public = True
    answer.cache_control.max_age = A_YEAR
    answer.set_etag(f"{version()}-{'gzip' if compressed else 'plain'}")
    return answer.make_conditional(request)
