"""The sender of an email, from a `From` header as clients and others write it."""

from typing import Any

import pytest

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.email.inbound_email import Verdicts
from tests.support.emails.samples.writing import plain
from tests.support.world.rows import rows


@pytest.mark.parametrize("row", rows("mail_addresses"))
def test_the_sender(row: dict[str, Any]) -> None:
    raw = plain("a", "Dark.", From=row["from"])
    if "two" in row:
        raw = raw.replace(b"\r\nTo:", b"\r\nFrom: " + row["two"].encode() + b"\r\nTo:", 1)
    email = MimeParser().read(raw, "x@relay.example", (), Verdicts(dmarc="pass")).email
    found = {"sender": email.sender, "senders": email.senders, "certain": email.certain, "name": email.sender_name}
    assert found | row["want"] == found
