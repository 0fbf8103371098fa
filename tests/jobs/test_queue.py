"""What is put into the queue is done once; what the queue loses, the sweep finds."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from huey import PostgresHuey
from sqlalchemy.orm import Session

from qol_app.db.models import Message, Response
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.jobs import Queue, make_queue
from qol_app.jobs.tasks import logged
from qol_app.messaging import Email, Reason, SendingFailed
from qol_app.services import forms, messages, responses, submission
from qol_app.settings import Settings, from_environment
from tests.builders import link_of
from tests.services.test_messages import NURSE, baseline, enrolled

KEYS = "k1:" + "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
ROOT = Path(__file__).parents[2]


@dataclass
class Post:
    """A sender that keeps what it is given, or fails."""

    failure: Exception | None = None
    mails: list[Email] = field(default_factory=list)

    def send(self, email: Email) -> None:
        if self.failure is not None:
            raise self.failure
        self.mails.append(email)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    environment = {"QOL_INSTANCE": str(tmp_path), "QOL_QUEUE_URL": "memory://"}
    return from_environment({**environment, "QOL_CONTACT_KEYS": KEYS})


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def queue(settings: Settings, sessions: Sessions, post: Post) -> Queue:
    return make_queue(settings, sessions, sender=post)


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def planned(sessions: Sessions, now: datetime) -> int:
    with sessions.write() as session:
        visit = baseline(session, enrolled(session, now))
        message = messages.plan(session, visit, actor=NURSE, now=now)
        session.commit()
        return message.id


def stored(sessions: Sessions, message_id: int) -> Message:
    with sessions.read() as session:
        return session.get_one(Message, message_id)


def test_a_message_put_into_the_queue_is_sent_once(
    queue: Queue, sessions: Sessions, post: Post, planned: int
) -> None:
    queue.send_message(planned)
    queue.send_message(planned)
    assert len(post.mails) == 1
    assert stored(sessions, planned).status == "sent"


def test_the_link_in_the_mail_begins_with_the_base_url(
    queue: Queue, sessions: Sessions, post: Post, planned: int
) -> None:
    queue.send_message(planned)
    found = re.search(r"http://127\.0\.0\.1:8000/s/(\S+)", post.mails[0].body)
    assert found is not None
    with sessions.read() as session:
        assert link_of(session, found.group(1)).channel == "email"


def test_the_database_is_free_while_the_mail_server_is_asked(
    settings: Settings, sessions: Sessions, planned: int
) -> None:
    seen: list[str] = []

    class Curious:
        def send(self, email: Email) -> None:
            with sessions.write() as session:
                seen.append(session.get_one(Message, planned).status)

    make_queue(settings, sessions, sender=Curious()).send_message(planned)
    assert seen == ["sending"]


def test_a_message_that_nobody_took_says_why_and_is_sent_later(
    queue: Queue, sessions: Sessions, post: Post, planned: int
) -> None:
    post.failure = SendingFailed(Reason.UNREACHABLE, permanent=False)
    queue.send_message(planned)
    message = stored(sessions, planned)
    assert (message.status, message.problem, message.tries) == ("planned", "unreachable", 1)
    post.failure = None
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=7)):
        queue.tasks.sweep()
    assert len(post.mails) == 1
    assert stored(sessions, planned).status == "sent"


def test_a_crash_while_sending_leaves_the_message_for_staff_and_logs_no_address(
    queue: Queue, sessions: Sessions, post: Post, planned: int, caplog: pytest.LogCaptureFixture
) -> None:
    post.failure = RuntimeError("wang@example.org is unhappy")
    queue.send_message(planned)
    post.failure = None
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        queue.tasks.sweep()
    assert stored(sessions, planned).status == "sending"
    assert post.mails == []
    assert f"send_message {planned} failed: RuntimeError at " in caplog.text
    assert "wang" not in caplog.text


def test_the_sweep_sends_what_the_queue_has_lost(
    queue: Queue, sessions: Sessions, post: Post, planned: int, now: datetime
) -> None:
    queue.tasks.sweep()
    assert post.mails == []
    with time_machine.travel(now + timedelta(minutes=2)):
        queue.tasks.sweep()
        queue.tasks.sweep()
    assert len(post.mails) == 1
    assert stored(sessions, planned).status == "sent"


def submitted(session: Session, now: datetime) -> Response:
    """A sent form with one answer."""
    visit = baseline(session, enrolled(session, now))
    response = visit.responses[0]
    item = forms.questionnaire(response.form_version).items[0]
    answer = responses.Answer(event_id="e1", item=item.id, value=item.codes[0], answered_at=now)
    words = forms.wording(session, response.form_version, "en")
    patient = actors.link(1)
    responses.save_answers(session, response.id, [answer], wording=words, actor=patient, now=now)
    submission.submit_visit(session, visit, mode="patient", actor=patient, now=now)
    return response


@pytest.mark.parametrize("by", ["task", "sweep"])
def test_a_sent_response_is_scored(
    queue: Queue, sessions: Sessions, now: datetime, by: str
) -> None:
    with sessions.write() as session:
        response = submitted(session, now)
        session.commit()
    if by == "task":
        queue.score_response(response.id)
        queue.score_response(response.id)
    else:
        queue.tasks.sweep()
        queue.tasks.sweep()
    with sessions.read() as session:
        scored = session.get_one(Response, response.id)
        assert (scored.scored_at, scored.score_revision) == (now, 1)


def test_one_failure_does_not_stop_the_others(
    queue: Queue, sessions: Sessions, post: Post, planned: int, caplog: pytest.LogCaptureFixture
) -> None:
    queue.score_response(999)
    queue.send_message(999)
    queue.send_message(planned)
    assert len(post.mails) == 1
    assert "score_response 999 failed: NotFound" in caplog.text
    assert "send_message 999 failed: NotFound" in caplog.text


def test_a_queue_out_of_reach_fails_nobody(
    settings: Settings, sessions: Sessions, planned: int, caplog: pytest.LogCaptureFixture
) -> None:
    gone = replace(settings, queue_url="sqlite:////nowhere/queue.sqlite")
    make_queue(gone, sessions, sender=Post()).send_message(planned)
    assert "queue out of reach (OperationalError), left to the sweep" in caplog.text
    assert stored(sessions, planned).status == "planned"


def test_making_a_queue_opens_nothing(
    settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    path = tmp_path / "queue.sqlite"
    queue = make_queue(replace(settings, queue_url=f"sqlite:///{path}"), sessions, sender=Post())
    assert not path.exists()
    queue.send_message(1)
    queue.send_message(2)
    assert queue.huey.pending_count() == 2
    queue.huey.storage.close()


def test_waiting_work_is_done_by_a_process_that_comes_later(
    settings: Settings, sessions: Sessions, tmp_path: Path, planned: int
) -> None:
    kept = replace(settings, queue_url=f"sqlite:///{tmp_path / 'queue.sqlite'}")
    early = make_queue(kept, sessions, sender=Post())
    early.send_message(planned)
    early.huey.storage.close()
    post = Post()
    late = make_queue(kept, sessions, sender=post)
    late.huey.execute(late.huey.dequeue())
    late.huey.storage.close()
    assert len(post.mails) == 1


def test_the_url_chooses_the_storage(settings: Settings, sessions: Sessions) -> None:
    url = "postgresql+psycopg://qol@db.example/qol"
    queue = make_queue(replace(settings, queue_url=url), sessions, sender=Post())
    assert isinstance(queue.huey, PostgresHuey)
    assert queue.huey.storage.dsn == "postgresql://qol@db.example/qol"
    with pytest.raises(ValueError, match="no queue on mysql"):
        make_queue(replace(settings, queue_url="mysql://x"), sessions, sender=Post())


def test_a_queue_that_works_at_once_has_no_consumer(queue: Queue) -> None:
    with pytest.raises(ValueError, match="keeps no work waiting"):
        queue.consume(workers=1)


def test_a_failure_is_logged_by_kind_and_place_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    with logged("sweep"):
        raise ValueError("born in 1950")
    assert "ValueError at " in caplog.text
    assert "test_queue.py:" in caplog.text
    assert "1950" not in caplog.text


def test_a_process_that_only_fills_the_queue_loads_no_pandas() -> None:
    code = "import sys, qol_app.jobs; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
