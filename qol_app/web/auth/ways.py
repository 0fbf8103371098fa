"""Where to go after signing in: only ever a page of ours."""

from __future__ import annotations


def safe(address: str | None) -> str:
    """Return an address if it is a path on this host, else an empty text."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return ""
    return "" if any(sign < " " or sign == "\\" for sign in address) else address
