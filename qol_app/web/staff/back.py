"""Back to the list on which something was done in place, narrowed and paged as it was."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from flask import g, request, url_for

NAMES = frozenset({"site", "visit", "instrument", "status", "q", "sort", "page"})
"""What the addresses of lists carry; anything else is dropped."""
LISTS = {"worklist": "staff.worklist", "closed": "staff.closed_visits"}


def to_list() -> str | None:
    """Return the address of the list that the posted form came from; None if from none.

    Forms on lists post ``from`` (which list) and ``back`` (what its address carried).
    """
    endpoint = LISTS.get(request.form.get("from", ""))
    if endpoint is None:
        return None
    kept = {k: v for k, v in parse_qsl(request.form.get("back", "")) if k in NAMES}
    address = url_for(endpoint, study=g.study.code)
    return f"{address}?{urlencode(kept)}" if kept else address
