"""One person behind several records: who is known again, who is merged, taken apart, and forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import Identifier, identifiers, mail_of, phone_of, region_of, source_of
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, Held
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, format_instant
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.privacy.erasure import ErasureTarget
from chalicelib.domain.surveys.facts import SurveySent, SurveySkipped
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.customers.linked_records import linked_records, main_record
from chalicelib.usecases.customers.merge_customers import identify, load_pair, merge, suggestions, unmerge
from chalicelib.usecases.customers.read_customer import read_profile, search_customers
from chalicelib.usecases.customers.upsert_customer import customer_key, upsert_customer
from chalicelib.usecases.privacy.erase_customer import erase_customer, erase_named, resume_erasure
from chalicelib.usecases.privacy.legal_hold import end_legal_hold, place_legal_hold
from chalicelib.usecases.surveys.send_survey import send_survey
from tests.fakes import NOON, SHOP, FakeServices
from tests.unit.test_hooks import about, request

MEI = Actor("agent", "mei")
MAIL = "Fang@Example.net"


def met(services: FakeServices, external_id: str, **told: Any) -> Customer:
    """Somebody we are told of, and who they are then known to be."""
    customer = upsert_customer(services, SHOP, CustomerIn(external_id=external_id, **told), NOON)
    identify(services, key_of_id(customer.id))
    return fresh(services, customer)


def fresh(services: FakeServices, customer: Customer) -> Customer:
    return services.customers.kept[key_of_id(customer.id)]


def test_one_address_in_two_sources_is_one_person_and_the_shops_own_record_stays_on_top() -> None:
    services = FakeServices()
    from_platform = met(services, "shopify/7", email=MAIL)
    own = met(services, "fang", email="fang@example.net ".strip())
    by_mail = met(services, "mail/ABC", email="FANG@EXAMPLE.NET")
    assert fresh(services, from_platform).root == fresh(services, by_mail).root == key_of_id(own.id)
    assert fresh(services, own).members == (key_of_id(from_platform.id), key_of_id(by_mail.id))
    assert [one.type for one in services.identities.told[key_of_id(own.id)]] == ["merged", "merged"]
    assert services.identities.told[key_of_id(own.id)][0].by.kind == "system"


def test_two_records_of_one_source_are_two_people_though_they_share_an_address() -> None:
    services = FakeServices()
    one, other = met(services, "fang", email=MAIL), met(services, "lei", email=MAIL)
    assert (fresh(services, one).root, fresh(services, other).root) == (None, None)
    assert [(found.id, shares) for found, shares in suggestions(services, one, [key_of_id(one.id)])] == [
        (other.id, ["mail"])
    ]


def test_a_number_is_shared_and_given_to_others_so_it_only_suggests() -> None:
    services = FakeServices()
    one, other = met(services, "fang", phone="138 0013 8000"), met(services, "shopify/7", phone="+8613800138000")
    assert fresh(services, other).root is None
    assert [(found.id, shares) for found, shares in suggestions(services, one, [])] == [(other.id, ["phone"])]


def test_a_marketplaces_id_is_as_good_as_an_address() -> None:
    services = FakeServices()
    one = met(services, "fang", marketplace_ids={"taobao": "tb-77"})
    other = met(services, "woocommerce/5", marketplace_ids={"taobao": "tb-77"})
    third = met(services, "shopify/5", marketplace_ids={"amazon": "tb-77"})
    assert (fresh(services, other).root, fresh(services, third).root) == (key_of_id(one.id), None)


def test_being_identified_twice_changes_nothing() -> None:
    services = FakeServices()
    met(services, "shopify/7", email=MAIL)
    own = met(services, "fang", email=MAIL)
    before = dict(services.customers.kept)
    assert identify(services, key_of_id(own.id)) == []
    assert services.customers.kept == before


def test_an_address_told_later_links_then() -> None:
    services = FakeServices()
    own, other = met(services, "fang"), met(services, "shopify/7", email=MAIL)
    assert fresh(services, other).root is None
    services.time += 1
    upsert_customer(services, SHOP, CustomerIn(external_id="fang", email=MAIL), NOON + 1)
    identify(services, key_of_id(own.id))
    assert fresh(services, other).root == key_of_id(own.id)


def test_who_staff_took_apart_is_not_put_together_again_by_itself() -> None:
    services = FakeServices()
    other, own = met(services, "shopify/7", email=MAIL), met(services, "fang", email=MAIL)
    unmerge(services, fresh(services, own), fresh(services, other), MEI, "her daughter")
    identify(services, key_of_id(own.id))
    identify(services, key_of_id(other.id))
    assert (fresh(services, other).root, fresh(services, own).members) == (None, ())
    assert suggestions(services, fresh(services, other), [key_of_id(other.id)]) == []


def test_what_cannot_be_merged_says_why() -> None:
    services = FakeServices()
    one, two, three = met(services, "a"), met(services, "b"), met(services, "c")
    merge(services, one, two, MEI, "")
    for into, member in ((one, one), (three, fresh(services, two)), (fresh(services, two), three)):
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
    people = [met(services, f"p-{number}", name=f"N{number}") for number in range(6)]
    before = dict(services.customers.kept)
    done: list[tuple[int, int]] = []
    for into, member in moves:
        try:
            merge(services, fresh(services, people[into]), fresh(services, people[member]), MEI, "")
        except Conflict:
            continue
        done.append((into, member))
    for one in people:
        root = main_record(services, key_of_id(one.id))
        assert root is not None
        assert one.id in {each.id for each in linked_records(services, root)}
    for into, member in reversed(done):
        unmerge(services, fresh(services, people[into]), fresh(services, people[member]), MEI, "")
    assert {key: replace(one, apart=()) for key, one in services.customers.kept.items()} == before


def test_a_survey_asked_of_one_record_spends_the_budget_of_the_person() -> None:
    services = FakeServices()
    for external_id in ("shopify/7", "fang"):
        met(services, external_id, email=MAIL)
        told = request(external_id=f"of-{external_id}", customer={"external_id": external_id, "email": MAIL})
        services.hook("case.requested", told)
        services.hook("case.resolved", {"case_external_id": f"of-{external_id}", "occurred_at": format_instant(NOON)})
    services.time += 2 * DAY_MS
    asked = [send_survey(services, case_key("demo", f"of-{name}")) for name in ("shopify/7", "fang")]
    assert isinstance(asked[0], SurveySent)
    assert isinstance(asked[1], SurveySkipped)
    assert asked[1].reason == "budget_spent"


def test_a_profile_shows_the_cases_and_orders_of_all_records_of_a_person() -> None:
    services = FakeServices()
    own, other = met(services, "fang", email=MAIL), met(services, "shopify/7", email=MAIL)
    services.hook("case.requested", request())
    services.hook("case.replied", about(5, agent="mei", message="可以"))
    services.hook("case.requested", request(external_id="web-2", customer={"external_id": "shopify/7"}))
    services.hook("order.updated", {"external_id": "O-1", "customer": {"external_id": "shopify/7"}})
    profile = read_profile(services, fresh(services, other), 25, None)
    assert (profile.customer.id, profile.requested.id) == (own.id, other.id)
    assert {stored.case.external_id for stored in profile.cases.items} == {"web-1", "web-2"}
    assert [sale.external_id for sale in profile.orders.items] == ["O-1"]
    assert (profile.totals.cases, profile.totals.kept, profile.totals.broken) == (2, 1, 0)


def test_people_are_looked_up_by_address_number_and_external_id() -> None:
    services = FakeServices()
    own = met(services, "fang", email=MAIL, phone="138 0013 8000")
    met(services, "shopify/7", email=MAIL)
    for told in (("FANG@example.net", None, None), (None, "+86 138-0013-8000", None), (None, None, "shopify/7")):
        assert [one.id for one in search_customers(services, "demo", *told)] == [own.id]
    assert search_customers(services, "demo", "nobody@example.net", None, None) == []


def test_forgetting_a_person_destroys_the_keys_of_all_their_records_and_cases_and_removes_their_files() -> None:
    services = FakeServices()
    own, other = met(services, "fang", email=MAIL, phone="13800138000"), met(services, "shopify/7", email=MAIL)
    services.hook("case.requested", request())
    (stored,) = services.cases.find("demo", None, None, key_of_id(own.id), 9, None).items
    services.uploads.files = {f"evidence/demo/{stored.case.id}/1.jpg": b"x", "evidence/demo/another/1.jpg": b"y"}
    made = erase_customer(services, fresh(services, other), Actor("agent", "admin"))
    assert (made.customer, made.records, made.cases, made.files) == (own.id, 2, 1, 1)
    assert set(services.vault.destroyed) == {
        f"demo#{key}" for key in (key_of_id(own.id), key_of_id(other.id), stored.key)
    }
    assert list(services.uploads.files) == ["evidence/demo/another/1.jpg"]
    assert search_customers(services, "demo", MAIL, None, None) == []
    assert services.identities.told[key_of_id(own.id)][-1].type == "erased"


def test_forgetting_twice_is_as_once_and_nobody_can_be_merged_with_who_was_forgotten() -> None:
    services = FakeServices()
    own, other = met(services, "fang", email=MAIL), met(services, "lei")
    first = erase_customer(services, own, MEI)
    assert erase_customer(services, fresh(services, own), MEI).records == first.records
    with pytest.raises(Conflict, match="erased"):
        merge(services, fresh(services, other), fresh(services, own), MEI, "")
    assert identify(services, key_of_id(own.id)) == []


@pytest.mark.parametrize(
    ("phone", "region", "told"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("+44 20 7946 0958", "CN", "+442079460958"),
        ("020 7946 0958", None, None),
        ("12", "CN", None),
        ("call me", "CN", None),
        ("", "CN", None),
    ],
)
def test_numbers_are_compared_in_e164(phone: str, region: str | None, told: str | None) -> None:
    assert phone_of(phone, region) == told


def test_addresses_are_compared_without_case_and_form() -> None:
    assert mail_of(" Ｆang@Example.NET ") == "fang@example.net"
    assert mail_of("") is mail_of(None) is None


def test_a_shops_region_is_its_calendars_or_its_languages() -> None:
    assert region_of(SHOP) == "CN"
    assert region_of(replace(SHOP, calendar="always", locale="pt-BR")) == "BR"
    assert region_of(replace(SHOP, calendar="always", locale="en")) is None


def test_the_source_of_a_record_is_in_its_external_id() -> None:
    names = ("shopify/7", "woocommerce/7", "mail/X", "fang", "shop/7", "a/b/c")
    assert [source_of(one) for one in names] == [
        "shopify",
        "woocommerce",
        "mail",
        "standard",
        "standard",
        "standard",
    ]
    services = FakeServices()
    assert customer_key(services, "demo", "fang") != customer_key(services, "demo", "shopify/7")


SOURCES = st.sampled_from(("p", "shopify/", "woocommerce/", "mail/"))
ARRIVALS = st.lists(st.tuples(SOURCES, st.integers(1, 3), st.integers(0, 2), st.integers(0, 2)), max_size=9)
"""Records as they come: their source, their number there, and an address and a marketplace's id, or none (0)."""


def families_in(services: FakeServices) -> dict[str, list[Customer]]:
    """By each record's key, the records that are one person with it."""
    tops = {key: main_record(services, key) for key in services.customers.kept}
    return {key: linked_records(services, root) for key, root in tops.items() if root is not None}


@given(ARRIVALS)
def test_in_whatever_order_records_come_nobody_is_merged_by_what_a_second_person_has(
    arrivals: list[tuple[str, int, int, int]],
) -> None:
    services = FakeServices()
    for source, number, address, place in arrivals:
        services.time += 1
        told: dict[str, Any] = {"email": f"a{address}@example.net"} if address else {}
        told |= {"marketplace_ids": {"taobao": f"tb-{place}"}} if place else {}
        newcomer = upsert_customer(services, SHOP, CustomerIn(external_id=f"{source}{number}", **told), services.time)
        before, merged = families_in(services), identify(services, key_of_id(newcomer.id))
        mine = identifiers(fresh(services, newcomer), "CN")
        owners = {one: people_with(services, one, before) for one in mine}
        alone = [people for people in owners.values() if are_of_different_sources(people)]
        assert all(any(other in people for people in alone) for other in merged), "a second person has it"


def people_with(
    services: FakeServices, shared: Identifier, families: dict[str, list[Customer]]
) -> dict[str, list[Customer]]:
    """Who has this, by the id of the record on top of theirs."""
    have = [key for key, one in services.customers.kept.items() if shared in identifiers(one, "CN")]
    return {families[key][0].id: families[key] for key in have}


def are_of_different_sources(people: dict[str, list[Customer]]) -> bool:
    """Whether no source numbers two of these people."""
    sources = [{source_of(one.external_id) for one in family} for family in people.values()]
    return sum(map(len, sources)) == len(set[str]().union(*sources))


@given(st.permutations(["shopify/1", "p1", "p2", "woocommerce/4", "mail/X"]))
def test_once_two_of_one_source_have_an_address_nobody_is_merged_by_it(order: list[str]) -> None:
    services = FakeServices()
    for place, external_id in enumerate(order):
        newcomer = met(services, external_id, email=MAIL)
        if {"p1", "p2"} <= set(order[: place + 1]):
            assert fresh(services, newcomer).root is None
            assert fresh(services, newcomer).members == ()
    for family in families_in(services).values():
        sources = [source_of(one.external_id) for one in family]
        assert len(sources) == len(set(sources))


STEPS = ("remove_identifier", "destroy", "erase", "remove_below", "find", "link", "add_event", "save_erasure")


@given(st.sampled_from(STEPS), st.integers(1, 12), st.booleans())
def test_forgetting_that_was_interrupted_anywhere_ends_as_if_it_had_not_been(step: str, at: int, twice: bool) -> None:
    def forgotten(stops: bool) -> tuple[dict[str, Customer], set[str], set[str]]:
        services = FakeServices()
        met(services, "shopify/order/1")
        for external_id in ("shopify/7", "mail/X", "woocommerce/3"):
            met(services, external_id, email=MAIL)
        services.hook("order.updated", {"external_id": "1", "customer": {"external_id": "shopify/7"}})
        services.hook("case.requested", request(customer={"external_id": "shopify/7"}))
        services.uploads.files = {f"exports/demo/{key}/1.json": b"x" for key in services.customers.kept}
        named = ErasureTarget(source="shopify", external_ids=("shopify/7",))
        for _ in range(2 if stops else 1):
            with suppress(ZeroDivisionError), interrupted(services, step, at) if stops else nullcontext():
                erase_named(services, SHOP, named, MEI, "01REQUEST")
        resume_erasure(services, "01REQUEST")
        if twice:
            resume_erasure(services, "01REQUEST")
        erasure = services.identities.erasures["01REQUEST"]
        assert erasure.done_at is not None
        gone = {key: one for key, one in services.customers.kept.items() if one.erased_at is not None}
        return gone, set(services.uploads.files), set(services.vault.destroyed)

    assert forgotten(stops=True) == forgotten(stops=False)


@contextmanager
def interrupted(services: FakeServices, step: str, at: int) -> Iterator[None]:
    """Whatever is done of that kind fails at the `at`-th time, half of it done."""
    part = next(
        one
        for one in (services.identities, services.vault, services.customers, services.uploads, services.cases)
        if hasattr(one, step)
    )
    real, left = getattr(part, step), [at]

    def failing(*args: Any) -> Any:
        left[0] -= 1
        done = real(*args)
        return done if left[0] else 1 / 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(part, step, failing)
        yield


def test_a_buyer_whom_staff_merged_below_who_is_known_by_the_order_alone_is_one_person_already() -> None:
    services = FakeServices()
    nobody, buyer = met(services, "shopify/order/1"), met(services, "fang")
    merge(services, nobody, buyer, MEI, "")
    assert (
        services.hook("order.updated", {"external_id": "1", "customer": {"external_id": "fang"}}).state == "processed"
    )
    assert fresh(services, buyer).root == key_of_id(nobody.id)


def test_who_came_back_is_not_forgotten_again_when_the_erasure_is_found_unfinished() -> None:
    services = FakeServices()
    own = met(services, "shopify/7", email=MAIL)
    erase_named(services, SHOP, ErasureTarget(source="shopify", external_ids=("shopify/7",)), MEI, "01REQUEST")
    begun = services.identities.erasures["01REQUEST"]
    services.identities.erasures["01REQUEST"] = replace(begun, done_at=None)
    services.customers.kept[key_of_id(own.id)] = replace(fresh(services, own), erased_at=None, email="new@example.net")
    resume_erasure(services, "01REQUEST")
    assert fresh(services, own).email == "new@example.net"


def test_of_several_whom_a_redaction_names_those_under_a_hold_are_forgotten_when_it_ends() -> None:
    services = FakeServices()
    free, kept = met(services, "shopify/7"), met(services, "shopify/8")
    place_legal_hold(services, kept, "before the court", MEI)
    named = ErasureTarget(source="shopify", external_ids=("shopify/7", "shopify/8"))
    for _ in range(2):
        with pytest.raises(Held, match=kept.id):
            erase_named(services, SHOP, named, MEI, "01REQUEST")
    assert [fresh(services, one).erased_at is None for one in (free, kept)] == [False, True]
    end_legal_hold(services, fresh(services, kept), MEI)
    assert fresh(services, kept).erased_at is not None
    assert services.identities.erasures["01REQUEST"].done_at is not None
