"""Webhooks go only to public addresses."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.aws.egress_guard import is_public
from chalicelib.adapters.webhooks_out.webhook_client import HttpWebhookClient
from tests.fakes import NOON


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://93.184.215.14/", "https"),
        ("https://127.0.0.1/", "public"),
        ("https://169.254.169.254/latest/meta-data/", "public"),
        ("https://10.1.2.3/", "public"),
        ("https://100.64.0.1/", "public"),
        ("https://[::1]/", "public"),
        ("https://[fd00:ec2::254]/", "public"),
        ("https://[::ffff:169.254.169.254]/", "public"),
        ("https://[64:ff9b::a9fe:a9fe]/", "public"),
        ("https://2130706433/", "public"),
        ("https://user:word@93.184.215.14/", "password"),
        ("https:///x", "host name"),
        ("https://93.184.215.14:99999/", "ort"),
    ],
)
def test_no_webhook_goes_to_private_metadata_or_plain_addresses(url: str, why: str) -> None:
    assert why in (HttpWebhookClient("prod").objection(url) or "")
    attempt = HttpWebhookClient("prod").post(url, {}, "{}", NOON)
    assert (attempt.status, attempt.accepted) == (None, False)


def test_a_public_address_is_allowed_and_the_local_stage_may_call_this_machine() -> None:
    assert HttpWebhookClient("prod").objection("https://93.184.215.14/hooks") is None
    assert HttpWebhookClient("local").objection("http://127.0.0.1:9999/hooks") is None


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_passes_inside_ipv6_that_would_not_pass_by_itself(address: Any) -> None:
    import ipaddress

    if not is_public(address):
        assert not is_public(ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address)))
        assert not is_public(ipaddress.IPv6Address(int(ipaddress.IPv6Address("::ffff:0:0")) + int(address)))
