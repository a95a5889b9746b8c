"""A period is covered when the statements of every payment service cover it."""

from typing import Any

from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.settlement.coverage import Coverage, covers
from tests.fakes import NOON


def test_time_is_covered_only_when_every_service_in_use_covers_it() -> None:
    def coverage_of(provider: Any, since: int, until: int) -> Coverage:
        return Coverage(
            provider=provider,
            statement=f"{provider}{since}",
            since=NOON + since * DAY_MS,
            until=NOON + until * DAY_MS,
            told_at=0,
        )

    days = [coverage_of("wechat", day, day + 1) for day in range(10)]
    assert covers(days, NOON, NOON + 7 * DAY_MS)
    assert not covers([], NOON, NOON + 7 * DAY_MS)
    assert not covers(days, NOON - 1, NOON + 7 * DAY_MS)
    assert not covers([*days[:2], *days[6:]], NOON, NOON + 7 * DAY_MS)
    assert not covers([*days, coverage_of("alipay", 0, 3)], NOON, NOON + 7 * DAY_MS)
    assert covers([*days, coverage_of("alipay", -60, -40)], NOON, NOON + 7 * DAY_MS)
