"""Compare what the storm left in the table with what was sent."""

import json
import time
from collections import Counter
from typing import Any

from msgspec import Struct

from bench.load import storm_flows, storm_money
from bench.load.receipts import receipt_states
from bench.support.cloud import SHOP_BODY, items, state_of
from bench.support.figures import Figure
from chalicelib.domain.kernel.timestamps import HOUR_MS, day_of
from infra.local.stack import Stack
from infra.samples import replay
from infra.samples.replay import Delivery

ONCE = ("case_opened", "message_received", "reply_sent", "case_resolved")


class StormSize(Struct, frozen=True):
    """The shop of the storm, and how many cases and returns it has."""

    shop: str
    cases: int
    returns: int


def ledger(stack: Stack, size: StormSize, sent: list[Delivery], shop: storm_flows.Shop) -> list[Figure]:
    """Compare the receipts, cases, events, emails and refunds in the table with what was sent."""
    stored = items(stack)
    receipts = receipt_states(stored)
    states = Counter(state for _, state in receipts)
    expected = {delivery.id for delivery in sent}
    for money, requests in shop.requests.items():
        expected |= {f"paid-{money}-{number}" for number in range(1, requests + 1)}
    for item, state in receipts:
        if state != "processed":
            print(f"{item['delivery']['S']} is {state}: {item.get('reason', {}).get('S')}")
    print(f"receipts: {len(receipts)} of {len(expected)} deliveries, {dict(states)}")
    cases = sum(item["pk"]["S"].startswith("CASE#") and "state" in item for item in stored) - size.returns
    numbers = sum(item["pk"]["S"].startswith("NUMBER#") for item in stored) - size.returns
    return [
        Figure("receipts lost", len(expected) - len(receipts), "", 0),
        Figure("receipts left waiting or failed", len(receipts) - states["processed"] - states["ignored"], "", 0),
        Figure(f"cases lost of {size.cases}", size.cases - cases, "", 0),
        Figure("numbers without a case of their own", abs(numbers - cases), "", 0),
        *_events(stored),
        *_emails(stack),
        *storm_flows.ledger(stored, size.returns, shop),
        *storm_money.ledger(stored, size.returns),
        Figure("cases that do not agree with their events", _audited(stack), "", 0),
    ]


def _events(stored: list[dict[str, Any]]) -> list[Figure]:
    """Check that each case has each of its events once, and one event about its survey."""
    kinds: dict[str, Counter[str]] = {}
    returned = {item["pk"]["S"] for item in stored if "state" in item and '"back-' in state_of(item)}
    for item in stored:
        if item["sk"]["S"].startswith("E#") and item["pk"]["S"] not in returned:
            fact = json.loads(item["event"]["S"])["fact"]
            kind = f"{fact['type']} {fact.get('reason', '')}".strip()
            kinds.setdefault(item["pk"]["S"], Counter())[kind] += 1
    print(f"events: {dict(sum(kinds.values(), Counter()))}")
    lost = sum(counter[kind] == 0 for counter in kinds.values() for kind in ONCE)
    doubled = sum(max(0, counter[kind] - 1) for counter in kinds.values() for kind in ONCE)
    surveys = [_survey_events(counter) for counter in kinds.values()]
    return [
        Figure("events lost", lost, "", 0),
        Figure("events doubled", doubled, "", 0),
        Figure("cases without an event about their survey", sum(count == 0 for count in surveys), "", 0),
        Figure("events about a case's survey, at most", max(surveys, default=0), "", 1),
    ]


def _survey_events(counter: Counter[str]) -> int:
    return sum(count for kind, count in counter.items() if kind.startswith("survey_"))


def _emails(stack: Stack) -> list[Figure]:
    surveys = Counter(email["to"] for email in stack.mails() if email["to"].startswith("storm-"))
    return [
        Figure("surveys sent", surveys.total()),
        Figure("surveys sent for a case, at most", max(surveys.values(), default=0), "", 1),
    ]


def compare_daily_metrics(stack: Stack, size: StormSize) -> list[Figure]:
    """Compare the daily metrics with what was sent."""
    now = time.time_ns() // 1_000_000
    time_zone = str(SHOP_BODY["time_zone"])
    days = sorted({day_of(now - hours * HOUR_MS, time_zone) for hours in (0, 1, 2)})
    for day in days:
        replay.compute_day(stack, size.shop, day)
    path = f"/v1/metrics/satisfaction?shop={size.shop}&from={days[0]}&to={days[-1]}"
    records = stack.request("GET", path, token=stack.token("admin")).body["items"]
    opened, resolved = (sum(record[name] for record in records) for name in ("opened", "resolved"))
    replied = sum(record["first_reply"]["count"] for record in records)
    wrong = [abs(size.cases + size.returns - opened), *(abs(size.cases - count) for count in (resolved, replied))]
    return [Figure("opened, resolved and replied in the daily metrics: off by", sum(wrong), "", 0)]


def _audited(stack: Stack) -> int:
    """Compute every case from its events and compare. Returns the number of differences."""
    from infra.operate.audit import audit, use_stack

    use_stack(stack)
    return audit(None)
