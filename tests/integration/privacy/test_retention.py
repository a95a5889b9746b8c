"""Retention on the real table: marks by month, what the nightly job asks for, and what came of it."""

from chalicelib.adapters.privacy.retention_table import RetentionTable
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, format_instant
from chalicelib.domain.sla.policies import Policy, Retention
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.privacy.apply_retention import erase_inactive_customer, plan_retention
from chalicelib.usecases.privacy.legal_hold import end_legal_hold, place_legal_hold
from chalicelib.usecases.shops.manage_shop import put_policy
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
