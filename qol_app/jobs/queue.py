"""The queue: puts work in by id, and names what the consumer runs. Huey keeps the waiting work.

Nothing is lost with the queue: the ledger in the database says what is unscored and unsent, and
a sweep each minute finds it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from qol_app.db.session import Sessions
from qol_app.db.vault import Vault
from qol_app.jobs.tasks import Tasks
from qol_app.messaging import Sender, SmsSender
from qol_app.settings import Settings

log = logging.getLogger(__name__)

NAME = "qol"
LONGEST_WAIT = 2.0
"""Seconds between two looks into an empty queue that cannot wake its consumer."""


class Queue:
    """Waiting work, and the tasks that do it.

    Making a queue opens no file and no connection; the first use does. So the application can be
    made where no database is, and before a server forks.
    """

    def __init__(self, huey: Huey, tasks: Tasks) -> None:
        self.huey = huey
        self.tasks = tasks
        self._prepared = huey.immediate
        self._score = huey.task(name="score_response")(tasks.score_response)
        self._send = huey.task(name="send_message")(tasks.send_message)
        self._send_to_staff = huey.task(name="send_staff_message")(tasks.send_staff_message)
        self._send_invitation = huey.task(name="send_invitation")(tasks.send_invitation)
        self._send_reset = huey.task(name="send_password_reset")(tasks.send_password_reset)
        huey.periodic_task(crontab(), name="sweep")(tasks.sweep)
        huey.periodic_task(crontab(minute="*/10"), name="plan_reminders")(tasks.plan_reminders)

    def score_response(self, response_id: int) -> None:
        """Have a sent response scored soon."""
        self._put(self._score, response_id)

    def send_message(self, message_id: int) -> None:
        """Have a planned message sent soon."""
        self._put(self._send, message_id)

    def send_staff_message(self, message_id: int) -> None:
        """Have a planned message to a user sent soon."""
        self._put(self._send_to_staff, message_id)

    def send_invitation(self, invitation_id: int) -> None:
        """Have the mail of an invitation sent soon."""
        self._put(self._send_invitation, invitation_id)

    def send_password_reset(self, user_id: int, language: str) -> None:
        """Have a user sent the link to choose a new password, in a language."""
        self._put(self._send_reset, user_id, language)

    def prepare(self) -> None:
        """Make the tables in which work waits, where there are none. Twice is a no-op."""
        if not self._prepared and hasattr(self.huey.storage, "initialize_schema"):
            self.huey.storage.initialize_schema()
        self._prepared = True

    def consume(self, *, workers: int) -> None:
        """Do waiting work and the sweeps until SIGTERM or SIGINT; work begun is finished first.

        Raises:
            ValueError: the queue does its work at once and keeps none waiting.
        """
        if self.huey.immediate:
            raise ValueError("memory:// keeps no work waiting; choose another QOL_QUEUE_URL")
        self.prepare()
        consumer = self.huey.create_consumer(
            workers=workers, max_delay=LONGEST_WAIT, graceful_signal="TERM"
        )
        consumer.run()

    def _put(self, task: Callable[..., Any], *details: Any) -> None:
        """Put work in; a queue out of reach fails nobody, because the sweep will do the work."""
        try:
            self.prepare()
            task(*details)
        except Exception as error:  # each kind of storage has errors of its own
            log.warning("queue out of reach (%s), left to the sweep", type(error).__name__)


def make_queue(
    settings: Settings, sessions: Sessions, *, sender: Sender, sms: SmsSender | None = None
) -> Queue:
    """Return the queue that the settings name.

    ``sqlite:///FILE``, ``postgresql://...`` and ``redis://...`` keep the work for a consumer;
    ``memory://`` does it at once, in the caller, as tests want it.

    Raises:
        ValueError: the URL names another kind of storage.
    """
    tasks = Tasks(
        sessions=sessions,
        sender=sender,
        vault=Vault(settings.contact_keys),
        base_url=settings.base_url,
        reset_key=settings.reset_key,
        sms=sms,
    )
    return Queue(_huey(settings.queue_url), tasks)


def _huey(url: str) -> Huey:
    kind, _, rest = url.partition("://")
    if kind == "memory":
        return MemoryHuey(NAME, immediate=True, results=False)
    if kind == "sqlite":
        return SqliteHuey(
            NAME, filename=rest.removeprefix("/"), results=False, timeout=30, create_tables=False
        )
    if kind.partition("+")[0] == "postgresql":
        return PostgresHuey(NAME, dsn=f"postgresql://{rest}", results=False, create_tables=False)
    if kind in ("redis", "rediss"):
        return RedisHuey(NAME, url=url, results=False)
    raise ValueError(f"QOL_QUEUE_URL: no queue on {kind}; choose sqlite, postgresql or redis")
