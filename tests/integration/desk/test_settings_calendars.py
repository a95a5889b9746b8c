"""The calendars of a shop at the desk: a year as a picture, and hours that are typed as text."""

import re

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.usecases.shops.manage_shop import read_calendar
from tests.support.desk.visitor import Visitor

PAGE = "demo/settings/calendars"
HOSTILE = '"><script>alert(1)</script>'
FORM = {"calendar": "late", "time_zone": "Asia/Shanghai", "holidays": "CN", "hours.mon": "9:00–12:00，13:00-18:00"}


def admin(language: str = "en") -> Visitor:
    return Visitor.signed_in("lin", ("admin",), language=language)


def test_split_shifts_are_typed_as_text_and_shown_as_they_were_typed(desk: AwsServices) -> None:
    visitor = admin()
    assert (
        visitor.post(f"{PAGE}/save", {**FORM, "closed": "2026-12-31", "open": "2026-11-11: 09:00-21:00"}).status == 303
    )
    stored = read_calendar(desk, "demo", "late")
    assert stored.hours == {"mon": (("09:00", "12:00"), ("13:00", "18:00"))}
    assert (stored.closed, stored.open) == (("2026-12-31",), {"2026-11-11": (("09:00", "21:00"),)})
    page = visitor.get(f"{PAGE}/edit", calendar="late", year="2026").text
    assert 'value="09:00-12:00, 13:00-18:00"' in page
    assert "2026-11-11: 09:00-21:00</textarea>" in page


def test_the_year_shows_holidays_and_make_up_workdays_with_words_and_not_by_colour_alone(desk: AwsServices) -> None:
    page = admin("zh").get(f"{PAGE}/edit", calendar="CN", year="2026").text
    assert len(re.findall('<table class="month">', page)) == 12
    assert len(re.findall(r'<td class="day ', page)) == 365
    assert re.search(r'<td class="day holiday"[^>]*>1<small aria-hidden="true">假</small>', page), "1 October is off"
    assert "2026-10-01：法定节假日" in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("hours.tue", "nine to five", "请按"),
        ("closed", "tomorrow", "请填写日期"),
        ("open", "2026-11-11", "每行填写日期与时间"),
        ("calendar", "a b", "请使用字母"),
        ("hours.mon", "18:00-09:00", "is empty"),
        ("time_zone", "Mars/Base", "IANA"),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(desk: AwsServices, field: str, value: str, words: str) -> None:
    answer = admin("zh").post(f"{PAGE}/save", {**FORM, "hours.fri": "10:00-12:00", field: value})
    assert answer.status == 422
    assert f'id="fault-{field}"' in answer.text
    assert words in answer.text
    assert 'value="10:00-12:00"' in answer.text
    assert desk.shops.newest_calendar("demo", "late") is None


def test_an_earlier_version_can_be_looked_at(desk: AwsServices) -> None:
    visitor = admin()
    visitor.post(f"{PAGE}/save", FORM)
    visitor.post(f"{PAGE}/save", {**FORM, "hours.mon": "08:00-09:00"})
    assert 'value="09:00-12:00, 13:00-18:00"' in visitor.get(f"{PAGE}/edit", calendar="late", version="1").text
    assert visitor.get(f"{PAGE}/edit", calendar="late", version="7").status == 404


def test_each_calendar_is_listed_once_by_its_newest_version(desk: AwsServices) -> None:
    visitor = admin()
    for hours in ("08:00-09:00", "10:00-11:00", "12:00-13:00"):
        visitor.post(f"{PAGE}/save", {**FORM, "hours.mon": hours})
    assert [calendar.name for calendar in desk.shops.newest_calendars("demo")] == ["CN@1", "late@3"]
    assert "12:00-13:00" in visitor.get(PAGE).text


def test_who_is_no_admin_may_look_and_not_change(desk: AwsServices) -> None:
    visitor = Visitor.signed_in("mei")
    assert visitor.get(PAGE).status == 200
    page = visitor.get(f"{PAGE}/edit", calendar="CN")
    assert page.status == 200
    assert '<button class="primary">' not in page.text
    assert visitor.post(f"{PAGE}/save", FORM).status == 403
    assert visitor.get(f"{PAGE}/edit").status == 403
    assert Visitor.signed_in("eve", ("agent", "shop:other")).get(PAGE).status == 404


def test_what_is_typed_is_escaped(desk: AwsServices) -> None:
    answer = admin().post(f"{PAGE}/save", dict.fromkeys([*FORM, "closed", "open"], HOSTILE))
    assert answer.status == 422
    assert "<script>alert" not in answer.text
