"""What stands in the table of money that is to be proven; written with the case whose money it is."""

from typing import Any

from chalicelib.adapters.aws.dynamo import Item, Table
from chalicelib.domain.flows.compensation import OF_THE_ORDER, find
from chalicelib.domain.flows.facts import MoneyDone, MoneyRequested
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS
from chalicelib.usecases.ports import Change

KEEP_AWAITED_DAYS = 120


def awaited_writes(table: Table, change: Change) -> list[dict[str, Any]]:
    """Money that was asked for, or said to be paid, waits for its proof from then on."""
    case, writes = change.after.case, {}
    for event in change.events:
        if case is None or not isinstance(event.fact, MoneyRequested | MoneyDone):
            continue
        given = find(case.money, event.fact.money)
        if given is not None and given.kind in OF_THE_ORDER and given.proof is None:
            writes[given.id] = table.put_any(awaited_item(change.shop.id, given.id, change.before.key, event.at))
    return list(writes.values())


def awaited_item(shop: str, money: str, case: str, at: int) -> Item:
    """The item of money that waits."""
    ttl = (at + KEEP_AWAITED_DAYS * DAY_MS) // SECOND_MS
    return {"pk": awaited_list(shop), "sk": money, "case": case, "at": at, "ttl": ttl}


def awaited_list(shop: str) -> str:
    """The partition of a shop's money that waits, in the order it was proposed."""
    return f"MONEY#{shop}"
