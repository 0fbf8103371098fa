"""Work that no request waits for: scoring and sending, and the sweep that finds what was missed.

This package imports no pandas: every web worker makes a queue to put work into, and only the
process that scores may grow heavy.
"""

from qol_app.jobs.queue import Queue, make_queue

__all__ = ["Queue", "make_queue"]
