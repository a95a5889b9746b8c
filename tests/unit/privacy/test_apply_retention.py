"""Retention erases people who were silent and deletes files of cases long closed, but nothing under a legal hold."""

from typing import Any

import pytest

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.payloads import StatusChange
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Held
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, parse_instant
from chalicelib.domain.privacy.retention import month_of
from chalicelib.domain.sla.policies import Policy, Retention
from chalicelib.usecases.cases.handle_command import set_status
from chalicelib.usecases.customers.merge_customers import merge
from chalicelib.usecases.privacy import on_request
from chalicelib.usecases.privacy.apply_retention import delete_files, erase_inactive_customer, plan_retention
from chalicelib.usecases.privacy.erase_customer import erase_customer
from chalicelib.usecases.privacy.legal_hold import end_legal_hold, place_legal_hold
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.shops.record_change import list_changes
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import KEY, request
from tests.support.customers.customers import FANG_ADDRESS, add_customer, reload
from tests.support.platforms.platform_webhooks import body_of, process, shopify

BOSS = Actor("agent", "boss")


class Marks:
    """The retention marks and closed cases that the nightly job reads, in memory. `closed`: the cases closed on each
    day; `older`: the ids of cases whose customers have opened another one since."""

    def __init__(self, *marks: str, closed: tuple[Case, ...] = (), older: tuple[str, ...] = ()) -> None:
        self.marks, self.closed, self.older = set(marks), closed, older
        self.asked, self.days = list[str](), list[str]()
        self.first: str | None = None
        self.looked: dict[tuple[str, int], str] = {("files", 90): "2026-08-19"}

    def quiet_since(self, shop: str, month: str) -> Any:
        return (("HEARD", one) for one in sorted(self.marks) if one < month)

    def request_erasure(self, key: str, now: int) -> None:
        self.asked.append(key)

    def clear(self, mark: tuple[str, str]) -> None:
        self.marks.discard(mark[1])

    def closed_on(self, shop: str, day: str) -> Any:
        self.days.append(day)
        return iter(self.closed)

    def is_newest(self, case: Case) -> bool:
        return case.id not in self.older

    def first_day(self, shop: str) -> str | None:
        return self.first

    def looked_to(self, shop: str, what: str, days: int) -> str | None:
        return self.looked.get((what, days))

    def note_looked(self, shop: str, what: str, days: int, day: str) -> None:
        self.looked = {known: at for known, at in self.looked.items() if known[0] != what} | {(what, days): day}

    def request_file_deletion(self, case: str, now: int) -> None:
        self.asked.append(case)


def services_with_order(**kept: Any) -> FakeServices:
    services = FakeServices()
    put_policy(services, "demo", Policy(retention=Retention(**kept)))
    return services


def test_the_nightly_job_asks_for_the_months_that_are_over_and_for_the_day_that_is() -> None:
    case = closed_case("fang")
    marks = Marks("2024-01#A", "2025-11#B", "2026-10#C", closed=(case,))
    policy = Policy(retention=Retention(people_days=365, files_days=90))
    assert plan_retention(marks, SHOP, policy, "2026-11-19", NOON) == 4
    files = [key_of_id(case.id)] * 2
    assert (marks.asked, marks.days) == (
        ["A", key_of_id(case.customer), *files],
        ["2025-11-19", "2026-08-20", "2026-08-21"],
    )
    assert plan_retention(marks, SHOP, policy, "2026-11-19", NOON) == 0
    other = Policy(retention=Retention(files_days=60))
    assert plan_retention(marks, SHOP, other, "2026-11-19", NOON) > 1000
    assert plan_retention(Marks("2024-01#A"), SHOP, Policy(), "2026-11-19", NOON) == 0


def closed_case(customer: str) -> Case:
    services = FakeServices()
    services.hook("case.requested", request(external_id=customer, customer={"external_id": customer}))
    return case_in(services, case_key("demo", customer))


def test_people_are_found_by_the_day_their_last_case_was_closed_and_by_no_earlier_one() -> None:
    last, earlier = closed_case("fang"), closed_case("liu")
    marks = Marks(closed=(last, earlier), older=(earlier.id,))
    policy = Policy(retention=Retention(people_days=365))
    marks.looked[("people", 365)] = "2025-11-17"
    assert plan_retention(marks, SHOP, policy, "2026-11-19", NOON) == 1
    assert (marks.asked, marks.days) == ([key_of_id(last.customer)], ["2025-11-18", "2025-11-19"])


def test_a_new_period_of_retention_looks_at_all_days_of_the_shop_some_in_each_nightly_job() -> None:
    marks = Marks()
    marks.first = "2023-01-10"
    policy = Policy(retention=Retention(people_days=365))
    for day in ("2026-11-19", "2026-11-20", "2026-11-21"):
        plan_retention(marks, SHOP, policy, day, NOON)
    assert (marks.days[0], marks.days[-1], len(marks.days)) == ("2023-01-10", "2025-11-21", len(set(marks.days)))
    assert len(marks.days) == 1047
    plan_retention(marks, SHOP, Policy(retention=Retention(people_days=400)), "2026-11-22", NOON)
    assert marks.days[1047] == "2023-01-10"


def test_who_was_silent_for_so_long_is_erased_and_who_came_back_is_not() -> None:
    services = services_with_order(people_days=365)
    silent, back = add_customer(services, "silent", email=FANG_ADDRESS), add_customer(services, "back")
    services.time += 366 * DAY_MS
    services.hook("order.updated", {"external_id": "1", "customer": {"external_id": "back"}})
    assert erase_inactive_customer(services, key_of_id(silent.id)) == "erased"
    assert reload(services, silent).email is None
    assert erase_inactive_customer(services, key_of_id(back.id)) == "active since"
    assert services.customers.last_contacts[-1] == (key_of_id(back.id), services.time)
    assert erase_inactive_customer(services, key_of_id(silent.id)) == "gone"


def test_nobody_is_erased_while_a_case_of_theirs_is_open() -> None:
    services = services_with_order(people_days=30)
    services.hook("case.requested", request(customer={"external_id": "fang"}))
    services.time += 60 * DAY_MS
    key = key_of_id(case_in(services).customer)
    assert erase_inactive_customer(services, key) == "active since"
    set_status(services, command(services), StatusChange("resolved", reason="done"))
    set_status(services, command(services), StatusChange("closed"))
    assert erase_inactive_customer(services, key) == "active since"
    services.time += 31 * DAY_MS
    assert erase_inactive_customer(services, key) == "erased"


def test_under_a_hold_nobody_is_erased_whoever_asks_and_afterwards_they_are() -> None:
    services = services_with_order(people_days=30)
    own = add_customer(services, "fang", email=FANG_ADDRESS)
    other = add_customer(services, "shopify/7000000000001", email=FANG_ADDRESS)
    place_legal_hold(services, reload(services, other), "case 7 U 12/26 before the court", BOSS)
    with pytest.raises(Held, match="legal hold"):
        erase_customer(services, reload(services, own), BOSS)
    receipt = process(services, shopify(services, "customers-redact", body=body_of("shopify", "customers-redact")))
    assert (receipt.state, "legal hold" in (receipt.reason or "")) == ("failed", True)
    services.time += 60 * DAY_MS
    assert erase_inactive_customer(services, key_of_id(own.id)) == "held"
    assert reload(services, own).email is not None
    end_legal_hold(services, reload(services, own), BOSS)
    assert erase_inactive_customer(services, key_of_id(own.id)) == "erased"
    types = [one.type for one in services.identities.history[key_of_id(own.id)]]
    assert types.count("held") == types.count("hold_ended") == 1


def test_only_a_hold_that_began_or_ended_is_recorded_as_a_change(services: FakeServices) -> None:
    fang = add_customer(services, "fang")

    def changes() -> list[tuple[object, object]]:
        page = list_changes(services, SHOP.id, "privacy", 10, None)
        return [(field.before, field.after) for change in page.items for field in change.fields]

    on_request.end_hold(services, fang, BOSS)
    assert changes() == []
    on_request.hold(services, fang, "a court asks", BOSS)
    on_request.hold(services, reload(services, fang), "another court asks", BOSS)
    assert changes() == [("false", "true")]


def test_a_hold_on_a_record_that_is_merged_later_ends_with_the_persons() -> None:
    services = FakeServices()
    own, member = add_customer(services, "fang"), add_customer(services, "shopify/7")
    place_legal_hold(services, member, "a claim", BOSS)
    merge(services, own, reload(services, member), BOSS, "")
    with pytest.raises(Held):
        erase_customer(services, reload(services, own), BOSS)
    end_legal_hold(services, reload(services, own), BOSS)
    assert erase_customer(services, reload(services, own), BOSS).records == 2


def test_files_of_a_case_long_closed_are_removed_and_not_under_a_hold() -> None:
    services = services_with_order(files_days=90)
    services.hook("case.requested", request(customer={"external_id": "fang"}))
    case = case_in(services)
    services.uploads.files = {f"{kind}/demo/{case.id}/x": b"" for kind in ("evidence", "mails")}
    assert delete_files(services, KEY) == 0
    set_status(services, command(services), StatusChange("resolved", reason="done"))
    set_status(services, command(services), StatusChange("closed"))
    services.time += 89 * DAY_MS - 1
    assert delete_files(services, KEY) == 0
    services.time += DAY_MS
    customer = services.customers.stored[key_of_id(case.customer)]
    place_legal_hold(services, customer, "a claim", BOSS)
    assert delete_files(services, KEY) == 0
    end_legal_hold(services, reload(services, customer), BOSS)
    assert services.uploads.files == {}


def test_a_month_is_that_of_the_time_and_nothing_is_older_than_time() -> None:
    assert (month_of(parse_instant("2026-11-30T23:59:59Z")), month_of(-5)) == ("2026-11", "1970-01")
