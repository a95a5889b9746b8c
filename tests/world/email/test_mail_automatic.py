"""Automatic emails are recognised by the headers and subjects that machines write."""

from typing import Any

import pytest

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.email.inbound_email import Verdicts
from chalicelib.usecases.notifications.signed_links import reply_address
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import outcome_of, receive, services_with_case
from tests.support.emails.samples.writing import FANG, body, encoded, mail, plain, several
from tests.support.world.rows import rows


@pytest.mark.parametrize("row", rows("mail_automatic"))
def test_who_wrote(row: dict[str, Any]) -> None:
    head = {name.replace("-", "_"): value.encode() for name, value in row.get("head", {}).items()}
    content = body("I am away.")
    if "report" in row:
        content = several("report", content, extra=f"; report-type={row['report']}" if row["report"] else "")
    raw = mail("a", content, **head)
    email = MimeParser().read(raw, row.get("envelope", FANG), (), Verdicts(dmarc="pass")).email
    assert (email.automatic or "person") == row["want"]


@pytest.mark.parametrize("row", rows("mail_away_or_not"))
def test_what_follows_from_a_mail_that_may_be_automatic(row: dict[str, Any]) -> None:
    services = services_with_case()
    head = {name.replace("-", "_"): header_value(value) for name, value in row["head"].items()}
    to = reply_address(services, KEY) if row.get("to") == "case" else "demo@in.example.com"
    receipt = receive(services, plain("w", row.get("text", "Please look."), **head), to, row.get("envelope", FANG))
    assert outcome_of(services, receipt) == row["want"]
    kept = [name for name in services.uploads.files if name.endswith(".eml")]
    assert bool(kept) == row.get("kept", True)
    assert not [one for one in services.mailer.sent if row["want"] == "opens"]


def header_value(value: str) -> str:
    return value if value.isascii() else encoded(value, "utf-8")
