"""Who had a case in another help desk, as `case.assigned` reports it."""

import pytest

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import HOUR_MS
from chalicelib.domain.metrics.case_metrics import CaseMetric, case_metrics_by_day
from chalicelib.usecases.routing.assign_case import assign_case
from tests.fakes import NOON, FakeServices
from tests.support.cases.webhooks import KEY, about, request

TO_LIN = {"assignee": "lin@demo.example", "team": "returns"}


def figures(services: FakeServices) -> list[CaseMetric]:
    case = services.cases.load(KEY).case
    assert case is not None
    return [row for rows in case_metrics_by_day(case, "Asia/Shanghai").values() for row in rows]


@pytest.mark.parametrize("assigned_first", [True, False])
def test_the_figures_of_an_imported_case_belong_to_whoever_had_it_there(assigned_first: bool) -> None:
    services = FakeServices(time=NOON + HOUR_MS)
    services.hook("case.requested", request(historical=True))
    story = [
        ("case.assigned", about(2, **TO_LIN)),
        ("case.resolved", about(20, agent="lin@demo.example", message="好")),
    ]
    for kind, data in story if assigned_first else reversed(story):
        assert services.hook(kind, data).state == "processed"
    assert {(row.assignee, row.team) for row in figures(services)} == {("lin@demo.example", "returns")}


def test_an_imported_case_that_comes_alive_is_still_to_be_routed() -> None:
    services = FakeServices(time=NOON + HOUR_MS)
    services.hook("case.requested", request(historical=True))
    services.hook("case.assigned", about(2, **TO_LIN))
    case = services.cases.load(KEY).case
    assert case is not None
    assert (case.assignee, case.team, case.routing.outside, case.routing.held_by) == (*TO_LIN.values(), False, None)


def test_a_live_case_that_was_assigned_elsewhere_is_left_there() -> None:
    services = FakeServices(time=NOON + HOUR_MS)
    services.hook("case.requested", request())
    services.hook("case.assigned", about(2, **TO_LIN))
    case = services.cases.load(KEY).case
    assert case is not None
    assert (case.assignee, case.routing.outside) == ("lin@demo.example", True)
    assert assign_case(services, KEY) is None


def test_an_assignment_that_names_nobody_is_refused() -> None:
    services = FakeServices(time=NOON + HOUR_MS)
    services.hook("case.requested", request())
    with pytest.raises(Invalid, match="names nobody"):
        services.deliver("case.assigned", about(2))
