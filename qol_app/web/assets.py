"""Our own styles and scripts: under an address that changes with them, so that browsers keep them.

The address carries a hash of all files (``/static/<version>/...``); scripts import one another
relatively and so share it. A page loads one stylesheet: the files of its surface, joined.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import brotli
from flask import Flask, Response, abort, current_app, request
from flask_compress import Compress

from qol_app.web.guards import public

STYLESHEETS = {
    "patient": (
        "tokens",
        "base",
        "components",
        "answers",
        "no-answer",
        "patient",
        "display",
        "matrix",
        "print",
    ),
}
"""Joined stylesheets and their parts in order. A new part of a surface is named here, only."""

YEAR = 365 * 24 * 3600
FILES = ("static", "stylesheet", "other_version")
"""Endpoints that serve files of ours."""
SCRIPTS = (
    "survey.js",
    "aloud.js",
    "analogue.js",
    "exclusive.js",
    "keys.js",
    "no-answer.js",
    "survey/fields.js",
    "survey/keeper.js",
    "survey/outbox.js",
    "survey/saveline.js",
    "survey/screen.js",
    "survey/vault.js",
    "survey/walk.js",
)
"""What a page of questions loads, fetched side by side instead of one after the other."""


def version(folder: Path) -> str:
    """Return a short hash over all files below ``folder``: their names and contents."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def register(app: Flask, *, keeps_changing: bool) -> None:
    """Serve joined stylesheets, compress what is sent, and say how long files may be kept.

    Args:
        keeps_changing: Whether files change under their address, as they do in development.
    """
    app.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=2,
        COMPRESS_BR_WINDOW=16,
        COMPRESS_LEVEL=4,
        COMPRESS_REGISTER=False,
        COMPRESS_STREAMS=False,
        SEND_FILE_MAX_AGE_DEFAULT=0 if keeps_changing else YEAR,
    )
    compress = Compress(app)
    static = str(app.static_url_path)
    app.add_url_rule(f"{static}/styles/<name>.css", "stylesheet", stylesheet)
    app.add_url_rule("/static/<version>/<path:filename>", "other_version", other_version)
    app.context_processor(lambda: {"patient_scripts": SCRIPTS})
    app.after_request(lambda response: _compressed(compress, _prepare(response)))


@public
def stylesheet(name: str) -> Response:
    """Give the files of one surface as one."""
    if name not in STYLESHEETS:
        abort(404)
    response = Response(_joined(name), mimetype="text/css")
    response.cache_control.public = True
    response.cache_control.max_age = current_app.config["SEND_FILE_MAX_AGE_DEFAULT"]
    response.add_etag()
    response.make_conditional(request)
    return response


def _joined(name: str) -> str:
    folder = Path(str(current_app.static_folder), "css")
    parts = (folder / f"{part}.css" for part in STYLESHEETS[name])
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


@public
def other_version(version: str, filename: str) -> Response:
    """Give a file to a page of another release: while servers change, both are in use."""
    folder, _, file = filename.rpartition("/")
    response = (
        stylesheet(file.removesuffix(".css"))
        if folder == "styles"
        else current_app.send_static_file(filename)
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


def _compressed(compress: Compress, response: Response) -> Response:
    """Compress files and patients' pages; others may show what was asked for beside a token."""
    if request.endpoint in FILES:
        _squeeze(response)
    if request.endpoint in FILES or request.blueprint == "patient":
        response = compress.after_request(response)
    return response


def _squeeze(response: Response) -> None:
    """Compress a whole file as far as it goes, which is worth it because it is done once."""
    is_text = response.mimetype in current_app.config["COMPRESS_MIMETYPES"]
    if response.status_code != 200 or not is_text or not request.accept_encodings["br"]:
        return
    response.set_data(_smallest(response.get_data()))
    response.headers["Content-Encoding"] = "br"
    response.set_etag(f"{response.get_etag()[0]}:br")
    response.make_conditional(request)


@lru_cache(maxsize=128)
def _smallest(content: bytes) -> bytes:
    smallest: bytes = brotli.compress(content)
    return smallest


def _prepare(response: Response) -> Response:
    """Have a file read whole, so that it can be compressed, and kept where it never changes."""
    if request.endpoint in FILES:
        _read_whole(response)
    if request.endpoint in ("static", "stylesheet") and response.cache_control.max_age:
        response.cache_control.immutable = True
    return response


def _read_whole(response: Response) -> None:
    file = response.response
    response.direct_passthrough = False
    response.get_data()
    if hasattr(file, "close"):  # now, and not only if the browser waits for the last byte
        file.close()
