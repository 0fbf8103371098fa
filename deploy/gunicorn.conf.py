"""How gunicorn serves: the application is loaded once and shared by workers of four threads."""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from qol_app.web.access_log import FORMAT, MaskingLogger

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
preload_app = True
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
timeout = 60
graceful_timeout = 30
# Signals control the server; a socket in the home folder would be shared by all servers of a user.
control_socket_disable = True
# Only a proxy that is named here is believed when it says over which scheme it was asked.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "")

accesslog = "-"
logger_class = MaskingLogger
access_log_format = FORMAT


def post_fork(server: Any, worker: Any) -> None:
    """Give the worker connections of its own; those of its parent stay the parent's."""
    worker.app.wsgi().extensions["sessions"].engine.dispose(close=False)
