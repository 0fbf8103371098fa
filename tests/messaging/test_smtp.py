"""Mails reach a real server whole, and a failure says why without saying to whom."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qol_app.messaging import Email, Reason, SendingFailed, SmtpSender
from qol_app.messaging.smtp import Security
from tests.messaging.servers import HOST, Inbox, certificate, scripted, serving

MAIL = Email(
    to="wang@example.org",
    subject="您的问卷已可填写（NCT06449937）",
    body="您好！\nhttps://qol.example/s/" + "a" * 90 + "\n谢谢！\n",
    language="zh-Hans",
    written_at=datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
)


def sender(
    port: int,
    security: Security = "none",
    *,
    password: str | None = None,
    context: ssl.SSLContext | None = None,
) -> SmtpSender:
    return SmtpSender(
        host=HOST,
        port=port,
        security=security,
        sender="Questionnaires <study@hospital.example>",
        user="study" if password else "",
        password=password or "",
        context=context,
        timeout=5,
    )


def failure(sender: SmtpSender, email: Email = MAIL) -> tuple[Reason, bool]:
    with pytest.raises(SendingFailed) as caught:
        sender.send(email)
    everything = f"{caught.value!r} {caught.value.__cause__!r}"
    assert "wang" not in everything
    return caught.value.reason, caught.value.permanent


def test_a_chinese_mail_arrives_as_it_was_written() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        sender(port).send(MAIL)
    (arrived,) = inbox.mails
    assert arrived.get_content().replace("\r\n", "\n") == MAIL.body
    assert arrived["Subject"] == MAIL.subject
    assert inbox.recipients == ["wang@example.org"]
    assert arrived["To"] == "wang@example.org"
    assert arrived["From"] == "Questionnaires <study@hospital.example>"
    assert arrived["Date"] == "Mon, 02 Mar 2026 02:00:00 +0000"
    assert arrived["Message-ID"].endswith("@hospital.example>")
    assert arrived["Content-Transfer-Encoding"] == "quoted-printable"
    assert arrived["Content-Type"] == 'text/plain; charset="utf-8"'
    assert arrived["Content-Language"] == "zh-Hans"


def test_starttls_encrypts_and_signs_in(tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path)
    inbox = Inbox()
    with serving(inbox, starttls=theirs, sign_in=True) as port:
        sender(port, "starttls", password="right", context=ours).send(MAIL)
    assert inbox.encrypted == [True]


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    theirs, _ = certificate(tmp_path)
    inbox = Inbox()
    with serving(inbox, starttls=theirs) as port:
        assert failure(sender(port, "starttls")) == (Reason.NOT_SECURE, True)
    assert inbox.mails == []


def test_a_server_without_starttls_gets_no_mail() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        assert failure(sender(port, "starttls")) == (Reason.NOT_SECURE, True)
    assert inbox.mails == []


def test_a_wrong_password_is_named(tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path)
    with serving(Inbox(), starttls=theirs, sign_in=True) as port:
        wrong = sender(port, "starttls", password="wrong", context=ours)
        assert failure(wrong) == (Reason.SIGN_IN_REFUSED, True)


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 no such user", True), ("450 try again later", False)]
)
def test_a_refused_recipient_is_told_without_the_address(answer: str, permanent: bool) -> None:
    with serving(Inbox(recipient_answer=answer)) as port:
        assert failure(sender(port)) == (Reason.RECIPIENT_REFUSED, permanent)


def test_a_refused_mail_is_told() -> None:
    with serving(Inbox(mail_answer="554 looks like spam")) as port:
        assert failure(sender(port)) == (Reason.MAIL_REFUSED, True)


def test_a_server_out_of_reach_may_be_tried_again() -> None:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        assert failure(sender(probe.getsockname()[1])) == (Reason.UNREACHABLE, False)


def test_a_server_that_is_silent_does_not_hold_us_up() -> None:
    with socket.socket() as silent:
        silent.bind((HOST, 0))
        silent.listen()
        impatient = SmtpSender(
            host=HOST,
            port=silent.getsockname()[1],
            security="none",
            sender="study@hospital.example",
            timeout=0.2,
        )
        assert failure(impatient) == (Reason.UNREACHABLE, False)


OK = "250 OK"
ENVELOPE = (OK, OK, OK)
"""The answers to HELO, to the sender and to the recipient."""


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        pytest.param((OK,), Reason.UNREACHABLE, id="hangs up before the sender"),
        pytest.param((OK, OK), Reason.UNREACHABLE, id="hangs up before the recipient"),
        pytest.param(ENVELOPE, Reason.UNREACHABLE, id="hangs up before the mail"),
        pytest.param((*ENVELOPE, None), Reason.UNREACHABLE, id="hangs before the mail"),
        pytest.param((*ENVELOPE, "354 go", None), Reason.INTERRUPTED, id="hangs after the mail"),
    ],
)
def test_a_server_that_dies_half_way_has_the_mail_only_if_it_heard_all_of_it(
    answers: tuple[str | None, ...], told: Reason
) -> None:
    with scripted(*answers) as port:
        impatient = SmtpSender(
            host=HOST, port=port, security="none", sender="study@hospital.example", timeout=0.5
        )
        assert failure(impatient) == (told, False)


def test_a_line_that_is_a_dot_does_not_end_the_mail() -> None:
    inbox = Inbox()
    dotted = replace(MAIL, body="one\n.\n..two\n.three\n")
    with serving(inbox) as port:
        sender(port).send(dotted)
    assert inbox.mails[0].get_content().replace("\r\n", "\n") == "one\n.\n..two\n.three\n"


def test_a_mail_does_not_print_its_address_or_its_link() -> None:
    assert "wang" not in repr(MAIL)
    assert "/s/" not in repr(MAIL)
