"""Events whose case never comes fail after seven days."""

from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.usecases.intake.expire_orphans import expire_orphans
from tests.fakes import NOON, FakeServices
from tests.support.cases.webhooks import KEY, about, request


def test_events_whose_case_never_comes_fail_after_seven_days(services: FakeServices) -> None:
    waiting = services.hook("case.replied", about(5, agent="mei"))
    key, timer = services.cases.timers[-1]
    assert (timer.kind, timer.at) == ("orphan", NOON + 7 * DAY_MS)
    assert expire_orphans(services, key) == 1
    failed = services.receipts.load(waiting.id)
    assert failed is not None
    assert (failed.state, failed.reason) == ("failed", "its case did not come within 7 days")
    assert expire_orphans(services, key) == 0


def test_expiring_spares_a_case_that_came(services: FakeServices) -> None:
    services.hook("case.replied", about(5, agent="mei"))
    services.hook("case.requested", request())
    assert expire_orphans(services, KEY) == 0
    assert services.cases.load(KEY).case is not None
