"""What a scan of a paper form may be: told by its content, never by its name."""

from __future__ import annotations

MAX_BYTES = 10 * 1024 * 1024

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"

ENDINGS = {JPEG: "jpg", PNG: "png", PDF: "pdf"}

_BEGINNINGS = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"%PDF-": PDF}


def media_type(content: bytes) -> str | None:
    """Return the type of a file by its first bytes; None for one that is none of the three."""
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    return None
