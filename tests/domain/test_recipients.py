"""One function says who is written to and how, and why others are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from qol_app.domain.eligibility import Refusal
from qol_app.domain.recipients import Channel, Matter, Recipient, verdict
from qol_app.domain.reminders import Kind

TODAY = date(2026, 3, 2)
BOTH = frozenset({"email", "sms"})
WITH_BOTH = Recipient(addresses=BOTH)


def said(kind: Kind = Kind.REMINDER, channel: Channel | None = None, **known: Any) -> str:
    """The channel, or why there is none, for somebody with both addresses."""
    written = known.pop("written", BOTH)
    matter = Matter(**{k: known.pop(k) for k in list(known) if hasattr(Matter(), k)})
    person = replace(WITH_BOTH, **known)
    found = verdict(kind, person, matter, written=written, on=TODAY, channel=channel)
    assert (found.channel is None) != (found.reason is None)
    return str(found.channel or found.reason)


def test_mail_is_the_usual_way() -> None:
    assert said() == "email"


@pytest.mark.parametrize(
    ("known", "way"),
    [
        pytest.param({"wish": "sms"}, "sms", id="a wish is kept"),
        pytest.param({"refused": frozenset({"email"})}, "sms", id="a refusal leaves the other"),
        pytest.param({"addresses": frozenset({"sms"})}, "sms", id="only a phone"),
        pytest.param({"failed": frozenset({"email"})}, "sms", id="the mail came back"),
        pytest.param({"written": frozenset({"sms"})}, "sms", id="mails are not written"),
        pytest.param({"wish": "paper"}, "wants_paper", id="paper"),
        pytest.param({"refused": BOTH}, "opted_out", id="no message wanted"),
        pytest.param({"wish": "sms", "refused": frozenset({"sms"})}, "opted_out", id="both said"),
        pytest.param({"addresses": frozenset()}, "no_contact", id="no address"),
        pytest.param({"wish": "sms", "addresses": frozenset({"email"})}, "no_contact", id="other"),
        pytest.param({"failed": BOTH}, "address_failed", id="nothing works"),
        pytest.param({"written": frozenset()}, "no_text", id="no text"),
    ],
)
def test_the_way(known: dict[str, Any], way: str) -> None:
    assert said(**known) == way


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    "refusal",
    [Refusal.SUBMITTED, Refusal.WITHDRAWN, Refusal.DIED, Refusal.PRO_STOPPED, Refusal.CLOSED],
)
def test_nothing_goes_to_a_visit_that_cannot_be_answered(kind: Kind, refusal: Refusal) -> None:
    assert said(kind, refusal=refusal) == refusal.value


@pytest.mark.parametrize("kind", list(Kind))
def test_nobody_writes_to_the_lost(kind: Kind) -> None:
    assert said(kind, lost_on=TODAY) == "lost"
    assert said(kind, lost_on=date(2026, 3, 3)) == "email"


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        pytest.param({"missing_reason": "declined"}, "reason_given", id="declined"),
        pytest.param({"missing_reason": "too_ill"}, "reason_given", id="too ill, staff say"),
        pytest.param({"waits_until": date(2026, 3, 5)}, "postponed", id="put off"),
        pytest.param({"waits_until": TODAY}, "postponed", id="is asked again today"),
        pytest.param({"asked_on": TODAY}, "asked_today", id="asked today"),
    ],
)
def test_what_holds_back_a_reminder_does_not_hold_back_staff(
    known: dict[str, Any], reason: str
) -> None:
    assert said(Kind.REMINDER, **known) == reason
    assert said(Kind.LINK, **known) == "email"


def test_who_was_too_ill_is_reminded_once_the_day_has_come() -> None:
    yesterday = date(2026, 3, 1)
    assert said(missing_reason="too_ill", waits_until=yesterday) == "email"
    assert said(missing_reason="declined", waits_until=yesterday) == "reason_given"


def test_staff_may_name_the_channel_but_not_against_a_refusal() -> None:
    assert said(Kind.LINK, Channel.SMS, wish="email") == "sms"
    assert said(Kind.LINK, Channel.EMAIL, wish="paper") == "email"
    assert said(Kind.LINK, Channel.EMAIL, failed=frozenset({"email"})) == "email"
    assert said(Kind.LINK, Channel.SMS, refused=frozenset({"sms"})) == "opted_out"
    assert said(Kind.LINK, Channel.SMS, addresses=frozenset({"email"})) == "no_contact"
