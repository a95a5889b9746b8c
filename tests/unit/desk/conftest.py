"""A case with a flow."""

import pytest

from tests.fakes import FakeServices
from tests.support.cases.webhooks import request


@pytest.fixture
def returned(quiet: FakeServices) -> FakeServices:
    quiet.hook("case.requested", request(claim={"reason": "size_too_small", "items": [{"sku": "SHOE-42"}]}))
    return quiet
