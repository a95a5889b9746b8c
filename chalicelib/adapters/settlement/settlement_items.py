"""The items of money that waits for a proof; they are written together with the case whose money it is."""

from typing import Any

from chalicelib.adapters.aws.dynamo import Item, Table
from chalicelib.domain.flows.compensation import ORDER_MONEY, find
from chalicelib.domain.flows.facts import MoneyDone, MoneyRequested
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.usecases.ports.cases import Change

KEEP_AWAITED_DAYS = 120


def awaited_writes(table: Table, change: Change) -> list[dict[str, Any]]:
    """The writes for money that was requested, or reported as paid: it waits for a proof from then on."""
    case = change.after.case
    writes = {}
    for event in change.events:
        if case is None or not isinstance(event.fact, MoneyRequested | MoneyDone):
            continue
        given = find(case.money, event.fact.money)
        if given is not None and given.kind in ORDER_MONEY and given.proof is None:
            writes[given.id] = table.put_any(awaited_item(change.shop.id, given.id, change.before.key, event.at))
    return list(writes.values())


def awaited_item(shop: str, money: str, case: str, proposed_at: Instant) -> Item:
    """The item of money that waits for a proof."""
    ttl = (proposed_at + KEEP_AWAITED_DAYS * DAY_MS) // SECOND_MS
    return {"pk": awaited_list(shop), "sk": money, "case": case, "at": proposed_at, "ttl": ttl}


def awaited_list(shop: str) -> str:
    """The partition key of a shop's money that waits for a proof; its items are in the order the money was proposed."""
    return f"MONEY#{shop}"
