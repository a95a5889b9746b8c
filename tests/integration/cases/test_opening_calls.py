"""What opening a case takes: how many calls, what is left when it stops between two of them, and who wins a race."""

from typing import Any

import pytest

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Table, Unavailable
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.payloads import CaseRequested
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import case_key, key_of_id, number_of
from chalicelib.domain.orders.order_payload import CustomerIn, OrderIn
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.cases import open_case as open_case_module
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.cases.open_requested_case import case_request_of, read_ahead, upsert_requester
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.support.moto.counted import counted_calls
from tests.support.moto.tables import MEI, given_case, items

NEW_CUSTOMER = {"batch_get_item": 1, "put_item": 2, "batch_write_item": 1, "transact_write_items": 1}
KNOWN_CUSTOMER = {"batch_get_item": 1, "batch_write_item": 1, "transact_write_items": 1}


def opened(services: AwsServices, external_id: str, name: str = "王芳") -> StoredCase:
    """A case opened as `POST /v1/cases` does, in an invocation of its own."""
    services.begin()
    data = CaseRequested(
        external_id=external_id,
        type="question",
        channel="web",
        subject="灯不亮",
        message="在吗",
        customer=CustomerIn(external_id="fang", name=name, email="fang@example.net"),
        order=OrderIn(external_id="O-1"),
    )
    read_ahead(services, "demo", data, with_shop=True)
    shop = shop_of(services, "demo")
    customer = upsert_requester(services, shop, data, services.now())
    request = case_request_of(shop, data, customer, MEI, services.now(), None)
    return open_case(services, shop, request, expect_new=True)


def test_the_first_case_of_a_customer_takes_five_calls(services: AwsServices) -> None:
    given_case(services, "before", customer=CustomerIn(external_id="another"))
    with counted_calls() as calls:
        opened(services, "web-1")
    assert calls == NEW_CUSTOMER


def test_another_case_of_a_customer_takes_three_calls(services: AwsServices) -> None:
    opened(services, "web-1")
    with counted_calls() as calls:
        opened(services, "web-2")
    assert calls == KNOWN_CUSTOMER


def test_a_known_customer_whose_data_changed_is_updated(services: AwsServices) -> None:
    before = opened(services, "web-1").case
    assert before is not None
    with counted_calls() as calls:
        opened(services, "web-2", name="王芳芳")
    assert calls["update_item"] == 1
    key = key_of_id(before.customer)
    assert services.customers.load([key])[key].name == "王芳芳"


def test_what_is_read_ahead_of_a_shop_that_does_not_exist_makes_no_key_for_it(services: AwsServices) -> None:
    data = CaseRequested(
        external_id="w", type="question", channel="web", subject="?", message="?", customer=CustomerIn(external_id="x")
    )
    read_ahead(services, "nowhere", data, with_shop=True)
    assert services.vault.table.get("nowhere", "S") is None


def test_a_policy_that_was_changed_a_moment_ago_is_that_of_the_next_case(services: AwsServices) -> None:
    opened(services, "web-1")
    other = AwsServices()
    newest = put_policy(other, "demo", Policy())
    case = opened(services, "web-2").case
    assert case is not None
    assert case.policy == newest.version


def test_of_two_who_open_the_same_case_at_once_one_is_told_that_it_exists(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = AwsServices()
    meanwhile(monkeypatch, lambda: opened(other, "web-1", name="王芳芳"))
    with pytest.raises(Conflict):
        opened(services, "web-1")
    assert len(items(services, keys.case(case_key("demo", "web-1")))) == 2  # the state and one opening


def test_of_two_cases_that_would_get_one_number_at_once_each_gets_its_own(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_case_module, "number_of", lambda key, attempt: number_of("same", attempt or 0))
    other = AwsServices()
    meanwhile(monkeypatch, lambda: opened(other, "web-2"))
    first = opened(services, "web-1").case
    second = services.cases.load(case_key("demo", "web-2")).case
    assert first is not None
    assert second is not None
    assert {first.number, second.number} == {number_of("same", 0), number_of("same", 1)}
    for case in (first, second):
        assert services.cases.numbered("demo", case.number) == key_of_id(case.id)


def test_what_was_written_before_a_transaction_that_failed_does_no_harm(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise Unavailable("the table is down")

    with monkeypatch.context() as patched:
        patched.setattr(services.table, "transact", failing)
        with pytest.raises(Unavailable):
            opened(services, "web-1")
    key = case_key("demo", "web-1")
    assert services.cases.of_order("demo", "O-1") == [key]
    assert services.cases.load_many([key])[key].case is None  # the list names a case that is not there
    assert run_due_timers(services, key) == []
    assert opened(services, "web-1").case is not None
    assert services.cases.of_order("demo", "O-1") == [key]


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Have somebody else act once, right before the next transaction."""
    transact = Table.transact
    waiting = [act]

    def raced(table: Table, writes: Any) -> None:
        if waiting:
            waiting.pop()()
        transact(table, writes)

    monkeypatch.setattr(Table, "transact", raced)
