"""The case table on moto: open a case, work on it, read its items."""

import json
from typing import Any

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.payloads import CaseRequested
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.cases.open_requested_case import case_request_of, upsert_requester
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of
from tests.support.moto.cloud import client

MEI = Actor("agent", "mei")


def given_case(services: AwsServices, external_id: str = "web-1", **changes: Any) -> StoredCase:
    """A new case of the shop."""
    fields: dict[str, Any] = {
        "external_id": external_id,
        "type": "question",
        "channel": "web",
        "subject": "灯不亮",
        "message": "在吗 😀",
        "customer": CustomerIn(external_id="fang", name="王芳", email="fang@example.net"),
    }
    data = CaseRequested(**{**fields, **changes})
    shop = shop_of(services, "demo")
    opening = case_request_of(
        shop, data, upsert_requester(services, shop, data, services.now()), MEI, services.now(), None
    )
    return open_case(services, shop, opening, expect_new=True)


def command(stored: StoredCase, **more: Any) -> handle_command.Command:
    """A command of Mei on a stored case."""
    assert stored.case is not None
    return handle_command.Command(case=stored.case.id, shop="demo", by=MEI, **more)


def items(services: AwsServices, pk: str) -> list[dict[str, Any]]:
    """The items below a partition key."""
    return list(services.table.query(pk))


def whole_table() -> str:
    """Everything in the table: what its stream and a backup would copy."""
    pages = client("dynamodb").get_paginator("scan").paginate(TableName="care")
    items = [item for page in pages for item in page["Items"]]
    return json.dumps(items, ensure_ascii=False, default=lambda raw: raw.decode("utf-8", "replace"))
