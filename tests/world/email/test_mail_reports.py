"""Delivery reports in plain words about our emails: rows of `data/mail_reports.yaml`."""

from typing import Any

import pytest

from chalicelib.adapters.email.mime.bounce_reports import find_failed_recipients
from chalicelib.adapters.email.mime.delivery_reports import quoted_ids
from chalicelib.domain.kernel.ids import key_of_id
from tests.support.cases.case_work import case_in
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import receive, services_with_case
from tests.support.emails.samples.writing import FANG, OURS, only_html, plain
from tests.support.world.rows import rows


@pytest.mark.parametrize("row", rows("mail_reports"))
def test_an_address_that_a_report_gives_up_is_marked(row: dict[str, Any]) -> None:
    services = services_with_case()
    head = {"From": "MAILER-DAEMON@mx.example", "Subject": "failure notice"} | row.get("head", {})
    head = {name: value.replace("<ours>", f"<{OURS}>") for name, value in head.items()}
    text = row["text"].replace("<ours>", f"<{OURS}>")
    raw = only_html("b", text, **head) if row.get("html") else plain("b", text, **head)
    receive(services, raw, "demo@in.example.com", row.get("envelope", ""), "none")
    marked = services.customers.stored[key_of_id(case_in(services).customer)].undeliverable
    assert (marked == FANG, len(services.cases.events(KEY)) > 1) == (row["want"] == "marked", row["want"] != "ignored")


def test_an_id_below_its_quoted_label_is_found() -> None:
    assert quoted_ids(f"> Subject: Lamp\n> Message-ID:\n>  <{OURS}>\n") == (OURS,)


@pytest.mark.parametrize("text", ["", "@" * 9_000, "a@b." * 9_000, "5.1.1 " * 9_000, "<a@b.example>:\n" * 5_000])
def test_odd_reports_are_read_at_once(text: str) -> None:
    assert len(find_failed_recipients(text)) <= 1
