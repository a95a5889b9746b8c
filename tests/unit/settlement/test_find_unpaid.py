"""Refunds that are in no statement of their period are listed and asked about."""

from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.settlement.coverage import Coverage
from chalicelib.usecases.settlement.find_unpaid import check_unpaid, plan_checks
from chalicelib.usecases.settlement.store_statement import store_coverage
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.orders.money import propose, step
from tests.support.orders.settlement import finance_tasks, statement_entry, store_and_settle


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
    assert [title for title in finance_tasks(case_in(bought)) if given.id in title] == finance_tasks(case_in(bought))
    assert [one.money for one in bought.settlements.on_day("demo", "2026-11-20", 9, None).items] == [given.id]
    assert plan_checks(bought, SHOP, "2026-11-30", bought.time) == 0
    store_and_settle(bought, statement_entry("50", "50.00", refund_no=given.id))
    assert finance_tasks(case_in(bought)) == []
    assert bought.settlements.load_unproven("demo", given.id) is None
    assert ("2026-11-20", given.id) in bought.settlements.dirty


def test_money_that_failed_is_not_looked_for(bought: FakeServices) -> None:
    given = propose(bought, "50.00")
    step(bought, given.id, "request")
    step(bought, given.id, "fail")
    assert not check_unpaid(bought, "demo", given.id)
    assert finance_tasks(case_in(bought)) == []
