"""Who may open a route. Every view carries exactly one guard; a test walks the URL map.

``public`` needs no identity, ``with_link`` needs a survey link's session, ``requires`` needs a
signed-in user with a permission. A view without a guard is refused at start-up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

View = TypeVar("View", bound=Callable[..., object])


def public(view: View) -> View:
    """Mark a view as open to anyone."""
    view.guard = "public"  # type: ignore[attr-defined]  # a mark read by the URL-map test
    return view
