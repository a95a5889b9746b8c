"""Statements prove what was paid back: once, the right money, and what nobody knew takes the order's room."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.compensation import Compensation, MoneyState, left_of
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, Instant, format_instant, to_datetime
from chalicelib.domain.orders.order import Dispute, Order, Refund
from chalicelib.domain.platforms.events import CompleteOrder
from chalicelib.domain.settlement.coverage import Coverage, covers
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.settlement.fitting import CaseMoney
from chalicelib.domain.settlement.matching import PAYABLE, Outcome, match
from chalicelib.usecases.aftersales.transition_flow import transition_flow
from chalicelib.usecases.orders.count_order_money import count_order_money
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.settlement.find_unpaid import check_unpaid, plan_checks
from chalicelib.usecases.settlement.settle_entries import settle_entries
from chalicelib.usecases.settlement.store_statement import store_coverage, store_entries
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, SHOP, FakeServices
from tests.unit.desk_work import LEE, case_in, command
from tests.unit.test_hooks import request
from tests.unit.test_money import BOUGHT, propose, step

WHEN = NOON + 3 * HOUR_MS


def entry(identifier: str = "E-1", amount: str = "100.00", at: Instant = WHEN, **more: Any) -> Entry:
    told = {"provider": "wechat", "kind": "refund", "order": "O-1"} | more
    return Entry(id=identifier, amount=Money(amount, told.pop("currency", "CNY")), at=at, **told)


def money(
    identifier: str = "M-1", amount: str = "100.00", state: MoneyState = "requested", since: Instant = NOON, **more: Any
) -> CaseMoney:
    case = more.pop("case", "C-1")
    return CaseMoney(
        case,
        Compensation(id=identifier, kind="refund", amount=Money(amount, "CNY"), by="mei", state=state, **more),
        since,
    )


def outcomes(
    entries: list[Entry], given: list[CaseMoney], told: tuple[Refund, ...] = ()
) -> list[tuple[str, str | None]]:
    return [(one.state, one.money) for one in match(entries, given, told)]


def test_the_id_decides_even_where_other_money_has_the_same_amount() -> None:
    given = [money("M-1"), money("M-2")]
    assert outcomes([entry(refund_no="M-2")], given) == [("settled", "M-2")]
    assert outcomes([entry("re_9")], [money("M-1", reference="re_9"), money("M-2")]) == [("settled", "M-1")]


def test_without_an_id_order_amount_and_time_decide_where_only_one_fits() -> None:
    assert outcomes([entry()], [money("M-1"), money("M-2", "99.99")]) == [("settled", "M-1")]
    assert outcomes([entry(at=NOON - 2 * HOUR_MS)], [money()]) == [("unknown", None)]
    assert outcomes([entry(at=NOON + 31 * DAY_MS)], [money()]) == [("unknown", None)]
    assert outcomes([entry(currency="USD")], [money()]) == [("unknown", None)]


def test_what_fits_several_is_listed_until_there_are_as_many_payments_as_money() -> None:
    given = [money("M-1"), money("M-2", since=NOON + HOUR_MS)]
    assert outcomes([entry("E-1")], given) == [("ambiguous", "M-1")]
    both = outcomes([entry("E-1"), entry("E-2", at=WHEN + 1)], given)
    assert both == [("settled", "M-1"), ("settled", "M-2")]
    third = outcomes([entry("E-1"), entry("E-2", at=WHEN + 1), entry("E-3", at=WHEN + 2)], given)
    assert third == [*both, ("unknown", None)]


def test_the_same_id_with_another_amount_or_currency_is_different_and_settles_nothing() -> None:
    assert outcomes([entry(amount="90.00", refund_no="M-1")], [money()]) == [("different", "M-1")]
    assert outcomes([entry(currency="USD", refund_no="M-1")], [money()]) == [("different", "M-1")]


def test_a_second_payment_under_one_id_is_one_that_nobody_knows() -> None:
    told = outcomes([entry("E-1", refund_no="M-1"), entry("E-2", refund_no="M-1", at=WHEN + 1)], [money()])
    assert told == [("settled", "M-1"), ("unknown", None)]


@pytest.mark.parametrize("state", ["proposed", "declined"])
def test_money_that_nobody_approved_was_paid_by_somebody_else(state: MoneyState) -> None:
    assert outcomes([entry(refund_no="M-1")], [money(state=state)]) == [("unknown", None)]


def test_what_the_platform_told_the_order_of_is_known_but_its_echo_of_our_own_is_not_counted_twice() -> None:
    told = (Refund(id="R-1", amount=Money("100.00", "CNY"), at=WHEN),)
    assert outcomes([entry()], [], told) == [("known", None)]
    assert outcomes([entry("E-1"), entry("E-2", at=WHEN + 1)], [money()], told) == [
        ("settled", "M-1"),
        ("unknown", None),
    ]
    assert outcomes([entry("R-1", amount="1.00")], [], (replace(told[0], amount=Money("2.00", "CNY")),)) == [
        ("known", None)
    ]


def test_what_came_back_again_proves_nothing() -> None:
    gave, back = entry("re_1", refund_no="M-1"), entry("re_1", at=WHEN + DAY_MS, kind="refund_failed", refund_no="M-1")
    told = match([back, gave], [money()], ())
    assert [(one.state, one.money) for one in told] == [("reversed", "M-1"), ("taken_back", "M-1")]
    assert outcomes([back], [money()]) == [("failed", "M-1")]


def test_a_failure_takes_back_its_own_refund_and_not_another_of_the_same_amount() -> None:
    entries = [
        entry("re_1", payment="pi"),
        entry("re_2", payment="pi", at=WHEN + 1),
        entry("re_2", payment="pi", at=WHEN + 2, kind="refund_failed"),
    ]
    assert [one.state for one in match(entries, [], ())] == ["unknown", "reversed", "taken_back"]


def test_a_chargeback_is_no_refund_of_the_desk_and_a_won_one_gives_back() -> None:
    taken = entry("dp_1", kind="dispute")
    assert outcomes([taken], [money()]) == [("unknown", None)]
    won = entry("CB-9", at=WHEN + DAY_MS, kind="dispute_won", reverses="dp_1")
    assert [one.state for one in match([taken, won], [money()], ())] == ["reversed", "taken_back"]


def test_a_refund_in_both_statements_of_alipay_counts_once() -> None:
    trade = entry("T/R-1", provider="alipay", form="trade", refund_no="M-1")
    account = entry("900", provider="alipay", form="account", at=WHEN + 2)
    assert outcomes([account, trade], [money()]) == [("settled", "M-1"), ("same", None)]
    other = entry("901", provider="alipay", form="account", at=WHEN + 3)
    assert outcomes([account, trade, other], [money()]) == [("settled", "M-1"), ("same", None), ("unknown", None)]


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Entry], list[CaseMoney], tuple[Refund, ...]]:
    """An order with few amounts, so that many things fit each other."""
    amounts, times = st.sampled_from(["10.00", "20.00"]), st.integers(0, 40).map(lambda days: NOON + days * DAY_MS)
    states: st.SearchStrategy[MoneyState] = st.sampled_from(PAYABLE)
    given = [money(f"M-{n}", draw(amounts), draw(states), draw(times)) for n in range(draw(st.integers(0, 4)))]
    names = st.sampled_from([None, *(one.money.id for one in given)])
    entries = [
        entry(
            f"E-{draw(st.integers(0, 5))}",
            draw(amounts),
            draw(times),
            refund_no=draw(names),
            kind=draw(st.sampled_from(["refund", "refund", "refund", "refund_failed", "dispute"])),
        )
        for _ in range(draw(st.integers(0, 6)))
    ]
    told = tuple(
        Refund(id=f"R-{n}", amount=Money(draw(amounts), "CNY"), at=draw(times)) for n in range(draw(st.integers(0, 2)))
    )
    return list({one.place: one for one in entries}.values()), given, told  # as the table keeps them


@settings(max_examples=150)
@given(orders(), st.randoms())
def test_no_entry_proves_two_and_no_money_has_two_proofs_in_whatever_order_they_come(case: Any, chance: Any) -> None:
    entries, given, told = case
    found = match(entries, given, told)
    assert {one.entry.place for one in found} == {one.place for one in entries}
    assert len(found) == len({one.place for one in entries})
    proven = [one.money for one in found if one.state == "settled"]
    assert len(proven) == len(set(proven))
    for one in found:
        if one.state == "settled":
            (money_of,) = [other.money for other in given if other.money.id == one.money]
            assert money_of.amount == one.entry.amount
    refunds = [one.refund for one in found if one.refund]
    assert len(refunds) == len(set(refunds))
    mixed = [list(some) for some in (entries, given, told)]
    for some in mixed:
        chance.shuffle(some)
    assert match(mixed[0], mixed[1], tuple(mixed[2])) == found


@settings(max_examples=100)
@given(orders())
def test_what_was_proven_stays_proven_when_all_is_matched_again(case: Any) -> None:
    entries, given, told = case
    proofs = {one.money: one.entry.proof for one in match(entries, given, told) if one.state == "settled"}
    done = {one.money.id: replace(one.money, proof=proofs.get(one.money.id), state="done") for one in given}
    after = [replace(one, money=done[one.money.id]) if one.money.id in proofs else one for one in given]
    again: list[Outcome] = match(entries, after, told)
    assert proofs.items() <= {one.money: one.entry.proof for one in again if one.state == "settled"}.items()


def test_time_is_covered_only_when_every_service_in_use_covers_it() -> None:
    def told(provider: Any, since: int, until: int) -> Coverage:
        return Coverage(
            provider=provider,
            statement=f"{provider}{since}",
            since=NOON + since * DAY_MS,
            until=NOON + until * DAY_MS,
            told_at=0,
        )

    days = [told("wechat", day, day + 1) for day in range(10)]
    assert covers(days, NOON, NOON + 7 * DAY_MS)
    assert not covers([], NOON, NOON + 7 * DAY_MS)
    assert not covers(days, NOON - 1, NOON + 7 * DAY_MS)
    assert not covers([*days[:2], *days[6:]], NOON, NOON + 7 * DAY_MS)
    assert not covers([*days, told("alipay", 0, 3)], NOON, NOON + 7 * DAY_MS)
    assert covers([*days, told("alipay", -60, -40)], NOON, NOON + 7 * DAY_MS)


@pytest.fixture
def bought(services: FakeServices) -> FakeServices:
    services.hook("order.updated", dict(BOUGHT))
    services.hook("case.requested", request(order=BOUGHT))
    return services


def bring(services: FakeServices, *entries: Entry) -> None:
    """A statement comes, and all that follows from it is carried out."""
    store_entries(services, SHOP, entries)
    while services.settlements.new:
        settle_entries(services, "demo", *services.settlements.new.pop())


def lost(services: FakeServices, amount: str = "100.00") -> Compensation:
    """Money the shop was asked for and never answered."""
    given = propose(services, amount)
    step(services, given.id, "request")
    return step(services, given.id, "lose")


def state_of(services: FakeServices, identifier: str) -> str | None:
    return next(one.state for one in services.settlements.kept.values() if one.entry.id == identifier)


def refunds(services: FakeServices) -> dict[str, str]:
    sale = services.order_records.load("demo", "O-1")
    taken: tuple[Refund | Dispute, ...] = (*sale.reported_refunds, *sale.disputes) if sale else ()
    return {one.id: one.amount.amount for one in taken if one.counts}


def finance(case: Case) -> list[str]:
    return [one.title for one in case.tasks if one.department == "finance" and one.open]


def test_unknown_money_is_done_once_a_statement_proves_it_on_the_day_it_was_paid(bought: FakeServices) -> None:
    given = lost(bought)
    bought.time += 2 * DAY_MS
    paid_at = NOON + HOUR_MS
    bring(bought, entry("50", at=paid_at, refund_no=given.id))
    (after,) = case_in(bought).money
    assert (after.state, after.proof, after.done_at) == ("done", "wechat/50", paid_at)
    assert state_of(bought, "50") == "settled"
    bring(bought, entry("50", at=paid_at, refund_no=given.id))
    bought.settlements.new.append(next(iter(bought.settlements.kept)))
    before = bought.cases.load(key_of_id(case_in(bought).id)).version
    bring(bought)
    assert bought.cases.load(key_of_id(case_in(bought).id)).version == before


def test_money_that_is_done_is_proven_without_being_done_again(bought: FakeServices) -> None:
    given = propose(bought, "50.00")
    step(bought, given.id, "request")
    step(bought, given.id, "finish")
    done_at = case_in(bought).money[0].done_at
    bring(bought, entry("50", "50.00"))
    (after,) = case_in(bought).money
    assert (after.state, after.proof, after.done_at) == ("done", "wechat/50", done_at)


def test_the_id_the_payment_service_gave_is_told_with_the_refund_and_proves_it(bought: FakeServices) -> None:
    first, second = propose(bought, "50.00"), propose(bought, "50.00")
    for one in (first, second):
        step(bought, one.id, "request")
    bought.time += MINUTE_MS
    told = {"case_external_id": "web-1", "money": second.id, "reference": "re_7"}
    assert bought.hook("refund.completed", told).state == "processed"
    bring(bought, entry("re_7", "50.00", provider="stripe"))
    assert [one.proof for one in case_in(bought).money] == [None, "stripe/re_7"]


def test_the_task_that_asked_whether_it_was_paid_is_answered(bought: FakeServices) -> None:
    given = propose(bought, "100.00")
    step(bought, given.id, "request")
    bought.time += 2 * DAY_MS
    run_due_timers(bought, key_of_id(case_in(bought).id))
    assert any(given.id in title for title in finance(case_in(bought)))
    bring(bought, entry("50", refund_no=given.id))
    assert finance(case_in(bought)) == []
    assert case_in(bought).money[0].state == "done"


def test_a_refund_nobody_knew_takes_the_orders_room_once_and_finance_looks(bought: FakeServices) -> None:
    for _ in range(2):
        bring(bought, entry("77", "60.00", refund_no="shop-77"))
    assert (state_of(bought, "77"), refunds(bought)) == ("unknown", {"statement/wechat/77": "60.00"})
    assert len(finance(case_in(bought))) == 1
    assert "60.00 CNY" in finance(case_in(bought))[0]


def test_what_the_platform_tells_late_is_the_same_refund(bought: FakeServices) -> None:
    bring(bought, entry("77", "60.00"))
    told = {"id": "R-1", "amount": {"amount": "60.00", "currency": "CNY"}, "refunded_at": format_instant(WHEN)}
    bought.time += DAY_MS
    bought.hook("order.updated", {"external_id": "O-1", "refunds": [told]})
    assert plan_checks(bought, SHOP, "2026-11-21", bought.time) == 1
    (check,) = bought.settlements.checks.values()
    settle_entries(bought, "demo", check.group, check.place)
    assert state_of(bought, "77") == "known"
    assert refunds(bought) == {"R-1": "60.00"}


def left(services: FakeServices) -> Decimal:
    """What of the order's 310.00 may still be given."""
    order = services.cases.opening([key_of_id(case_in(services).id)])[key_of_id(case_in(services).id)].order
    found = count_order_money(services, "demo", order)
    assert found.paid is not None
    return left_of(found.paid, found.given, found.back.backs)


def test_a_second_payment_of_the_same_amount_takes_its_own_room(bought: FakeServices) -> None:
    given = lost(bought)
    bought.time += 4 * HOUR_MS
    bring(bought, entry("50", at=NOON + HOUR_MS, refund_no=given.id), entry("51", at=NOON + HOUR_MS + MINUTE_MS))
    assert (state_of(bought, "50"), state_of(bought, "51")) == ("settled", "unknown")
    assert left(bought) == Decimal("110.00")


def test_a_platform_that_tells_of_the_same_refund_takes_its_room_once(bought: FakeServices) -> None:
    given = lost(bought)
    bought.time += 4 * HOUR_MS
    told = {
        "id": "R-1",
        "amount": {"amount": "100.00", "currency": "CNY"},
        "refunded_at": format_instant(NOON + HOUR_MS),
    }
    bought.hook("order.updated", {"external_id": "O-1", "refunds": [told]})
    bring(bought, entry("50", at=NOON + HOUR_MS, refund_no=given.id))
    assert left(bought) == Decimal("210.00")


def test_an_order_told_whole_does_not_take_back_what_only_statements_know(bought: FakeServices) -> None:
    bring(bought, entry("77", "60.00"))
    bought.time += DAY_MS
    whole = CompleteOrder(external_id="O-1", all_refunds=True, occurred_at=to_datetime(bought.time))
    record_order(bought, SHOP, whole, bought.time)
    assert refunds(bought) == {"statement/wechat/77": "60.00"}
    assert left(bought) == Decimal("250.00")


def test_a_chargeback_the_platform_told_of_is_known(bought: FakeServices) -> None:
    told = {"id": "D-1", "amount": {"amount": "75.00", "currency": "CNY"}, "disputed_at": format_instant(WHEN)}
    bought.hook("order.updated", {"external_id": "O-1", "disputes": [told]})
    bring(bought, entry("dp_1", "75.00", provider="stripe", kind="dispute"))
    assert (state_of(bought, "dp_1"), left(bought)) == ("known", Decimal("235.00"))


def test_what_the_platform_says_answers_our_money_is_our_money(bought: FakeServices) -> None:
    for _ in range(2):
        lost(bought, "50.00")
    told = {"id": "re_9", "amount": {"amount": "50.00", "currency": "CNY"}, "money": case_in(bought).money[1].id}
    bought.time += MINUTE_MS
    bought.hook("order.updated", {"external_id": "O-1", "refunds": [told]})
    bring(bought, entry("re_9", "50.00", provider="stripe"))
    assert [one.proof for one in case_in(bought).money] == [None, "stripe/re_9"]


def test_a_refund_of_an_order_nobody_knows_is_listed_and_kept_for_whoever_tells_of_the_order(
    bought: FakeServices,
) -> None:
    bring(bought, entry("78", order="X-9"), entry("79", order=None, payment="pi_9"))
    assert (state_of(bought, "78"), state_of(bought, "79")) == ("unknown", "unknown")
    sale = bought.order_records.load("demo", "X-9")
    assert sale is not None
    assert (sale.is_of_statements, [one.id for one in sale.refunds]) == (True, ["statement/wechat/78"])
    assert sale.order == Order("X-9")


def test_another_amount_under_our_id_settles_nothing_and_finance_looks(bought: FakeServices) -> None:
    given = lost(bought)
    bring(bought, entry("50", "90.00", refund_no=given.id))
    assert (case_in(bought).money[0].state, state_of(bought, "50")) == ("unknown", "different")
    assert "another amount" in finance(case_in(bought))[-1]
    assert left(bought) == Decimal("210.00")


def test_more_than_was_asked_for_by_our_id_takes_the_room_of_what_was_paid(bought: FakeServices) -> None:
    given = lost(bought)
    for _ in range(2):
        bring(bought, entry("50", "120.00", refund_no=given.id))
        bought.settlements.new.append(next(iter(bought.settlements.kept)))
    assert (case_in(bought).money[0].state, left(bought)) == ("unknown", Decimal("190.00"))


def test_a_refund_that_came_back_is_no_longer_done_and_its_room_is_free(bought: FakeServices) -> None:
    given = lost(bought, "200.00")
    bring(bought, entry("50", "200.00", refund_no=given.id))
    bought.time += 2 * DAY_MS
    bring(bought, entry("50", "200.00", at=WHEN + DAY_MS, kind="refund_failed", refund_no=given.id))
    (after,) = case_in(bought).money
    assert (after.state, after.proof, after.counts) == ("failed", None, False)
    assert "came back" in finance(case_in(bought))[-1]
    assert propose(bought, "200.00").state == "approved"


def test_a_refund_the_service_says_failed_is_failed(bought: FakeServices) -> None:
    given = lost(bought)
    bring(bought, entry("50", kind="refund_failed", refund_no=given.id))
    assert (case_in(bought).money[0].state, state_of(bought, "50")) == ("failed", "failed")


def test_a_chargeback_takes_the_room_and_a_won_one_gives_it_back(bought: FakeServices) -> None:
    bring(bought, entry("dp_1", "75.00", provider="stripe", kind="dispute"))
    assert refunds(bought) == {"statement/stripe/dp_1": "75.00"}
    bought.time += DAY_MS
    bring(bought, entry("dp_1", "75.00", at=WHEN + HOUR_MS, provider="stripe", kind="dispute_won"))
    assert refunds(bought) == {}


def test_two_entries_that_race_for_one_money_settle_it_once(
    bought: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost(bought)
    commit, raced = bought.cases.commit, list[bool]()

    def slower(change: Any) -> None:
        if not raced:
            raced.append(True)
            bring(bought, entry("51", at=WHEN + MINUTE_MS))
        commit(change)

    monkeypatch.setattr(bought.cases, "commit", slower)
    bring(bought, entry("50"))
    states = sorted(str(one.state) for one in bought.settlements.kept.values())
    assert states == ["settled", "unknown"]
    proof = case_in(bought).money[0].proof
    assert list(refunds(bought)) == [f"statement/wechat/{51 if proof == 'wechat/50' else 50}"]


def test_money_that_stands_in_no_statement_of_its_time_is_asked_about_and_listed(bought: FakeServices) -> None:
    given = propose(bought, "50.00")
    step(bought, given.id, "request")
    step(bought, given.id, "finish")
    bought.time += 10 * DAY_MS
    assert plan_checks(bought, SHOP, "2026-11-29", bought.time) == 0
    coverage = Coverage(
        provider="wechat", statement="one", since=NOON - DAY_MS, until=NOON + 9 * DAY_MS, told_at=bought.time
    )
    store_coverage(bought, SHOP, coverage)
    assert plan_checks(bought, SHOP, "2026-11-29", bought.time) == 1
    (check,) = bought.settlements.checks.values()
    for _ in range(2):
        assert check_unpaid(bought, "demo", check.money)
    assert [title for title in finance(case_in(bought)) if given.id in title] == finance(case_in(bought))
    assert [one.money for one in bought.settlements.on_day("demo", "2026-11-20", 9, None).items] == [given.id]
    assert plan_checks(bought, SHOP, "2026-11-30", bought.time) == 0
    bring(bought, entry("50", "50.00", refund_no=given.id))
    assert finance(case_in(bought)) == []
    assert bought.settlements.load_unproven("demo", given.id) is None
    assert ("2026-11-20", given.id) in bought.settlements.dirty


def test_money_that_failed_is_not_looked_for(bought: FakeServices) -> None:
    given = propose(bought, "50.00")
    step(bought, given.id, "request")
    step(bought, given.id, "fail")
    assert not check_unpaid(bought, "demo", given.id)
    assert finance(case_in(bought)) == []


def test_a_statement_told_in_parts_by_the_shops_own_webhook_is_settled(bought: FakeServices) -> None:
    given = lost(bought)
    told = {
        "kind": "refund",
        "id": "50",
        "amount": {"amount": "100.00", "currency": "CNY"},
        "at": format_instant(WHEN - HOUR_MS),
        "order": "O-1",
    }
    data = {"provider": "wechat", "statement": "d1", "entries": [told | {"refund_no": given.id}]}
    bought.time += DAY_MS
    assert bought.hook("statement.told", data).state == "processed"
    bring(bought)
    assert case_in(bought).money[0].proof == "wechat/50"
    whole = {
        "provider": "wechat",
        "statement": "d1",
        "since": format_instant(NOON - DAY_MS),
        "until": format_instant(NOON + DAY_MS),
    }
    assert bought.hook("statement.told", whole).state == "processed"
    assert [one.statement for one in bought.settlements.coverages("demo")] == ["d1"]


def test_a_flow_that_waited_for_its_payment_alone_goes_on(services: FakeServices) -> None:
    services.hook("case.requested", request(order=BOUGHT, type="refund"))
    for move in ("approve", "refund"):
        transition_flow(services, command(services, LEE), move, MoveIn())
    given = lost(services)
    assert case_in(services).flow is not None
    assert case_in(services).flow.turn == "finance"  # type: ignore[union-attr] # just seen
    bring(services, entry("50", refund_no=given.id))
    assert case_in(services).flow.ended  # type: ignore[union-attr] # just seen
    assert case_in(services).done


def test_what_alipay_numbers_not_is_known_again_where_it_was_kept_under_its_payment() -> None:
    unnumbered: dict[str, Any] = {"provider": "alipay", "form": "trade", "payment": "T1", "amount": "10.00"}
    old, again = entry("T1", **unnumbered), entry("T1/a", **unnumbered)
    other = entry("T1/b", at=WHEN + HOUR_MS, **unnumbered)
    assert outcomes([old, again, other], []) == [("unknown", None), ("same", None), ("unknown", None)]
    assert outcomes([again, other], [money("M-1", "10.00", reference="T1")]) == [("settled", "M-1"), ("unknown", None)]


def test_entries_of_earlier_versions_are_settled_where_they_lie(bought: FakeServices) -> None:
    for told in (
        entry("50", "60.0", order="#O-1"),
        entry("51", "1.0", order="#O-1"),
        entry("51", "1.00", order="#O-1"),
    ):
        assert bought.settlements.add(SHOP, told)
    bring(bought, entry("50", "60.00"))
    assert left(bought) == Decimal("249.00")
    assert sorted(str(one.state) for one in bought.settlements.kept.values()) == [
        "same",
        "unknown",
        "unknown",
        "unknown",
    ]
