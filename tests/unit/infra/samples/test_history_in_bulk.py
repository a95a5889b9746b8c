"""Many cases written at once, by the use cases in this process."""

from datetime import datetime

from chalicelib.domain.kernel.ids import case_key
from infra.samples.history.bulk import cases, fill
from infra.samples.sample_day import ZONE
from tests.fakes.services import FakeServices
from tests.fakes.shops import SHOP

NOW = datetime(2026, 11, 28, 12, tzinfo=ZONE)
COUNT, OPEN = 80, 12


def filled(brief: bool) -> FakeServices:
    services = FakeServices(time=round(NOW.timestamp() * 1000))
    for case in cases(NOW, COUNT, OPEN, brief=brief):
        assert set(fill(services, SHOP.id, case)) == {"processed"}
    return services


def statuses(services: FakeServices) -> list[str]:
    stored = [services.cases.load(case_key(SHOP.id, f"history-{number:05d}")).case for number in range(COUNT)]
    return [case.status for case in stored if case is not None]


def test_the_newest_cases_are_live_and_open_and_the_others_are_over() -> None:
    services = filled(brief=True)
    assert statuses(services) == ["closed"] * (COUNT - OPEN) + ["new"] * OPEN
    live = services.cases.load(case_key(SHOP.id, f"history-{COUNT - 1:05d}")).case
    assert live is not None
    assert (live.historical, {clock.name for clock in live.clocks}) == (False, {"first_reply", "resolution"})


def test_a_brief_history_leaves_out_only_what_was_said_in_between() -> None:
    brief, whole = (sum(len(case) for case in cases(NOW, COUNT, OPEN, brief=brief)) for brief in (True, False))
    assert brief == 3 * (COUNT - OPEN) + OPEN < whole
    assert statuses(filled(brief=False)).count("closed") == COUNT - OPEN
