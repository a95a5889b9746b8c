"""Retention on the real table: marks by month, what the nightly job asks for, and what came of it."""

from chalicelib.adapters.aws import keys
from chalicelib.adapters.privacy.retention_table import RetentionTable
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, day_of, format_instant
from chalicelib.domain.sla.policies import Policy, Retention
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.privacy.apply_retention import erase_inactive_customer, plan_retention
from chalicelib.usecases.privacy.legal_hold import end_legal_hold, place_legal_hold
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.support.cases.webhooks import request
from tests.support.metrics.days import send_events

BOSS = Actor("agent", "boss")


def test_a_buyer_of_long_ago_is_found_by_their_month_and_erased(services: AwsServices) -> None:
    put_policy(services, "demo", Policy(retention=Retention(people_days=365)))
    for number, (who, days) in enumerate((("long ago", 800), ("lately", 3))):
        at = format_instant(services.now() - days * DAY_MS)
        send_events(
            services,
            "order.updated",
            {
                "external_id": f"O-{number}",
                "customer": {"external_id": who, "name": "N"},
                "purchased_at": at,
                "occurred_at": at,
            },
            number,
        )
    shop, kept = shop_of(services, "demo"), RetentionTable(services.table, services.metrics, "Asia/Shanghai")
    policy = services.shops.policy("demo", shop.policy_version)
    assert policy is not None
    assert plan_retention(kept, shop, policy, "2026-11-20", services.now()) == 1
    (asked,) = (
        item for item in services.table.scan() if item.get("relay") == "intake" and item["pk"].startswith("RETIRE#")
    )
    key = customer_key(services, "demo", "long ago")
    assert asked["pk"] == f"RETIRE#{key}"
    before = services.customers.load([key])[key]
    place_legal_hold(services, before, "a claim", BOSS)
    assert erase_inactive_customer(services, key) == "held"
    end_legal_hold(services, services.customers.load([key])[key], BOSS)
    assert erase_inactive_customer(services, key) == "erased"
    after = services.customers.load([key])[key]
    assert (after.name, after.held, key_of_id(after.id)) == (None, None, key)
    assert plan_retention(kept, shop, policy, "2026-11-20", services.now()) == 0


def marks(services: AwsServices) -> list[str]:
    """The partitions that have marks of when customers were last active."""
    shards = [keys.last_contacts("demo", shard) for shard in range(keys.SHARDS)]
    return [item["pk"] for partition in (*shards, keys.retention("demo")) for item in services.table.query(partition)]


def requested(services: AwsServices) -> set[str]:
    """The external ids among `fang`, `liu` and `mo` of the customers that workers are to check."""
    known = {customer_key(services, "demo", name): name for name in ("fang", "liu", "mo")}
    asked = (item["pk"] for item in services.table.scan() if item.get("relay") == "intake")
    return {known[pk.removeprefix("RETIRE#")] for pk in asked if pk.startswith("RETIRE#")}


def work_a_case(services: AwsServices, name: str, number: int, days_ago: float = 0) -> None:
    """A case of this customer, opened and closed so many days ago."""
    at = format_instant(round(services.now() - days_ago * DAY_MS))
    asked = request(external_id=f"{name}-{number}", customer={"external_id": name}, occurred_at=at)
    send_events(services, "case.requested", asked, number)
    send_events(services, "case.closed", {"case_external_id": f"{name}-{number}", "occurred_at": at}, number + 1)


def plan(services: AwsServices, days_later: int) -> int:
    """What the nightly job plans so many days from now, when people are kept for 365 days."""
    store = RetentionTable(services.table, services.metrics, "Asia/Shanghai")
    later = services.now() + days_later * DAY_MS
    policy = Policy(retention=Retention(people_days=365))
    return plan_retention(store, shop_of(services, "demo"), policy, day_of(later, "Asia/Shanghai"), later)


def test_a_customer_is_found_by_the_day_their_last_case_was_closed_and_nothing_marks_them(
    services: AwsServices,
) -> None:
    work_a_case(services, "fang", 10)
    assert marks(services) == []
    assert [plan(services, days) for days in (364, 365, 366)] == [0, 1, 0]
    assert requested(services) == {"fang"}


def test_a_customer_with_a_case_of_a_past_day_is_marked_because_the_nightly_job_may_be_over_that_day(
    services: AwsServices,
) -> None:
    work_a_case(services, "liu", 20, days_ago=800)
    assert marks(services) == [keys.last_contacts("demo", keys.shard(customer_key(services, "demo", "liu")))]
    plan(services, 0)
    assert (requested(services), marks(services)) == ({"liu"}, [keys.retention("demo")])


def test_a_mark_of_an_earlier_version_is_still_found_and_cleared(services: AwsServices) -> None:
    services.table.put({"pk": keys.retention("demo"), "sk": f"2024-01#{customer_key(services, 'demo', 'mo')}"})
    plan(services, 0)
    assert requested(services) == {"mo"}
    assert [item["sk"] for item in services.table.query(keys.retention("demo"))] == ["~PEOPLE"]
