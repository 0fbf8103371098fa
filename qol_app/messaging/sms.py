"""What every gateway for text messages takes. None of it shows a number or a text when printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Sms:
    """One text message to one number. It may hold a survey link, so it is not printed."""

    to: str = field(repr=False)
    """With the country's code, e.g. ``+8613812345678``."""
    body: str = field(repr=False)
    language: str
    kind: str
    """Which message it is; some gateways send only templates that they have approved."""
    values: Mapping[str, str] = field(repr=False)
    """What stands in the message's fields, for such gateways."""
    reference: str
    """The same however often it is sent, so that a gateway can drop what it has had before."""


class SmsSender(Protocol):
    """Hands text messages over. A new gateway is one more class with this method."""

    def send(self, sms: Sms) -> str | None:
        """Hand it over and return the gateway's name for it, or raise SendingFailed."""
