"""Makes an address fail in every way that a reader may meet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TOO_LARGE = {"text": "x" * 5_000_000}


def failures(client: FlaskClient, page: str, form: str) -> Iterator[tuple[str, TestResponse]]:
    """What is said when ``page`` is asked for, or ``form`` sent, in vain: name and answer."""
    app = client.application
    yield "no such page", client.get(f"{page}/no/such/page")
    yield "not like this", client.delete(page)
    with form_tokens(app):
        yield "open too long", client.post(form)
        yield "too much at once", client.post(form, data=TOO_LARGE)
    with fault(app, page):
        yield "a fault of ours", client.get(page)


@contextmanager
def form_tokens(app: Flask) -> Iterator[None]:
    """Forms need their token."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


@contextmanager
def fault(app: Flask, page: str) -> Iterator[None]:
    """The page's view fails before it knows who asks, as it would in production."""
    endpoint, _values = app.url_map.bind("").match(page)
    views = app.view_functions
    whole, app.testing = views[endpoint], False
    views[endpoint] = lambda **_values: 1 // 0
    yield
    views[endpoint], app.testing = whole, True
