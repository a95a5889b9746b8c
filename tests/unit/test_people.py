"""One person behind several records: who is known again, who is merged, taken apart, and forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases.facts import SurveySent, SurveySkipped
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import Identifier, identifiers, mail_of, phone_of, region_of, source_of
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, Held
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.kernel.timestamps import DAY, show
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.privacy.erasure import Whom
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.customers.linked_records import family_of, root_of
from chalicelib.usecases.customers.merge_customers import identify, merge, suggestions, two_of, unmerge
from chalicelib.usecases.customers.read_customer import look_up, read_profile
from chalicelib.usecases.customers.upsert_customer import customer_key, meet
from chalicelib.usecases.privacy.erase_customer import forget, forget_named, resume
from chalicelib.usecases.privacy.legal_hold import end_hold, hold
from chalicelib.usecases.surveys.send_survey import send_survey
from tests.fakes import NOON, SHOP, FakeDesk
from tests.unit.test_hooks import about, request

MEI = Actor("agent", "mei")
MAIL = "Fang@Example.net"


def met(desk: FakeDesk, external_id: str, **told: Any) -> Customer:
    """Somebody we are told of, and who they are then known to be."""
    customer = meet(desk, SHOP, CustomerIn(external_id=external_id, **told), NOON)
    identify(desk, key_in(customer.id))
    return fresh(desk, customer)


def fresh(desk: FakeDesk, customer: Customer) -> Customer:
    return desk.customers.kept[key_in(customer.id)]


def test_one_address_in_two_sources_is_one_person_and_the_shops_own_record_stays_on_top() -> None:
    desk = FakeDesk()
    from_platform = met(desk, "shopify/7", email=MAIL)
    own = met(desk, "fang", email="fang@example.net ".strip())
    by_mail = met(desk, "mail/ABC", email="FANG@EXAMPLE.NET")
    assert fresh(desk, from_platform).root == fresh(desk, by_mail).root == key_in(own.id)
    assert fresh(desk, own).members == (key_in(from_platform.id), key_in(by_mail.id))
    assert [one.type for one in desk.people.told[key_in(own.id)]] == ["merged", "merged"]
    assert desk.people.told[key_in(own.id)][0].by.kind == "system"


def test_two_records_of_one_source_are_two_people_though_they_share_an_address() -> None:
    desk = FakeDesk()
    one, other = met(desk, "fang", email=MAIL), met(desk, "lei", email=MAIL)
    assert (fresh(desk, one).root, fresh(desk, other).root) == (None, None)
    assert [(found.id, shares) for found, shares in suggestions(desk, one, [key_in(one.id)])] == [(other.id, ["mail"])]


def test_a_number_is_shared_and_given_to_others_so_it_only_suggests() -> None:
    desk = FakeDesk()
    one, other = met(desk, "fang", phone="138 0013 8000"), met(desk, "shopify/7", phone="+8613800138000")
    assert fresh(desk, other).root is None
    assert [(found.id, shares) for found, shares in suggestions(desk, one, [])] == [(other.id, ["phone"])]


def test_a_marketplaces_id_is_as_good_as_an_address() -> None:
    desk = FakeDesk()
    one = met(desk, "fang", marketplace_ids={"taobao": "tb-77"})
    other = met(desk, "woocommerce/5", marketplace_ids={"taobao": "tb-77"})
    third = met(desk, "shopify/5", marketplace_ids={"amazon": "tb-77"})
    assert (fresh(desk, other).root, fresh(desk, third).root) == (key_in(one.id), None)


def test_being_identified_twice_changes_nothing() -> None:
    desk = FakeDesk()
    met(desk, "shopify/7", email=MAIL)
    own = met(desk, "fang", email=MAIL)
    before = dict(desk.customers.kept)
    assert identify(desk, key_in(own.id)) == []
    assert desk.customers.kept == before


def test_an_address_told_later_links_then() -> None:
    desk = FakeDesk()
    own, other = met(desk, "fang"), met(desk, "shopify/7", email=MAIL)
    assert fresh(desk, other).root is None
    desk.time += 1
    meet(desk, SHOP, CustomerIn(external_id="fang", email=MAIL), NOON + 1)
    identify(desk, key_in(own.id))
    assert fresh(desk, other).root == key_in(own.id)


def test_who_staff_took_apart_is_not_put_together_again_by_itself() -> None:
    desk = FakeDesk()
    other, own = met(desk, "shopify/7", email=MAIL), met(desk, "fang", email=MAIL)
    unmerge(desk, fresh(desk, own), fresh(desk, other), MEI, "her daughter")
    identify(desk, key_in(own.id))
    identify(desk, key_in(other.id))
    assert (fresh(desk, other).root, fresh(desk, own).members) == (None, ())
    assert suggestions(desk, fresh(desk, other), [key_in(other.id)]) == []


def test_what_cannot_be_merged_says_why() -> None:
    desk = FakeDesk()
    one, two, three = met(desk, "a"), met(desk, "b"), met(desk, "c")
    merge(desk, one, two, MEI, "")
    for into, member in ((one, one), (three, fresh(desk, two)), (fresh(desk, two), three)):
        with pytest.raises(Conflict):
            merge(desk, into, member, MEI, "")
    with pytest.raises(Conflict, match="not merged into"):
        unmerge(desk, one, three, MEI, "")
    with pytest.raises(Conflict, match="same record"):
        two_of(desk, one.id, one.id)


MOVES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)


@given(MOVES)
def test_unmerging_after_merging_gives_both_records_back_as_they_were(moves: list[tuple[int, int]]) -> None:
    desk = FakeDesk()
    people = [met(desk, f"p-{number}", name=f"N{number}") for number in range(6)]
    before = dict(desk.customers.kept)
    done: list[tuple[int, int]] = []
    for into, member in moves:
        try:
            merge(desk, fresh(desk, people[into]), fresh(desk, people[member]), MEI, "")
        except Conflict:
            continue
        done.append((into, member))
    for one in people:
        root = root_of(desk, key_in(one.id))
        assert root is not None
        assert one.id in {each.id for each in family_of(desk, root)}
    for into, member in reversed(done):
        unmerge(desk, fresh(desk, people[into]), fresh(desk, people[member]), MEI, "")
    assert {key: replace(one, apart=()) for key, one in desk.customers.kept.items()} == before


def test_a_survey_asked_of_one_record_spends_the_budget_of_the_person() -> None:
    desk = FakeDesk()
    for external_id in ("shopify/7", "fang"):
        met(desk, external_id, email=MAIL)
        told = request(external_id=f"of-{external_id}", customer={"external_id": external_id, "email": MAIL})
        desk.hook("case.requested", told)
        desk.hook("case.resolved", {"case_external_id": f"of-{external_id}", "occurred_at": show(NOON)})
    desk.time += 2 * DAY
    asked = [send_survey(desk, case_key("demo", f"of-{name}")) for name in ("shopify/7", "fang")]
    assert isinstance(asked[0], SurveySent)
    assert isinstance(asked[1], SurveySkipped)
    assert asked[1].reason == "budget_spent"


def test_a_profile_shows_the_cases_and_orders_of_all_records_of_a_person() -> None:
    desk = FakeDesk()
    own, other = met(desk, "fang", email=MAIL), met(desk, "shopify/7", email=MAIL)
    desk.hook("case.requested", request())
    desk.hook("case.replied", about(5, agent="mei", message="可以"))
    desk.hook("case.requested", request(external_id="web-2", customer={"external_id": "shopify/7"}))
    desk.hook("order.updated", {"external_id": "O-1", "customer": {"external_id": "shopify/7"}})
    profile = read_profile(desk, fresh(desk, other), 25, None)
    assert (profile.customer.id, profile.asked.id) == (own.id, other.id)
    assert {stored.case.external_id for stored in profile.cases.items} == {"web-1", "web-2"}
    assert [sale.external_id for sale in profile.orders.items] == ["O-1"]
    assert (profile.totals.cases, profile.totals.kept, profile.totals.broken) == (2, 1, 0)


def test_people_are_looked_up_by_address_number_and_external_id() -> None:
    desk = FakeDesk()
    own = met(desk, "fang", email=MAIL, phone="138 0013 8000")
    met(desk, "shopify/7", email=MAIL)
    for told in (("FANG@example.net", None, None), (None, "+86 138-0013-8000", None), (None, None, "shopify/7")):
        assert [one.id for one in look_up(desk, "demo", *told)] == [own.id]
    assert look_up(desk, "demo", "nobody@example.net", None, None) == []


def test_forgetting_a_person_destroys_the_keys_of_all_their_records_and_cases_and_removes_their_files() -> None:
    desk = FakeDesk()
    own, other = met(desk, "fang", email=MAIL, phone="13800138000"), met(desk, "shopify/7", email=MAIL)
    desk.hook("case.requested", request())
    (stored,) = desk.cases.find("demo", None, None, key_in(own.id), 9, None).items
    desk.uploads.files = {f"evidence/demo/{stored.case.id}/1.jpg": b"x", "evidence/demo/another/1.jpg": b"y"}
    made = forget(desk, fresh(desk, other), Actor("agent", "admin"))
    assert (made.customer, made.records, made.cases, made.files) == (own.id, 2, 1, 1)
    assert set(desk.vault.destroyed) == {f"demo#{key}" for key in (key_in(own.id), key_in(other.id), stored.key)}
    assert list(desk.uploads.files) == ["evidence/demo/another/1.jpg"]
    assert look_up(desk, "demo", MAIL, None, None) == []
    assert desk.people.told[key_in(own.id)][-1].type == "erased"


def test_forgetting_twice_is_as_once_and_nobody_can_be_merged_with_who_was_forgotten() -> None:
    desk = FakeDesk()
    own, other = met(desk, "fang", email=MAIL), met(desk, "lei")
    first = forget(desk, own, MEI)
    assert forget(desk, fresh(desk, own), MEI).records == first.records
    with pytest.raises(Conflict, match="forgotten"):
        merge(desk, fresh(desk, other), fresh(desk, own), MEI, "")
    assert identify(desk, key_in(own.id)) == []


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
    desk = FakeDesk()
    assert customer_key(desk, "demo", "fang") != customer_key(desk, "demo", "shopify/7")


SOURCES = st.sampled_from(("p", "shopify/", "woocommerce/", "mail/"))
ARRIVALS = st.lists(st.tuples(SOURCES, st.integers(1, 3), st.integers(0, 2), st.integers(0, 2)), max_size=9)
"""Records as they come: their source, their number there, and an address and a marketplace's id, or none (0)."""


def families_in(desk: FakeDesk) -> dict[str, list[Customer]]:
    """By each record's key, the records that are one person with it."""
    tops = {key: root_of(desk, key) for key in desk.customers.kept}
    return {key: family_of(desk, root) for key, root in tops.items() if root is not None}


@given(ARRIVALS)
def test_in_whatever_order_records_come_nobody_is_merged_by_what_a_second_person_has(
    arrivals: list[tuple[str, int, int, int]],
) -> None:
    desk = FakeDesk()
    for source, number, address, place in arrivals:
        desk.time += 1
        told: dict[str, Any] = {"email": f"a{address}@example.net"} if address else {}
        told |= {"marketplace_ids": {"taobao": f"tb-{place}"}} if place else {}
        newcomer = meet(desk, SHOP, CustomerIn(external_id=f"{source}{number}", **told), desk.time)
        before, merged = families_in(desk), identify(desk, key_in(newcomer.id))
        mine = identifiers(fresh(desk, newcomer), "CN")
        owners = {one: people_with(desk, one, before) for one in mine}
        alone = [people for people in owners.values() if are_of_different_sources(people)]
        assert all(any(other in people for people in alone) for other in merged), "a second person has it"


def people_with(desk: FakeDesk, shared: Identifier, families: dict[str, list[Customer]]) -> dict[str, list[Customer]]:
    """Who has this, by the id of the record on top of theirs."""
    have = [key for key, one in desk.customers.kept.items() if shared in identifiers(one, "CN")]
    return {families[key][0].id: families[key] for key in have}


def are_of_different_sources(people: dict[str, list[Customer]]) -> bool:
    """Whether no source numbers two of these people."""
    sources = [{source_of(one.external_id) for one in family} for family in people.values()]
    return sum(map(len, sources)) == len(set[str]().union(*sources))


@given(st.permutations(["shopify/1", "p1", "p2", "woocommerce/4", "mail/X"]))
def test_once_two_of_one_source_have_an_address_nobody_is_merged_by_it(order: list[str]) -> None:
    desk = FakeDesk()
    for place, external_id in enumerate(order):
        newcomer = met(desk, external_id, email=MAIL)
        if {"p1", "p2"} <= set(order[: place + 1]):
            assert fresh(desk, newcomer).root is None
            assert fresh(desk, newcomer).members == ()
    for family in families_in(desk).values():
        sources = [source_of(one.external_id) for one in family]
        assert len(sources) == len(set(sources))


STEPS = ("unknow", "destroy", "erase", "remove_below", "find", "link", "note", "plan")


@given(st.sampled_from(STEPS), st.integers(1, 12), st.booleans())
def test_forgetting_that_was_interrupted_anywhere_ends_as_if_it_had_not_been(step: str, at: int, twice: bool) -> None:
    def forgotten(stops: bool) -> tuple[dict[str, Customer], set[str], set[str]]:
        desk = FakeDesk()
        met(desk, "shopify/order/1")
        for external_id in ("shopify/7", "mail/X", "woocommerce/3"):
            met(desk, external_id, email=MAIL)
        desk.hook("order.updated", {"external_id": "1", "customer": {"external_id": "shopify/7"}})
        desk.hook("case.requested", request(customer={"external_id": "shopify/7"}))
        desk.uploads.files = {f"exports/demo/{key}/1.json": b"x" for key in desk.customers.kept}
        named = Whom(source="shopify", external_ids=("shopify/7",))
        for _ in range(2 if stops else 1):
            with suppress(ZeroDivisionError), interrupted(desk, step, at) if stops else nullcontext():
                forget_named(desk, SHOP, named, MEI, "01REQUEST")
        resume(desk, "01REQUEST")
        if twice:
            resume(desk, "01REQUEST")
        erasure = desk.people.erasures["01REQUEST"]
        assert erasure.done_at is not None
        gone = {key: one for key, one in desk.customers.kept.items() if one.erased_at is not None}
        return gone, set(desk.uploads.files), set(desk.vault.destroyed)

    assert forgotten(stops=True) == forgotten(stops=False)


@contextmanager
def interrupted(desk: FakeDesk, step: str, at: int) -> Iterator[None]:
    """Whatever is done of that kind fails at the `at`-th time, half of it done."""
    part = next(
        one for one in (desk.people, desk.vault, desk.customers, desk.uploads, desk.cases) if hasattr(one, step)
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
    desk = FakeDesk()
    nobody, buyer = met(desk, "shopify/order/1"), met(desk, "fang")
    merge(desk, nobody, buyer, MEI, "")
    assert desk.hook("order.updated", {"external_id": "1", "customer": {"external_id": "fang"}}).state == "processed"
    assert fresh(desk, buyer).root == key_in(nobody.id)


def test_who_came_back_is_not_forgotten_again_when_the_erasure_is_found_unfinished() -> None:
    desk = FakeDesk()
    own = met(desk, "shopify/7", email=MAIL)
    forget_named(desk, SHOP, Whom(source="shopify", external_ids=("shopify/7",)), MEI, "01REQUEST")
    begun = desk.people.erasures["01REQUEST"]
    desk.people.erasures["01REQUEST"] = replace(begun, done_at=None)
    desk.customers.kept[key_in(own.id)] = replace(fresh(desk, own), erased_at=None, email="new@example.net")
    resume(desk, "01REQUEST")
    assert fresh(desk, own).email == "new@example.net"


def test_of_several_whom_a_redaction_names_those_under_a_hold_are_forgotten_when_it_ends() -> None:
    desk = FakeDesk()
    free, kept = met(desk, "shopify/7"), met(desk, "shopify/8")
    hold(desk, kept, "before the court", MEI)
    named = Whom(source="shopify", external_ids=("shopify/7", "shopify/8"))
    for _ in range(2):
        with pytest.raises(Held, match=kept.id):
            forget_named(desk, SHOP, named, MEI, "01REQUEST")
    assert [fresh(desk, one).erased_at is None for one in (free, kept)] == [False, True]
    end_hold(desk, fresh(desk, kept), MEI)
    assert fresh(desk, kept).erased_at is not None
    assert desk.people.erasures["01REQUEST"].done_at is not None
