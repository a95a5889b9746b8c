"""The invented sixty days before the sample day: always the same, and shaped like a shop's."""

from collections import Counter
from datetime import date, datetime, timedelta
from statistics import mean, median

import msgspec
import pytest

from chalicelib.domain.intake.payloads import parse_webhook
from chalicelib.domain.kernel.timestamps import from_datetime
from chalicelib.registries import Registries
from infra.samples.history.deliveries import CASES, history
from infra.samples.history.shape import BATCH_DAYS, LAST_DAY_AGO, days, planned_cases, promotion, slow_week
from infra.samples.replay import Delivery
from infra.samples.sample_day import ZONE
from infra.samples.staff import OVERSEAS, STAFF

TODAY = date(2026, 11, 28)
OPENINGS = ("case.requested", "review.created")
BATCH = "LAMP-03"


@pytest.fixture(scope="module")
def told() -> list[Delivery]:
    return history(TODAY)


def openings(deliveries: list[Delivery]) -> list[Delivery]:
    return [one for one in deliveries if one.type in OPENINGS]


def at(delivery: Delivery) -> datetime:
    return datetime.fromisoformat(delivery.data["occurred_at"]).astimezone(ZONE)


def of_case(deliveries: list[Delivery], kind: str) -> dict[str, Delivery]:
    """The first delivery of that type of each case."""
    return {one.data["case_external_id"]: one for one in reversed(deliveries) if one.type == kind}


def test_it_is_the_same_each_time_for_the_same_day(told: list[Delivery]) -> None:
    assert history(TODAY) == told
    assert len({one.id for one in told}) == len(told)
    assert len(openings(told)) == CASES


def test_every_delivery_is_one_the_api_accepts(told: list[Delivery]) -> None:
    types = Registries().webhook_types
    now = from_datetime(datetime(2026, 11, 28, 12, tzinfo=ZONE))
    for one in told:
        body = {"type": one.type, "timestamp": "2026-11-28T00:00:00Z", "data": one.data}
        parse_webhook(msgspec.json.encode(body), now, types)


def test_it_is_told_in_order_and_leaves_yesterday_and_today_alone(told: list[Delivery]) -> None:
    last = TODAY - timedelta(days=LAST_DAY_AGO)
    assert max(at(one) for one in told).date() <= last
    cases = [one for one in told if one.type != "order.updated"]
    assert [at(one) for one in cases] == sorted(at(one) for one in cases)
    assert days(TODAY)[0] == TODAY - timedelta(days=60)


@pytest.mark.parametrize("today", [TODAY + timedelta(days=ahead) for ahead in range(7)])
def test_whatever_weekday_it_is_every_day_has_cases_and_weekdays_more_than_weekends(today: date) -> None:
    planned = [one for one in planned_cases(today, 3_000) if not one.batch and one.day not in promotion(today)]
    by_weekday = Counter(one.day.weekday() for one in planned)
    listed = Counter(day.weekday() for day in days(today) if day not in promotion(today))
    a_day = {weekday: by_weekday[weekday] / listed[weekday] for weekday in range(7)}
    assert max(a_day, key=lambda weekday: a_day[weekday]) == 0
    assert max(a_day[5], a_day[6]) < min(a_day[weekday] for weekday in range(5))
    assert {one.day for one in planned_cases(today, CASES)} == set(days(today))


def test_the_promotion_weekend_has_twice_as_many_as_other_weekends() -> None:
    by_day = Counter(one.day for one in planned_cases(TODAY, 3_000) if not one.batch)
    others = [by_day[day] for day in days(TODAY) if day.weekday() >= 5 and day not in promotion(TODAY)]
    assert min(by_day[day] for day in promotion(TODAY)) > 2 * mean(others)


def test_the_bad_batch_shows_in_its_two_weeks_as_more_cases_and_worse_ratings(told: list[Delivery]) -> None:
    about = {one.data["external_id"]: one for one in openings(told) if one.data["order"]["items"][0]["sku"] == BATCH}
    began = TODAY - timedelta(days=LAST_DAY_AGO + BATCH_DAYS)
    late = [one for one in about.values() if at(one).date() > began]
    assert len(late) > 2 * (len(about) - len(late))
    scores = {case: one.data["csat"] for case, one in of_case(told, "survey.answered").items()}
    recent = [scores[one.data["external_id"]] for one in late if one.data["external_id"] in scores]
    assert mean(recent) < 3 < 3.8 < mean(score for case, score in scores.items() if case not in about)


@pytest.mark.parametrize("today", [TODAY + timedelta(days=ahead) for ahead in range(7)])
def test_last_weeks_worst_product_is_that_of_the_bad_batch_on_whatever_weekday(today: date) -> None:
    told = history(today)
    skus = {one.data["external_id"]: one.data["order"]["items"][0]["sku"] for one in openings(told)}
    scores: dict[str, list[int]] = {}
    for case, one in of_case(told, "survey.answered").items():
        if at(one).date() > today - timedelta(days=9):
            scores.setdefault(skus[case], []).append(one.data["csat"])
    enough = {sku: mean(given) for sku, given in scores.items() if len(given) >= 3}
    assert min(enough, key=lambda sku: enough[sku]) == BATCH


def test_one_team_was_slow_for_a_week_and_only_that_team(told: list[Delivery]) -> None:
    opened = {one.data["external_id"]: at(one) for one in openings(told)}
    teams = {case: one.data["team"] for case, one in of_case(told, "case.assigned").items()}
    first, last = slow_week(TODAY)
    hours: dict[tuple[bool, bool], list[float]] = {}
    for case, one in of_case(told, "case.replied").items():
        key = teams[case] == OVERSEAS, first <= opened[case].date() <= last
        hours.setdefault(key, []).append((at(one) - opened[case]).total_seconds() / 3600)
    assert median(hours[True, True]) > 3 * median(hours[True, False])
    assert median(hours[False, True]) < 2 * median(hours[False, False])


def test_it_is_in_both_languages_of_all_types_and_by_the_staff_of_the_shop(told: list[Delivery]) -> None:
    opened = openings(told)
    languages = Counter(one.data["customer"]["language"][:2] for one in opened)
    assert min(languages["zh"], languages["en"]) > CASES / 5
    types = {one.data["type"] for one in opened if one.type == "case.requested"}
    assert types == {"question", "order_issue", "return", "exchange", "repair", "refund", "complaint"}
    assert {"web", "email", "chat", "phone", "social"} <= {one.data.get("channel") for one in opened}
    users = {member.user for member in STAFF}
    assert {one.data["assignee"] for one in told if one.type == "case.assigned"} < users
    assert len({one.data.get("message") or one.data.get("text") for one in opened}) > 0.6 * CASES
