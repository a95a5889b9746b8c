"""Orders with impossible amounts are refused, with the field's place."""

import pytest

from chalicelib.domain.kernel.errors import Invalid
from tests.fakes import FakeServices
from tests.support.cases.webhooks import request


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"total": {"amount": "10.001", "currency": "CNY"}}, "total"),
        ({"shipping": {"amount": "-1.00", "currency": "CNY"}}, "shipping"),
        ({"refunds": [{"id": "R", "amount": {"amount": "-1.00", "currency": "CNY"}}]}, r"refunds\[0\]\.amount"),
        ({"disputes": [{"id": "D", "amount": {"amount": "0.5", "currency": "JPY"}}]}, r"disputes\[0\]\.amount"),
        ({"items": [{"sku": "A", "paid": {"amount": "1.001", "currency": "CNY"}}]}, r"items\[0\]\.paid"),
        ({"items": [{"sku": "A", "tax": {"amount": "1.00", "currency": "CNY"}}]}, r"items\[0\]\.tax"),
    ],
)
def test_what_cannot_have_been_paid_is_refused_with_its_place(more: dict[str, object], place: str) -> None:
    with pytest.raises(Invalid, match=place):
        FakeServices().deliver("order.updated", {"external_id": "O-1"} | more)
    if "refunds" not in more and "disputes" not in more:
        with pytest.raises(Invalid, match="order." + place):
            FakeServices().deliver("case.requested", request(order={"external_id": "O-1"} | more))
