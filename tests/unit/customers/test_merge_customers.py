"""Records of one person: which are merged, automatically or by agents, and which never are."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import Identifier, identifiers, source_of
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.usecases.customers.linked_records import linked_records, main_record
from chalicelib.usecases.customers.merge_customers import identify, load_pair, merge, suggestions, unmerge
from chalicelib.usecases.customers.upsert_customer import upsert_customer
from chalicelib.usecases.privacy.erase_customer import erase_customer
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import MEI
from tests.support.customers.customers import FANG_ADDRESS, add_customer, reload


def test_one_address_in_two_sources_is_one_person_and_the_shops_own_record_stays_on_top() -> None:
    services = FakeServices()
    from_platform = add_customer(services, "shopify/7", email=FANG_ADDRESS)
    own = add_customer(services, "fang", email="fang@example.net ".strip())
    by_mail = add_customer(services, "mail/ABC", email="FANG@EXAMPLE.NET")
    assert reload(services, from_platform).root == reload(services, by_mail).root == key_of_id(own.id)
    assert reload(services, own).members == (key_of_id(from_platform.id), key_of_id(by_mail.id))
    assert [one.type for one in services.identities.history[key_of_id(own.id)]] == ["merged", "merged"]
    assert services.identities.history[key_of_id(own.id)][0].by.kind == "system"


def test_two_records_of_one_source_are_two_people_though_they_share_an_address() -> None:
    services = FakeServices()
    one, other = add_customer(services, "fang", email=FANG_ADDRESS), add_customer(services, "lei", email=FANG_ADDRESS)
    assert (reload(services, one).root, reload(services, other).root) == (None, None)
    assert [(found.id, shares) for found, shares in suggestions(services, one, [key_of_id(one.id)])] == [
        (other.id, ["mail"])
    ]


def test_a_number_is_shared_and_given_to_others_so_it_only_suggests() -> None:
    services = FakeServices()
    one, other = (
        add_customer(services, "fang", phone="138 0013 8000"),
        add_customer(services, "shopify/7", phone="+8613800138000"),
    )
    assert reload(services, other).root is None
    assert [(found.id, shares) for found, shares in suggestions(services, one, [])] == [(other.id, ["phone"])]


def test_a_marketplaces_id_is_as_good_as_an_address() -> None:
    services = FakeServices()
    one = add_customer(services, "fang", marketplace_ids={"taobao": "tb-77"})
    other = add_customer(services, "woocommerce/5", marketplace_ids={"taobao": "tb-77"})
    third = add_customer(services, "shopify/5", marketplace_ids={"amazon": "tb-77"})
    assert (reload(services, other).root, reload(services, third).root) == (key_of_id(one.id), None)


def test_being_identified_twice_changes_nothing() -> None:
    services = FakeServices()
    add_customer(services, "shopify/7", email=FANG_ADDRESS)
    own = add_customer(services, "fang", email=FANG_ADDRESS)
    before = dict(services.customers.stored)
    assert identify(services, key_of_id(own.id)) == []
    assert services.customers.stored == before


def test_an_address_that_arrives_later_links_then() -> None:
    services = FakeServices()
    own, other = add_customer(services, "fang"), add_customer(services, "shopify/7", email=FANG_ADDRESS)
    assert reload(services, other).root is None
    services.time += 1
    upsert_customer(services, SHOP, CustomerIn(external_id="fang", email=FANG_ADDRESS), NOON + 1)
    identify(services, key_of_id(own.id))
    assert reload(services, other).root == key_of_id(own.id)


def test_who_staff_took_apart_is_not_put_together_again_by_itself() -> None:
    services = FakeServices()
    other, own = (
        add_customer(services, "shopify/7", email=FANG_ADDRESS),
        add_customer(services, "fang", email=FANG_ADDRESS),
    )
    unmerge(services, reload(services, own), reload(services, other), MEI, "her daughter")
    identify(services, key_of_id(own.id))
    identify(services, key_of_id(other.id))
    assert (reload(services, other).root, reload(services, own).members) == (None, ())
    assert suggestions(services, reload(services, other), [key_of_id(other.id)]) == []


def test_what_cannot_be_merged_says_why() -> None:
    services = FakeServices()
    one, two, three = add_customer(services, "a"), add_customer(services, "b"), add_customer(services, "c")
    merge(services, one, two, MEI, "")
    for into, member in ((one, one), (three, reload(services, two)), (reload(services, two), three)):
        with pytest.raises(Conflict):
            merge(services, into, member, MEI, "")
    with pytest.raises(Conflict, match="not merged into"):
        unmerge(services, one, three, MEI, "")
    with pytest.raises(Conflict, match="same record"):
        load_pair(services, one.id, one.id)


MOVES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)


@given(MOVES)
def test_unmerging_after_merging_gives_both_records_back_as_they_were(moves: list[tuple[int, int]]) -> None:
    services = FakeServices()
    people = [add_customer(services, f"p-{number}", name=f"N{number}") for number in range(6)]
    before = dict(services.customers.stored)
    done: list[tuple[int, int]] = []
    for into, member in moves:
        try:
            merge(services, reload(services, people[into]), reload(services, people[member]), MEI, "")
        except Conflict:
            continue
        done.append((into, member))
    for one in people:
        root = main_record(services, key_of_id(one.id))
        assert root is not None
        assert one.id in {each.id for each in linked_records(services, root)}
    for into, member in reversed(done):
        unmerge(services, reload(services, people[into]), reload(services, people[member]), MEI, "")
    assert {key: replace(one, apart=()) for key, one in services.customers.stored.items()} == before


SOURCES = st.sampled_from(("p", "shopify/", "woocommerce/", "mail/"))
ARRIVALS = st.lists(st.tuples(SOURCES, st.integers(1, 3), st.integers(0, 2), st.integers(0, 2)), max_size=9)
"""Records in the order they arrive: source, number there, and an address and a marketplace id, or none (0)."""


def families_in(services: FakeServices) -> dict[str, list[Customer]]:
    """By each record's key, the records that are one person with it."""
    tops = {key: main_record(services, key) for key in services.customers.stored}
    return {key: linked_records(services, root) for key, root in tops.items() if root is not None}


@given(ARRIVALS)
def test_in_whatever_order_records_come_nobody_is_merged_by_what_a_second_person_has(
    arrivals: list[tuple[str, int, int, int]],
) -> None:
    services = FakeServices()
    for source, number, address, place in arrivals:
        services.time += 1
        fields: dict[str, Any] = {"email": f"a{address}@example.net"} if address else {}
        fields |= {"marketplace_ids": {"taobao": f"tb-{place}"}} if place else {}
        newcomer = upsert_customer(services, SHOP, CustomerIn(external_id=f"{source}{number}", **fields), services.time)
        before, merged = families_in(services), identify(services, key_of_id(newcomer.id))
        mine = identifiers(reload(services, newcomer), "CN")
        owners = {one: people_with(services, one, before) for one in mine}
        alone = [people for people in owners.values() if are_of_different_sources(people)]
        assert all(any(other in people for people in alone) for other in merged), "a second person has it"


def people_with(
    services: FakeServices, shared: Identifier, families: dict[str, list[Customer]]
) -> dict[str, list[Customer]]:
    """The people with this identifier, by the ids of their main records."""
    have = [key for key, one in services.customers.stored.items() if shared in identifiers(one, "CN")]
    return {families[key][0].id: families[key] for key in have}


def are_of_different_sources(people: dict[str, list[Customer]]) -> bool:
    """Whether each source has records of only one of these people."""
    sources = [{source_of(one.external_id) for one in family} for family in people.values()]
    return sum(map(len, sources)) == len(set[str]().union(*sources))


@given(st.permutations(["shopify/1", "p1", "p2", "woocommerce/4", "mail/X"]))
def test_once_two_of_one_source_have_an_address_nobody_is_merged_by_it(order: list[str]) -> None:
    services = FakeServices()
    for place, external_id in enumerate(order):
        newcomer = add_customer(services, external_id, email=FANG_ADDRESS)
        if {"p1", "p2"} <= set(order[: place + 1]):
            assert reload(services, newcomer).root is None
            assert reload(services, newcomer).members == ()
    for family in families_in(services).values():
        sources = [source_of(one.external_id) for one in family]
        assert len(sources) == len(set(sources))


def roots(services: FakeServices, *people: Any) -> list[str | None]:
    return [reload(services, one).root for one in people]


def test_a_record_that_fits_two_of_one_source_joins_neither_and_is_suggested_with_both() -> None:
    services = FakeServices()
    one, two = (
        add_customer(services, "shopify/1", email=FANG_ADDRESS),
        add_customer(services, "shopify/2", email=FANG_ADDRESS),
    )
    own = add_customer(services, "fang", email=FANG_ADDRESS)
    identify(services, key_of_id(two.id))
    assert roots(services, one, two, own) == [None, None, None]
    assert {found.id for found, _ in suggestions(services, own, [key_of_id(own.id)])} == {one.id, two.id}
    assert erase_customer(services, reload(services, two), MEI).records == 1


def test_what_fits_two_whom_staff_took_apart_joins_neither() -> None:
    services = FakeServices()
    one, other = (
        add_customer(services, "shopify/1", email=FANG_ADDRESS),
        add_customer(services, "woocommerce/1", email=FANG_ADDRESS),
    )
    unmerge(services, reload(services, one), reload(services, other), MEI, "brothers")
    third = add_customer(services, "fang", email=FANG_ADDRESS)
    assert roots(services, one, other, third) == [None, None, None]


def test_who_is_merged_below_a_merged_record_can_be_taken_out_of_it() -> None:
    services = FakeServices()
    top, middle, below = add_customer(services, "a"), add_customer(services, "b"), add_customer(services, "c")
    merge(services, middle, below, MEI, "")
    merge(services, top, reload(services, middle), MEI, "")
    unmerge(services, reload(services, middle), reload(services, below), MEI, "")
    assert [one.id for one in linked_records(services, reload(services, top))] == [top.id, middle.id]


def test_an_address_somebody_gave_up_links_nobody_any_more() -> None:
    services = FakeServices()
    own = add_customer(services, "fang", email="old@example.net")
    services.customers.stored[key_of_id(own.id)] = msgspec.structs.replace(
        reload(services, own), email="new@example.net"
    )
    newcomer = add_customer(services, "shopify/9", email="old@example.net")
    assert roots(services, own, newcomer) == [None, None]
