"""What a period would have been like under another policy: the same events, folded by other rules."""
from chalicelib.domain.instants import Day
from typing import Any
from chalicelib.usecases.desk import Desk


def try_policy(desk: Desk, nights: Any, shop: str, version: int, first: Day, last: Day) -> dict[str, Any]:
    """TODO"""
    return {}
