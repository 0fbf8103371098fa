"""Response headers: nothing is loaded from elsewhere, framed, cached, or told to other sites."""

from __future__ import annotations

from flask import Flask, Response, request

from qol_app.web.assets import FILES

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def register(app: Flask) -> None:
    """Set the headers on every response of ``app``."""
    app.after_request(_set_headers)


FOR_FILES = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")
"""What styles and scripts need of it: they frame nothing and refer to nobody."""


def _set_headers(response: Response) -> Response:
    is_file = request.endpoint in FILES
    for name in FOR_FILES if is_file else HEADERS:
        response.headers.setdefault(name, HEADERS[name])
    response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
