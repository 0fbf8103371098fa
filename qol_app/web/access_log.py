"""The web server's log: no token, no query string, no header."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

FORMAT = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"
"""Time, method, path, status, bytes, milliseconds: enough to see load and faults."""

_TOKEN_PATH = re.compile(r"/(s|invitation|new-password)/.*", re.DOTALL)
_TOKEN_PATH_IN_TEXT = re.compile(r"/(s|invitation|new-password)/[^\s\"']+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def masked(path: str) -> str:
    """Return ``path`` on one line, without its query string and with its token hidden."""
    bare = _TOKEN_PATH.sub(r"/\1/...", path.partition("?")[0])
    return _CONTROL.sub("?", bare)


class MaskingLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's logger with masked paths, whichever format is configured."""

    def setup(self, cfg: Any) -> None:
        """Set up both logs. Error logs quote paths too: gunicorn's, and Flask's for this app."""
        super().setup(cfg)
        for log in (self.error_log, logging.getLogger("qol_app")):
            log.addFilter(_mask_record)

    def atoms(
        self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta
    ) -> dict[str, Any]:
        """Return the values that the log's format may use; headers are not among them."""
        values: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = masked(environ.get("PATH_INFO") or "")
        safe = {key: value for key, value in values.items() if not key.startswith("{")}
        line = f"{values['m']} {path} {values['H']}"
        return safe | {"U": path, "r": line, "q": "", "f": "-"}


def _mask_record(record: logging.LogRecord) -> bool:
    record.msg = _TOKEN_PATH_IN_TEXT.sub(r"/\1/...", record.getMessage())
    record.args = ()
    return True
