"""What nightfall does beside planning nights."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import DAY
from chalicelib.entrypoints.workers import queues as workers
from chalicelib.usecases.shops.find_holidays import materialised
from tests.fakes import OFFICE, SHOP, FakeDesk


def test_one_shops_trouble_keeps_no_other_from_its_calendar(desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[tuple[str, float]] = []
    monkeypatch.setattr(workers, "desk", lambda: desk)
    monkeypatch.setattr(workers, "count", lambda name, value=1: counted.append((name, value)))
    desk.shops.calendars[SHOP.id, OFFICE.name] = materialised(desk, replace(OFFICE, holidays="DE"))
    desk.time += 400 * DAY
    workers._renew_calendars(["gone", "demo"])
    assert counted == [("CalendarsInDoubt", 1)]
    assert desk.shops.kept["demo"].calendar_version == SHOP.calendar_version + 1
