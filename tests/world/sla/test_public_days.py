"""Holidays, make-up workdays, and how long a calendar knows them. Rows: `data/public_days.yaml`."""

from datetime import date
from typing import Any

import holidays
import pytest
from msgspec.structs import replace

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.kernel.timestamps import DAY_MS, format_instant, parse_instant
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.domain.shops.shop import CalendarIn, ShopIn
from chalicelib.domain.sla.calendars import WEEKDAYS, Calendar, Span, add_working
from chalicelib.domain.sla.public_holidays import Doubt, doubts
from chalicelib.usecases.routing.manage_agents import put_agent
from chalicelib.usecases.shops import find_holidays as look_up_holidays
from chalicelib.usecases.shops.find_holidays import Notice, materialise_holidays
from chalicelib.usecases.shops.manage_shop import put_calendar, put_shop
from chalicelib.usecases.shops.renew_calendars import renew_calendars, send_calendar_warning
from tests.fakes import FakeServices
from tests.support.world.case_stories import OPENING, Row
from tests.support.world.rows import rows

ALL_DAY: tuple[Span, ...] = (("10:00", "20:00"),)
SHOP = ShopIn(name="Lantern", time_zone="Asia/Shanghai", locale="zh-CN", mail_from="care@example.com", calendar="CN")
LEARNT = Notice(off=("2027-10-01", "2027-10-04", "2027-10-05", "2027-10-06", "2027-10-07"), makeup=("2027-10-09",))
"""An invented notice for 2027, since the real one is not published yet."""


@pytest.mark.parametrize("row", rows("public_days"))
def test_a_day_has_the_hours_it_has_in_its_country(row: Row) -> None:
    hours = dict.fromkeys(row["week"], ALL_DAY)
    if "saturday" in row:
        hours["sat"] = tuple((begins, ends) for begins, ends in row["saturday"])
    draft = Calendar(id=row["country"], time_zone="UTC", hours=hours, holidays=row["country"])
    calendar = materialise_holidays(FakeServices(), draft)
    assert calendar.spans_of(str(row["day"])) == tuple((begins, ends) for begins, ends in row["want"])


# The State Council's notices: days off, weekends beside them that the notice names, too; and weekend days worked.
NOTICES = {
    2025: ("01-01 01-28/02-04 04-04/06 05-01/05 05-31/06-02 10-01/08", "01-26 02-08 04-27 09-28 10-11"),
    2026: ("01-01/03 02-15/23 04-04/06 05-01/05 06-19/21 09-25/27 10-01/07", "01-04 02-14 02-28 05-09 09-20 10-10"),
}


def _days(year: int, notice: str) -> set[date]:
    found = set[date]()
    for span in notice.split():
        first, _, last = span.partition("/")
        begin = date.fromisoformat(f"{year}-{first}")
        end = date.fromisoformat(f"{year}-{last if '-' in last else first[:3] + last}") if last else begin
        found |= {date.fromordinal(day) for day in range(begin.toordinal(), end.toordinal() + 1)}
    return found


@pytest.mark.parametrize("year", NOTICES)
def test_a_seven_day_shop_of_china_rests_and_works_as_the_state_council_says(year: int) -> None:
    off, makeup = (_days(year, notice) for notice in NOTICES[year])
    draft = Calendar(id="CN", time_zone="Asia/Shanghai", hours=dict.fromkeys(WEEKDAYS, ALL_DAY), holidays="CN")
    calendar = materialise_holidays(FakeServices(), draft)
    assert {date.fromisoformat(day) for day in calendar.public if day[:4] == str(year)} == off
    assert {date.fromisoformat(day) for day in calendar.makeup if day[:4] == str(year)} == makeup


def due(calendar: Calendar, start: str, hours: float) -> str:
    return format_instant(add_working(calendar, parse_instant(start), hours * 3_600))[:16]


def test_a_calendar_does_not_run_out_while_a_clock_of_its_year_may_run(services: FakeServices) -> None:
    put_shop(services, "demo", SHOP)
    calendar = services.shops.newest_calendar("demo", "CN")
    assert calendar is not None
    assert due(calendar, "2028-12-29T17:30:00+08:00", 1) == "2029-01-02T01:30"  # New Year's Day 2029 is a Monday
    assert calendar.known_until == "2030-12-31"


@pytest.fixture(autouse=True)
def _without_calendar(services: FakeServices) -> None:
    """The shop of the fakes has working hours without a country."""
    services.shops.calendars.clear()


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(look_up_holidays.NOTICES, "CN", {2027: LEARNT})


def test_putting_a_shop_again_asks_anew(services: FakeServices, request: pytest.FixtureRequest) -> None:
    before = put_shop(services, "demo", SHOP)
    assert put_shop(services, "demo", SHOP).calendar_version == before.calendar_version
    request.getfixturevalue("learnt")
    after = put_shop(services, "demo", SHOP)
    assert after.calendar_version == before.calendar_version + 1
    calendar = services.shops.newest_calendar("demo", "CN")
    assert calendar is not None
    assert calendar.spans_of("2027-10-09") != ()
    assert calendar.spans_of("2027-10-07") == ()
    assert 2027 not in calendar.guessed


def test_what_the_library_learns_is_taken_over_too(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    before = put_shop(services, "demo", SHOP)
    ask = holidays.country_holidays

    def wiser(country: str, **asked: Any) -> Any:
        table = ask(country, **asked)
        table.weekend_workdays.add(date(2027, 10, 9))
        return table

    monkeypatch.setattr(holidays, "country_holidays", wiser)
    assert put_shop(services, "demo", SHOP).calendar_version == before.calendar_version + 1


def test_the_nightly_job_renews_what_shops_and_shifts_work_by_and_running_clocks_keep_theirs(
    services: FakeServices, request: pytest.FixtureRequest
) -> None:
    before = put_shop(services, "demo", SHOP)
    put_calendar(services, "demo", "late", CalendarIn(time_zone="Asia/Shanghai", hours={"fri": ALL_DAY}, holidays="CN"))
    put_agent(services, "demo", "mei", AgentIn(calendar="late"))
    services.hook("case.requested", OPENING | {"external_id": "running"})
    assert renew_calendars(services, "demo") > 0
    assert services.shops.stored["demo"].calendar_version == before.calendar_version
    request.getfixturevalue("learnt")
    renew_calendars(services, "demo")
    assert services.shops.stored["demo"].calendar_version == before.calendar_version + 1
    assert services.agents.stored["mei"].agent.calendar == "late@2"
    case = next(one.case for one in services.cases.stored.values() if one.case)
    assert case.calendar == before.calendar_name
    renew_calendars(services, "demo")
    assert services.shops.stored["demo"].calendar_version == before.calendar_version + 1


def test_each_year_is_a_new_version_that_knows_one_year_more(services: FakeServices) -> None:
    first = put_shop(services, "demo", SHOP)
    services.time = parse_instant("2027-01-02T00:00:00Z")
    renew_calendars(services, "demo")
    calendar = services.shops.newest_calendar("demo", "CN")
    assert calendar is not None
    assert (calendar.version, calendar.known_until) == (first.calendar_version + 1, "2031-12-31")


def test_own_hours_under_a_countrys_name_stay_when_it_is_renewed(services: FakeServices, learnt: None) -> None:
    put_shop(services, "demo", SHOP)
    put_calendar(services, "demo", "CN", CalendarIn(time_zone="Asia/Shanghai", hours={"sat": ALL_DAY}, holidays="CN"))
    services.time += 400 * DAY_MS
    put_shop(services, "demo", SHOP)
    calendar = services.shops.newest_calendar("demo", "CN")
    assert calendar is not None
    assert calendar.hours == {"sat": ALL_DAY}


UNSURE = Calendar(id="CN", time_zone="UTC", hours={}, holidays="CN", known_until="2027-12-31", guessed=(2027, 2028))


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2026-10-01", []),
        ("2026-10-03", [Doubt("guessed", "2027")]),
        ("2027-03-01", [Doubt("guessed", "2027")]),
        ("2027-10-02", [Doubt("guessed", "2027")]),
        ("2027-10-03", [Doubt("ends", "2027-12-31"), Doubt("guessed", "2027"), Doubt("guessed", "2028")]),
    ],
)
def test_what_is_doubtful_is_told_a_quarter_before_it_matters(today: str, said: list[Doubt]) -> None:
    assert doubts(UNSURE, today) == said


def test_a_shop_is_told_once_of_a_year_that_nobody_announced(services: FakeServices) -> None:
    put_shop(services, "demo", SHOP)
    for _ in range(2):
        assert renew_calendars(services, "demo") == 1  # in November 2026, of 2027
    ((shop, warning),) = services.shops.warned
    assert (shop, warning) == ("demo", "CN#guessed#2027")
    assert [send_calendar_warning(services, shop, warning) for _ in range(2)] == ["sent", "claimed before"]
    assert [mail.to for mail in services.mailer.sent] == ["care@example.com"]


@pytest.mark.parametrize("warning", ["CN#guessed#2027", "CN#ends#2030-12-31"])
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_what_a_shop_is_told_names_the_calendar_and_the_time(services: FakeServices, warning: str, locale: str) -> None:
    put_shop(services, "demo", replace(SHOP, locale=locale))
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    send_calendar_warning(services, "demo", warning)
    mail = services.mailer.sent[0]
    for text in (mail.subject, mail.text, mail.html):
        assert "CN" in text
        assert warning.rpartition("#")[2] in text


def test_a_country_without_make_up_days_is_in_no_doubt(services: FakeServices) -> None:
    put_shop(
        services, "demo", ShopIn(**{name: getattr(SHOP, name) for name in SHOP.__struct_fields__} | {"calendar": "DE"})
    )
    assert renew_calendars(services, "demo") == 0
