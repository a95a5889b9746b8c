"""What need not be kept is let go of: people who were silent, files of cases long closed; but nothing under a hold."""

from typing import Any

import pytest

from chalicelib.domain.cases.commands import StatusChange
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Held
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.kernel.timestamps import DAY, parse
from chalicelib.domain.privacy.retention import month_of
from chalicelib.domain.sla.policies import Policy, Retention
from chalicelib.usecases.cases.handle_command import set_status
from chalicelib.usecases.customers.merge_customers import merge
from chalicelib.usecases.privacy.apply_retention import clear_files, plan_retiring, retire_customer
from chalicelib.usecases.privacy.erase_customer import forget
from chalicelib.usecases.privacy.legal_hold import end_hold, hold
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import NOON, SHOP, FakeDesk
from tests.unit.desk_work import case_in, deed
from tests.unit.test_hooks import KEY, request
from tests.unit.test_people import MAIL, fresh, met
from tests.unit.test_platforms import body_of, heard, shopify

BOSS = Actor("agent", "boss")


class Marks:
    """What a night knows, in memory."""

    def __init__(self, *marks: str, closed: tuple[str, ...] = ()) -> None:
        self.marks, self.closed, self.asked, self.days = set(marks), closed, list[str](), list[str]()
        self.cleared: dict[int, str] = {90: "2026-08-19"}

    def quiet_since(self, shop: str, month: str) -> Any:
        return (one for one in sorted(self.marks) if one < month)

    def ask_to_retire(self, shop: str, key: str, month: str, now: int) -> None:
        self.marks.discard(f"{month}#{key}")
        self.asked.append(key)

    def closed_on(self, shop: str, day: str) -> Any:
        self.days.append(day)
        return iter(self.closed)

    def cleared_to(self, shop: str, days: int) -> str | None:
        return self.cleared.get(days)

    def note_cleared(self, shop: str, days: int, day: str) -> None:
        self.cleared = {days: day}

    def ask_to_clear(self, case: str, now: int) -> None:
        self.asked.append(case)


def a_desk(**kept: Any) -> FakeDesk:
    desk = FakeDesk()
    put_policy(desk, "demo", Policy(retention=Retention(**kept)))
    return desk


def test_a_night_asks_for_the_months_that_are_over_and_for_the_day_that_is() -> None:
    marks = Marks("2024-01#A", "2025-11#B", "2026-10#C", closed=("CASE",))
    policy = Policy(retention=Retention(people_days=365, files_days=90))
    assert plan_retiring(marks, SHOP, policy, "2026-11-19", NOON) == 3
    assert (marks.asked, marks.days) == (["A", "CASE", "CASE"], ["2026-08-20", "2026-08-21"])
    assert plan_retiring(marks, SHOP, policy, "2026-11-19", NOON) == 0
    other = Policy(retention=Retention(files_days=60))
    assert plan_retiring(marks, SHOP, other, "2026-11-19", NOON) > 1000
    assert plan_retiring(Marks("2024-01#A"), SHOP, Policy(), "2026-11-19", NOON) == 0


def test_who_was_silent_for_so_long_is_forgotten_and_who_came_back_is_not() -> None:
    desk = a_desk(people_days=365)
    silent, back = met(desk, "silent", email=MAIL), met(desk, "back")
    desk.time += 366 * DAY
    desk.hook("order.updated", {"external_id": "1", "customer": {"external_id": "back"}})
    assert retire_customer(desk, key_in(silent.id)) == "forgotten"
    assert fresh(desk, silent).email is None
    assert retire_customer(desk, key_in(back.id)) == "heard of since"
    assert desk.customers.heard[-1] == (key_in(back.id), desk.time)
    assert retire_customer(desk, key_in(silent.id)) == "gone"


def test_nobody_is_forgotten_while_a_case_of_theirs_is_open() -> None:
    desk = a_desk(people_days=30)
    desk.hook("case.requested", request(customer={"external_id": "fang"}))
    desk.time += 60 * DAY
    key = key_in(case_in(desk).customer)
    assert retire_customer(desk, key) == "heard of since"
    set_status(desk, deed(desk), StatusChange("resolved", reason="done"))
    set_status(desk, deed(desk), StatusChange("closed"))
    assert retire_customer(desk, key) == "heard of since"
    desk.time += 31 * DAY
    assert retire_customer(desk, key) == "forgotten"


def test_under_a_hold_nobody_is_forgotten_whoever_asks_and_afterwards_they_are() -> None:
    desk = a_desk(people_days=30)
    own = met(desk, "fang", email=MAIL)
    other = met(desk, "shopify/7000000000001", email=MAIL)
    hold(desk, fresh(desk, other), "case 7 U 12/26 before the court", BOSS)
    with pytest.raises(Held, match="legal hold"):
        forget(desk, fresh(desk, own), BOSS)
    told = heard(desk, shopify(desk, "customers-redact", body=body_of("shopify", "customers-redact")))
    assert (told.state, "legal hold" in (told.reason or "")) == ("failed", True)
    desk.time += 60 * DAY
    assert retire_customer(desk, key_in(own.id)) == "held"
    assert fresh(desk, own).email is not None
    end_hold(desk, fresh(desk, own), BOSS)
    assert retire_customer(desk, key_in(own.id)) == "forgotten"
    types = [one.type for one in desk.people.told[key_in(own.id)]]
    assert types.count("held") == types.count("hold_ended") == 1


def test_a_hold_on_a_record_that_is_merged_later_ends_with_the_persons() -> None:
    desk = FakeDesk()
    own, member = met(desk, "fang"), met(desk, "shopify/7")
    hold(desk, member, "a claim", BOSS)
    merge(desk, own, fresh(desk, member), BOSS, "")
    with pytest.raises(Held):
        forget(desk, fresh(desk, own), BOSS)
    end_hold(desk, fresh(desk, own), BOSS)
    assert forget(desk, fresh(desk, own), BOSS).records == 2


def test_files_of_a_case_long_closed_are_removed_and_not_under_a_hold() -> None:
    desk = a_desk(files_days=90)
    desk.hook("case.requested", request(customer={"external_id": "fang"}))
    case = case_in(desk)
    desk.uploads.files = {f"{kind}/demo/{case.id}/x": b"" for kind in ("evidence", "mails")}
    assert clear_files(desk, KEY) == 0
    set_status(desk, deed(desk), StatusChange("resolved", reason="done"))
    set_status(desk, deed(desk), StatusChange("closed"))
    desk.time += 89 * DAY - 1
    assert clear_files(desk, KEY) == 0
    desk.time += DAY
    customer = desk.customers.kept[key_in(case.customer)]
    hold(desk, customer, "a claim", BOSS)
    assert clear_files(desk, KEY) == 0
    end_hold(desk, fresh(desk, customer), BOSS)
    assert desk.uploads.files == {}


def test_a_month_is_that_of_the_time_and_nothing_is_older_than_time() -> None:
    assert (month_of(parse("2026-11-30T23:59:59Z")), month_of(-5)) == ("2026-11", "1970-01")
