"""Imports at the desk: a statement that is pasted is stored once, and what cannot be read is said, line by line."""

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.usecases.shops.record_change import list_changes
from tests.support.desk.visitor import Visitor

PAGE = "demo/settings/imports"
FORM = f"{PAGE}/statement"
ADMIN = ("admin",)
HEADINGS = "balance_transaction_id,source_id,reporting_category,created_utc,currency,gross,payment_metadata[order_id]"
REFUND = "txn_1,re_1,refund,2026-11-01 10:00:00,eur,-12.50,O-1"
DAMAGED = "txn_2,re_2,refund,<script>alert(1)</script>,eur,-1.00,O-2"


def statement(*rows: str) -> dict[str, str]:
    return {"content": "\r\n".join([HEADINGS, *rows, ""])}


def test_a_pasted_statement_is_stored_once_and_recorded_with_counts_only(desk: AwsServices) -> None:
    visitor = Visitor.signed_in("boss", ADMIN)
    assert "None yet." in visitor.get(PAGE).text
    first = visitor.post(FORM, statement(REFUND))
    assert first.status == 200
    assert "Stripe: 1 rows read, 1 of them give money back. 1 are new, 0 were here before." in first.text
    assert "0 are new, 1 were here before." in visitor.post(FORM, statement(REFUND)).text
    assert "None yet." not in visitor.get(PAGE).text
    assert [stored.entry.id for stored in desk.settlements.on_day("demo", "2026-11-01", 10, None).items] == ["re_1"]
    newest = list_changes(desk, "demo", "imports", 10, None).items[-1]
    assert (newest.by, newest.name) == ("boss", "stripe")
    assert {each.field: each.after for each in newest.fields} == {"rows": "1", "new": "1", "known": "0", "damaged": "0"}


def test_a_row_that_cannot_be_read_is_named_and_the_others_are_stored(desk: AwsServices) -> None:
    answer = Visitor.signed_in("boss", ADMIN).post(FORM, statement(DAMAGED, REFUND))
    assert "Rows that could not be read: 1." in answer.text
    assert '<th scope="row">2</th>' in answer.text
    assert "1 are new" in answer.text
    assert "<script>alert" not in answer.text


def test_text_that_is_no_statement_stays_in_the_form_and_nothing_is_stored(desk: AwsServices) -> None:
    answer = Visitor.signed_in("boss", ADMIN, language="zh").post(FORM, {"content": "</textarea><script>alert(1)"})
    assert answer.status == 422
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)" in answer.text
    assert desk.settlements.coverages("demo") == []
    assert list_changes(desk, "demo", "imports", 10, None).items == []


def test_a_statement_larger_than_other_forms_is_read_to_its_end(desk: AwsServices) -> None:
    payments = [f"t_{place},ch_{place},charge,2026-11-01 09:00:00,eur,12.50,O-{place}" for place in range(6_000)]
    answer = Visitor.signed_in("boss", ADMIN).post(FORM, statement(*payments, REFUND))
    assert "Stripe: 6001 rows read, 1 of them" in answer.text


def test_what_is_larger_than_a_request_may_be_is_refused_as_a_whole(desk: AwsServices) -> None:
    answer = Visitor.signed_in("boss", ADMIN).post(FORM, {"content": "x" * (5 * 1024 * 1024)})
    assert answer.status == 413
    assert "Nothing was stored" in answer.text


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_only_admins_find_the_page(desk: AwsServices, role: str) -> None:
    visitor = Visitor.signed_in("mei", (role, "shop:demo"))
    assert visitor.get(PAGE).status == 404
    assert visitor.post(FORM, statement(REFUND)).status == 404
    assert "settings/imports" not in visitor.get("demo/settings").text
    assert desk.settlements.coverages("demo") == []
