"""Calendars are renewed for each shop, whatever fails for another."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.entrypoints.workers import nightfall as workers
from chalicelib.usecases.shops.find_holidays import materialise_holidays
from tests.fakes import OFFICE, SHOP, FakeServices


def test_one_shops_trouble_keeps_no_other_from_its_calendar(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[str, float]] = []
    monkeypatch.setattr(workers, "services", lambda: services)
    monkeypatch.setattr(workers, "count", lambda name, value=1: counted.append((name, value)))
    services.shops.calendars[SHOP.id, OFFICE.name] = materialise_holidays(services, replace(OFFICE, holidays="DE"))
    services.time += 400 * DAY_MS
    workers._renew_calendars(["gone", "demo"])
    assert counted == [("CalendarsInDoubt", 1)]
    assert services.shops.stored["demo"].calendar_version == SHOP.calendar_version + 1
