"""Telephone numbers as people write them: rows of `data/phones.yaml`."""

from typing import Any

import pytest

from chalicelib.domain.customers.identity import parse_phone, phone_of
from tests.support.world.rows import rows


@pytest.mark.parametrize("row", rows("phones"))
def test_phones(row: dict[str, Any]) -> None:
    found = parse_phone(row["phone"], row["region"])
    assert (found and [found.number, found.extension]) == row["want"]
    assert phone_of(row["phone"], row["region"]) == (found and found.number)
