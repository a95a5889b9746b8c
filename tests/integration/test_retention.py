"""Retention on the real table: marks by month, what a night asks for, and what came of it."""

from chalicelib.adapters.privacy.retention_table import RetentionTable
from chalicelib.bootstrap import AwsDesk
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.kernel.timestamps import DAY, show
from chalicelib.domain.sla.policies import Policy, Retention
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.ports.services import shop_of
from chalicelib.usecases.privacy.apply_retention import plan_retiring, retire_customer
from chalicelib.usecases.privacy.legal_hold import end_hold, hold
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.integration.test_nights import tell

BOSS = Actor("agent", "boss")


def test_a_buyer_of_long_ago_is_found_by_their_month_and_forgotten(desk: AwsDesk) -> None:
    put_policy(desk, "demo", Policy(retention=Retention(people_days=365)))
    for number, (who, days) in enumerate((("long ago", 800), ("lately", 3))):
        at = show(desk.now() - days * DAY)
        tell(
            desk,
            "order.updated",
            {
                "external_id": f"O-{number}",
                "customer": {"external_id": who, "name": "N"},
                "purchased_at": at,
                "occurred_at": at,
            },
            number,
        )
    shop, kept = shop_of(desk, "demo"), RetentionTable(desk.table, "Asia/Shanghai")
    policy = desk.shops.policy("demo", shop.policy_version)
    assert policy is not None
    assert plan_retiring(kept, shop, policy, "2026-11-20", desk.now()) == 1
    (asked,) = (item for item in desk.table.scan("relay", "intake") if item["pk"].startswith("RETIRE#"))
    key = customer_key(desk, "demo", "long ago")
    assert asked["pk"] == f"RETIRE#{key}"
    before = desk.customers.load([key])[key]
    hold(desk, before, "a claim", BOSS)
    assert retire_customer(desk, key) == "held"
    end_hold(desk, desk.customers.load([key])[key], BOSS)
    assert retire_customer(desk, key) == "forgotten"
    after = desk.customers.load([key])[key]
    assert (after.name, after.held, key_in(after.id)) == (None, None, key)
    assert plan_retiring(kept, shop, policy, "2026-11-20", desk.now()) == 0
