"""A process that plans the reminders and sends all messages, as a consumer does; for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from qol_app import settings
from qol_app.db.session import Sessions, make_engine
from qol_app.jobs import make_queue
from qol_app.messaging import make_sender
from qol_app.services import messages


def main() -> None:
    """Work until nothing is left that nobody has taken."""
    configuration = settings.from_environment()
    sessions = Sessions(make_engine(configuration.database_url))
    tasks = make_queue(configuration, sessions, sender=make_sender(configuration)).tasks
    tasks.plan_reminders()
    with sessions.read() as session:
        due = messages.unsent(session, before=datetime.now(UTC) + timedelta(seconds=1))
    for message_id in due:
        tasks.send_message(message_id)


if __name__ == "__main__":
    main()
