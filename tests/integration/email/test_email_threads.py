"""Threads and outgoing mail on moto."""

from typing import Any

import pytest
from botocore.stub import Stubber
from msgspec.structs import replace

from chalicelib.adapters.aws import clients as aws
from chalicelib.adapters.email.thread_table import MOST, ThreadTable
from chalicelib.adapters.notifications.ses import SesMailer
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.ids import new_id
from chalicelib.usecases.ports.email import Mail
from tests.fakes import NOON


def test_a_mail_is_known_by_the_id_ses_tells_and_by_the_one_it_writes(services: AwsServices) -> None:
    threads = ThreadTable(services.table)
    threads.remember("0100-abc-000000", "CASE-A", NOON, ours=True)
    threads.remember("1@client.example", "CASE-B", NOON, ours=True)
    asked = ["0100-abc-000000@email.amazonses.com", "0100-abc-000000@eu-west-1.amazonses.com", "1@client.example"]
    assert threads.cases([*asked, "1@other.example", "1"]) == ["CASE-A", "CASE-B"]
    assert threads.cases([]) == []


def test_an_id_that_several_mails_have_leads_to_each_of_their_cases_and_only_the_first_is_ours(
    services: AwsServices,
) -> None:
    threads = ThreadTable(services.table)
    cases = ("CASE-A", "CASE-B", "CASE-C", "CASE-B", "CASE-A")
    added = [threads.remember("1@localhost", case, NOON, ours=case == "CASE-A") for case in cases]
    assert added == [True, True, True, False, False]
    assert threads.cases(["1@localhost"]) == ["CASE-A", "CASE-B", "CASE-C"]
    assert threads.cases(["1@localhost"], only_ours=True) == ["CASE-A"]
    threads.remember("theirs@x", "CASE-D", NOON, ours=False)
    threads.remember("theirs@x", "CASE-E", NOON, ours=True)
    assert threads.cases(["theirs@x"], only_ours=True) == []


def test_of_a_machine_that_gives_all_its_mails_one_id_only_so_many_cases_are_kept(services: AwsServices) -> None:
    threads = ThreadTable(services.table)
    for number in range(MOST + 3):
        threads.remember("same", f"CASE-{number}", NOON, ours=False)
    assert len(threads.cases(["same"])) == MOST


def test_an_address_that_takes_no_mail_is_kept_sealed_until_it_takes_some_or_is_another(services: AwsServices) -> None:
    customer = Customer(id=new_id(NOON, "A" * 16), shop="demo", external_id="x", email="fang@example.net", seen_at=NOON)
    services.customers.upsert(customer)
    services.customers.set_undeliverable("A" * 16, "fang@example.net")
    assert services.customers.load(["A" * 16])["A" * 16].undeliverable == "fang@example.net"
    assert "fang" not in str([item for item in services.table.scan() if item["sk"] == "C"])
    services.customers.set_undeliverable("A" * 16, None)
    assert services.customers.load(["A" * 16])["A" * 16].undeliverable is None
    services.customers.set_undeliverable("A" * 16, "fang@example.net")
    services.customers.upsert(replace(customer, email="new@example.net", seen_at=NOON + 1))
    assert services.customers.load(["A" * 16])["A" * 16].undeliverable is None
    services.customers.set_undeliverable("nobody", "fang@example.net")


def test_no_message_id_stands_in_the_table(services: AwsServices) -> None:
    ThreadTable(services.table).remember("fang-laptop@home.example", "CASE-A", NOON, ours=True)
    assert "fang" not in str([item for item in services.table.scan() if item["sk"] == "T"])


def test_a_mail_goes_out_with_its_reply_address_and_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    expected: dict[str, Any] = {
        "FromEmailAddress": "care@example.com",
        "Destination": {"ToAddresses": ["fang@example.net"], "CcAddresses": ["lei@example.net"]},
        "ReplyToAddresses": ["r-1@in.example.com"],
        "ConfigurationSetName": "set",
        "Content": {
            "Simple": {
                "Subject": {"Data": "Re: Lamp", "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": "text", "Charset": "UTF-8"},
                    "Html": {"Data": "<p>html</p>", "Charset": "UTF-8"},
                },
                "Headers": [{"Name": "In-Reply-To", "Value": "<1@client.example>"}],
            }
        },
    }
    mail = Mail(
        sender="care@example.com",
        to="fang@example.net",
        subject="Re:\r\nLamp",
        text="text",
        html="<p>html</p>",
        headers={"In-Reply-To": "<1@client.example>\r\n"},
        reply_to="r-1@in.example.com",
        copy=("lei@example.net",),
    )
    with Stubber(aws.client("sesv2")) as ses:
        ses.add_response("send_email", {"MessageId": "0100"}, expected)
        assert SesMailer("set").send(mail) == "0100"
    aws.client.cache_clear()
