"""What became of the receipts in the table, as the API says it: a receipt whose event names it is processed."""

from collections.abc import Iterable
from typing import Any

Item = dict[str, Any]


def receipt_states(stored: Iterable[Item]) -> list[tuple[Item, str]]:
    """Each receipt among these items, with its state; `untried` if no worker has had it."""
    items = list(stored)
    receipts = [item for item in items if item["pk"]["S"].startswith("RECEIPT#")]
    events = {f"{_case_key(item)}/{item['sk']['S'].removeprefix('E#')}": item for item in items if "event" in item}
    return [(receipt, _state(receipt, events)) for receipt in receipts]


def _state(receipt: Item, events: dict[str, Item]) -> str:
    if receipt["attempts"]["N"] != "0" or receipt["state"]["S"] != "stored":
        return str(receipt["state"]["S"])
    event = events.get(receipt.get("becomes", {}).get("S", ""))
    named = event is not None and f'"{receipt["id"]["S"]}"' in event["event"]["S"]
    return "processed" if named else "untried"


def _case_key(item: Item) -> str:
    return str(item["pk"]["S"]).removeprefix("CASE#")
