"""Which groups a user is in after each change."""

import pytest

from chalicelib.domain.desk.users import Role, User, groups_after

CASES: list[tuple[set[str], Role | None, set[str]]] = [
    (set(), "agent", {"agent", "shop:demo"}),
    ({"agent", "shop:demo"}, "supervisor", {"supervisor", "shop:demo"}),
    ({"agent", "shop:other"}, "agent", {"agent", "shop:demo", "shop:other"}),
    ({"agent", "shop:demo", "shop:other"}, None, {"agent", "shop:other"}),
    ({"agent", "shop:demo"}, None, set()),
    ({"agent", "shop:demo"}, "admin", {"admin"}),
    ({"admin", "warehouse"}, "agent", {"agent", "shop:demo", "warehouse"}),
    ({"admin"}, None, set()),
    ({"warehouse", "shop:demo", "agent"}, None, {"warehouse"}),
]


@pytest.mark.parametrize(("before", "role", "after"), CASES)
def test_a_role_is_one_for_all_shops_and_other_groups_stay(
    before: set[str], role: Role | None, after: set[str]
) -> None:
    assert groups_after(frozenset(before), "demo", role) == after


@pytest.mark.parametrize(
    ("groups", "role", "belongs"),
    [({"admin"}, "admin", True), ({"agent", "admin"}, "admin", True), ({"agent", "shop:other"}, "agent", False)],
)
def test_of_several_roles_the_one_that_may_most_counts(groups: set[str], role: Role, belongs: bool) -> None:
    user = User(name="mei", state="active", groups=frozenset(groups))
    assert (user.role, user.belongs_to("demo")) == (role, belongs)
