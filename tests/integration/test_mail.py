"""Threads and outgoing mail on moto."""

from typing import Any

import pytest
from botocore.stub import Stubber

from chalicelib.adapters import aws
from chalicelib.adapters.mail import SesMailer
from chalicelib.adapters.thread_table import ThreadTable
from chalicelib.bootstrap import AwsDesk
from chalicelib.usecases.ports import Mail
from tests.fakes import NOON


def test_a_mail_is_known_by_the_id_ses_tells_and_by_the_one_it_writes(desk: AwsDesk) -> None:
    threads = ThreadTable(desk.table)
    threads.remember("0100-abc-000000", "CASE-A", NOON, ours=True)
    threads.remember("1@client.example", "CASE-B", NOON, ours=True)
    asked = ["0100-abc-000000@email.amazonses.com", "0100-abc-000000@eu-west-1.amazonses.com", "1@client.example"]
    assert threads.cases([*asked, "1@other.example", "1"]) == ["CASE-A", "CASE-B"]
    assert threads.cases([]) == []


def test_no_message_id_stands_in_the_table(desk: AwsDesk) -> None:
    ThreadTable(desk.table).remember("fang-laptop@home.example", "CASE-A", NOON, ours=True)
    assert "fang" not in str(list(desk.table.scan("sk", "T")))


def test_a_mail_goes_out_with_its_reply_address_and_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    expected: dict[str, Any] = {
        "FromEmailAddress": "care@example.com", "Destination": {"ToAddresses": ["fang@example.net"]},
        "ReplyToAddresses": ["r-1@in.example.com"], "ConfigurationSetName": "set",
        "Content": {
            "Simple": {
                "Subject": {"Data": "Re: Lamp", "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": "text", "Charset": "UTF-8"}, "Html": {"Data": "<p>html</p>", "Charset": "UTF-8"},
                },
                "Headers": [{"Name": "In-Reply-To", "Value": "<1@client.example>"}],
            }
        },
    }  # fmt: skip
    mail = Mail(
        sender="care@example.com", to="fang@example.net", subject="Re: Lamp", text="text", html="<p>html</p>",
        headers={"In-Reply-To": "<1@client.example>"}, reply_to="r-1@in.example.com",
    )  # fmt: skip
    with Stubber(aws.client("sesv2")) as ses:
        ses.add_response("send_email", {"MessageId": "0100"}, expected)
        assert SesMailer("set").send(mail) == "0100"
    aws.client.cache_clear()
