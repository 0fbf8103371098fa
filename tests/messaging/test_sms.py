"""Text messages reach a gateway signed, and a failure says why without saying to whom."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from qol_app.messaging import Reason, SendingFailed, Sms, SmsSender, make_sms_sender, text
from qol_app.messaging.alibaba import AlibabaSender, authorization
from qol_app.messaging.console import ConsoleSmsSender
from qol_app.messaging.webhook import WebhookSender
from qol_app.settings import SettingsInvalid, from_environment
from tests.messaging.gateway import Gateway, serving

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SMS = Sms(
    to="+8613812345678",
    body="研究 NCT1：您的问卷已可填写：https://q.example/s/abc",
    language="zh-Hans",
    kind="reminder",
    values={"study": "NCT1", "link": "https://q.example/s/abc", "last_day": "2026年3月4日"},
    reference="17",
)
TAKEN = (200, {"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0"})


def webhook(url: str) -> WebhookSender:
    return WebhookSender(url=f"{url}/sms", secret="shared", clock=lambda: NOW, timeout=0.3)


def alibaba(url: str) -> AlibabaSender:
    return AlibabaSender(
        url=url,
        key_id="LTAI-test",
        secret="shared",
        sign_name="合肥医院",
        templates={"reminder.zh-Hans": "SMS_71390007"},
        clock=lambda: NOW,
        timeout=0.3,
    )


def failure(sender: SmsSender, sms: Sms = SMS) -> tuple[Reason, bool]:
    with pytest.raises(SendingFailed) as caught:
        sender.send(sms)
    everything = f"{caught.value!r} {caught.value.__cause__!r}"
    assert "138" not in everything
    return caught.value.reason, caught.value.permanent


def test_the_webhook_gets_a_signed_document_and_names_the_message() -> None:
    gateway = Gateway([(202, {"id": "m-1"})])
    with serving(gateway) as url:
        assert webhook(url).send(SMS) == "m-1"
    (heard,) = gateway.heard
    assert heard.path == "/sms"
    assert json.loads(heard.body) == {
        "reference": "17",
        "to": "+8613812345678",
        "text": SMS.body,
        "language": "zh-Hans",
        "kind": "reminder",
    }
    assert heard.headers["x-qol-timestamp"] == "1772416800"
    signed = hmac.new(b"shared", b"1772416800." + heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["x-qol-signature"] == signed


def test_a_gateway_that_answers_500_then_200_is_tried_again() -> None:
    gateway = Gateway([(500, {}), (200, {"id": 7})])
    with serving(gateway) as url:
        assert failure(webhook(url)) == (Reason.UNREACHABLE, False)
        assert webhook(url).send(SMS) == "7"
    references = [json.loads(heard.body)["reference"] for heard in gateway.heard]
    assert references == ["17", "17"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param((400, {"error": "no"}), (Reason.GATEWAY_REFUSED, True), id="refuses"),
        pytest.param((302, {}), (Reason.GATEWAY_REFUSED, True), id="sends elsewhere"),
        pytest.param((429, {}), (Reason.UNREACHABLE, False), id="is overrun"),
        pytest.param("silence", (Reason.UNREACHABLE, False), id="is silent"),
    ],
)
def test_a_webhook_that_does_not_take_it(
    answer: tuple[int, object] | str, told: tuple[Reason, bool]
) -> None:
    with serving(Gateway([answer])) as url:
        assert failure(webhook(url)) == told


@pytest.mark.parametrize("make", [webhook, alibaba])
def test_a_gateway_out_of_reach_may_be_tried_again(make: type[WebhookSender]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        assert failure(make(address)) == (Reason.UNREACHABLE, False)


@pytest.mark.parametrize("make", [webhook, alibaba])
def test_nothing_goes_unencrypted_to_another_machine(make: type[WebhookSender]) -> None:
    assert failure(make("http://gateway.example")) == (Reason.NOT_SECURE, True)


def test_the_signature_is_that_of_the_public_reference() -> None:
    """The worked example of the reference, with its published signature."""
    query = {
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    }
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    signed = authorization(
        "POST", "/", query, headers, key_id="YourAccessKeyId", secret="YourAccessKeySecret"
    )
    assert signed == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_alibaba_gets_a_template_with_its_values() -> None:
    gateway = Gateway([TAKEN])
    with serving(gateway) as url:
        assert alibaba(url).send(SMS) == "900619746936498440^0"
    (heard,) = gateway.heard
    query = {name: values[0] for name, values in parse_qs(urlsplit(heard.path).query).items()}
    assert json.loads(query.pop("TemplateParam")) == dict(SMS.values)
    assert query == {
        "PhoneNumbers": "13812345678",
        "SignName": "合肥医院",
        "TemplateCode": "SMS_71390007",
        "OutId": "17",
    }
    assert heard.headers["x-acs-action"] == "SendSms"
    assert heard.headers["x-acs-date"] == "2026-03-02T02:00:00Z"
    assert heard.headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=LTAI-test,")
    assert heard.body == b""


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((200, {"Code": "isv.BUSINESS_LIMIT_CONTROL"}), (Reason.UNREACHABLE, False)),
        ((400, {"Code": "Throttling.User"}), (Reason.UNREACHABLE, False)),
        ((503, {}), (Reason.UNREACHABLE, False)),
        ((200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}), (Reason.RECIPIENT_REFUSED, True)),
        ((400, {"Code": "SignatureDoesNotMatch"}), (Reason.SIGN_IN_REFUSED, True)),
        ((200, {"Code": "isv.AMOUNT_NOT_ENOUGH"}), (Reason.GATEWAY_REFUSED, True)),
        ("silence", (Reason.INTERRUPTED, False)),
    ],
)
def test_alibaba_does_not_take_it(
    answer: tuple[int, object] | str, told: tuple[Reason, bool]
) -> None:
    with serving(Gateway([answer])) as url:
        assert failure(alibaba(url)) == told


def test_a_message_without_an_approved_template_is_not_sent() -> None:
    gateway = Gateway([TAKEN])
    with serving(gateway) as url:
        english = Sms(**{**SMS.__dict__, "language": "en"})
        assert failure(alibaba(url), english) == (Reason.NOT_SERVED, True)
    assert gateway.heard == []


def test_a_text_message_does_not_print_its_number_or_its_link() -> None:
    assert "138" not in repr(SMS)
    assert "/s/" not in repr(SMS)


ALIBABA = {
    "QOL_SMS": "alibaba",
    "QOL_SMS_KEY_ID": "a",
    "QOL_SMS_SECRET": "b",
    "QOL_SMS_SIGN_NAME": "c",
    "QOL_SMS_TEMPLATES": "reminder.zh-Hans=SMS_1,link.zh-Hans=SMS_2",
}
WEBHOOK = {"QOL_SMS": "webhook", "QOL_SMS_URL": "https://g.example", "QOL_SMS_SECRET": "b"}


@pytest.mark.parametrize(
    ("chosen", "kind"),
    [
        ({}, type(None)),
        ({"QOL_SMS": "console"}, ConsoleSmsSender),
        (WEBHOOK, WebhookSender),
        (ALIBABA, AlibabaSender),
    ],
)
def test_the_settings_choose_the_gateway(
    tmp_path: Path, chosen: dict[str, str], kind: type
) -> None:
    settings = from_environment({"QOL_INSTANCE": str(tmp_path), **chosen})
    assert type(make_sms_sender(settings, clock=lambda: NOW)) is kind


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"QOL_SMS": "pigeon"}, "QOL_SMS: choose one of none, console, webhook, alibaba"),
        ({"QOL_SMS": "webhook"}, "QOL_SMS_URL: is not set, and QOL_SMS=webhook needs it"),
        ({**WEBHOOK, "QOL_SMS_URL": "http://g.example"}, "QOL_SMS_URL: must begin with https://"),
        ({**ALIBABA, "QOL_SMS_TEMPLATES": "SMS_1"}, "QOL_SMS_TEMPLATES: write kind.language=code"),
    ],
)
def test_a_gateway_that_is_set_up_by_half_is_named(
    tmp_path: Path, wrong: dict[str, str], problem: str
) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        from_environment({"QOL_INSTANCE": str(tmp_path), **wrong})
    assert problem in str(caught.value)


@pytest.mark.parametrize("kind", ["invitation", "reminder", "last_call", "link", "again"])
def test_text_messages_are_short_and_hold_the_link(kind: str) -> None:
    for language in ("en", "zh-Hans"):
        words = text.render_short(
            kind, language, study="NCT1", link="https://q.example/s/abc", last_day="4 March"
        )
        assert "https://q.example/s/abc" in words
        assert len(words) < 160
