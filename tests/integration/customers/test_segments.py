"""Segments of a shop's customers, from their orders and answers, on the real table and by DuckDB."""

import random
from collections import Counter
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters.customers.segment_table import SegmentTable
from chalicelib.adapters.customers.segments import segments
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.customers.consents import Consent
from chalicelib.domain.customers.segments import Bought, Segments, Standing
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, day_of, format_instant, next_day
from chalicelib.usecases.customers import compute_segments as compute_segments_module
from chalicelib.usecases.customers.compute_segments import compute_segments, note_answered, read_again
from chalicelib.usecases.customers.merge_customers import merge
from chalicelib.usecases.customers.record_consent import write_consent
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.metrics.compute_day import compute_day
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.privacy.erase_customer import erase_customer
from tests.support.cases.webhooks import request
from tests.support.metrics.days import ZONE, compute_one_day, send_events
from tests.support.moto.counted import counted_calls

NOW = 1_795_132_800_000
BOSS = Actor("agent", "boss")


def standing(name: str, *days: float, amount: str = "100", answers: tuple[int, ...] = ()) -> Standing:
    """A customer who bought once for each number of days ago."""
    bought = tuple(Bought(NOW - round(day * DAY_MS), amount, "CNY") for day in sorted(days, reverse=True))
    return Standing(
        key=name, first_at=bought[0].at if bought else None, bought=bought, answers=answers, records=(name,)
    )


def test_named_segments_follow_from_quintiles_and_equals_are_in_the_same() -> None:
    people = [standing(f"once-{n}", 200) for n in range(5)]
    people += [
        standing("champion", 1, 30, 60, 90, amount="900"),
        standing("newcomer", 2),
        standing("gone", 360),
        standing("once a lot", 300, 301, 302, 303, amount="900"),
    ]
    found = {key: one.rfm for key, one in segments(people, NOW).items()}
    assert len({found[f"once-{n}"] for n in range(5)}) == 1
    assert (found["champion"], found["newcomer"], found["gone"]) == ("champions", "new", "lost")
    assert found["once a lot"] in ("cant_lose", "at_risk")


@pytest.mark.parametrize(
    ("days", "lifecycle", "loyalty"),
    [
        ((3,), "new", "single"),
        ((3, 100), "growing", "repeat"),
        ((3, 300), "mature", "repeat"),
        ((100,), "sleeping", "single"),
        ((400,), "lost", "single"),
        ((3, 100, 200, 300), "mature", "loyal"),
        ((90.5,), "sleeping", "single"),
        ((), None, None),
    ],
)
def test_a_lifecycle_and_loyalty_are_by_the_calendar(
    days: tuple[float, ...], lifecycle: str | None, loyalty: str | None
) -> None:
    found = segments([standing("one", *days, answers=() if days else (5,))], NOW)["one"]
    assert (found.lifecycle, found.loyalty) == (lifecycle, loyalty)


@pytest.mark.parametrize(("answers", "level"), [((5, 4, 4), "high"), ((3, 3), "middle"), ((1, 4), "low"), ((), None)])
def test_satisfaction_is_by_their_own_answers(answers: tuple[int, ...], level: str | None) -> None:
    assert segments([standing("one", 3, answers=answers)], NOW)["one"].satisfaction == level


def test_money_of_another_currency_is_not_added() -> None:
    people = [standing(f"cny-{n}", 10, amount=str(100 + n)) for n in range(9)]
    foreign = Standing(
        key="jpy", first_at=NOW - DAY_MS, bought=(Bought(NOW - DAY_MS, "90000", "JPY"),), records=("jpy",)
    )
    assert segments([*people, foreign], NOW)["jpy"].rfm == "new"


def test_quintiles_are_fifths_where_nobody_is_equal() -> None:
    chance = random.Random(3)
    people = [standing(f"p-{n}", 1 + n / 3, amount=str(chance.randrange(1, 10_000))) for n in range(1000)]
    counted = Counter(one.rfm for one in segments(people, NOW).values())
    recent = sum(counted[name] for name in ("champions", "potential", "new")) + counted["loyal"] * 0
    assert 200 <= recent <= 400
    assert sum(counted.values()) == 1000


def bought(services: AwsServices, order: str, who: str, days: int, number: int, **more: Any) -> None:
    at = format_instant(services.now() - days * DAY_MS)
    body = {
        "external_id": order,
        "customer": {"external_id": who},
        "items": [{"sku": "A"}],
        "purchased_at": at,
        "total": {"amount": "100.00", "currency": "CNY"},
        "occurred_at": at,
    }
    send_events(services, "order.updated", body | more, number)


def of(services: AwsServices, who: str) -> Segments | None:
    key = customer_key(services, "demo", who)
    return services.customers.load([key])[key].segments


def nightly_job(services: AwsServices) -> int:
    return compute_segments(SegmentTable(services.table), segments, "demo", services.now())


def test_a_nightly_job_reads_who_was_updated_and_writes_who_changed(services: AwsServices) -> None:
    for number, (who, days) in enumerate((("fang", 3), ("fang", 40), ("lei", 200), ("min", 400))):
        bought(services, f"O-{number}", who, days, number)
    bought(services, "O-9", "gone", 3, 9, cancelled_at=format_instant(services.now()))
    assert nightly_job(services) == 3
    assert [(of(services, who) or Segments()).lifecycle for who in ("fang", "lei", "min", "gone")] == [
        "growing",
        "sleeping",
        "lost",
        None,
    ]
    assert list(SegmentTable(services.table).changed_records("demo")) == []
    assert nightly_job(services) == 0
    bought(services, "O-5", "lei", 1, 11)
    assert nightly_job(services) >= 1
    assert (of(services, "lei") or Segments()).lifecycle == "mature"


def test_a_case_is_opened_with_the_segment_and_a_rule_may_name_it(services: AwsServices) -> None:
    bought(services, "O-1", "fang", 3, 1)
    bought(services, "O-2", "lei", 300, 2)
    nightly_job(services)
    send_events(services, "case.requested", request(external_id="s-1", customer={"external_id": "fang"}), 3)
    (case,) = (one.case for one in services.cases.find("demo", None, None, None, 9, None).items)
    assert case.segment == (of(services, "fang") or Segments()).rfm is not None


def test_answers_count_merged_records_are_one_and_who_minds_is_in_no_segment(services: AwsServices) -> None:
    send_events(services, "case.requested", request(external_id="s-1", customer={"external_id": "fang"}), 1)
    send_events(services, "survey.answered", {"case_external_id": "s-1", "csat": 2}, 2)
    bought(services, "O-1", "other", 3, 3)
    found = services.customers.load([customer_key(services, "demo", who) for who in ("fang", "other")])
    fang, other = (found[customer_key(services, "demo", who)] for who in ("fang", "other"))
    merge(services, fang, other, BOSS, "")
    nightly_job(services)
    assert of(services, "fang") == of(services, "other")
    assert ((of(services, "fang") or Segments()).satisfaction, (of(services, "other") or Segments()).lifecycle) == (
        "low",
        "new",
    )
    assert [one.standing.key for one in SegmentTable(services.table).memberships("demo")] == [key_of_id(fang.id)]
    minds = Consent(state="withdrawn", at=services.now(), source="web", text_version="1")
    write_consent(services, key_of_id(fang.id), "profiling", minds, BOSS)
    assert (of(services, "fang"), of(services, "other")) == (None, None)
    nightly_job(services)
    assert list(SegmentTable(services.table).memberships("demo")) == []
    bought(services, "O-2", "fang", 1, 4)
    nightly_job(services)
    assert of(services, "fang") is None
    assert list(SegmentTable(services.table).memberships("demo")) == []


def test_who_was_erased_stands_in_no_list_of_segments(services: AwsServices) -> None:
    bought(services, "O-1", "fang", 3, 1)
    nightly_job(services)
    key = customer_key(services, "demo", "fang")
    erase_customer(services, services.customers.load([key])[key], BOSS)
    nightly_job(services)
    assert list(SegmentTable(services.table).memberships("demo")) == []
    assert of(services, "fang") is None
    assert shop_of(services, "demo").id == "demo"


def test_of_each_customer_that_is_read_again_only_the_two_lists_are_read_by_themselves(services: AwsServices) -> None:
    names = [f"buyer-{number}" for number in range(6)]
    for number, name in enumerate(names):
        bought(services, f"O-{number}", name, 3, number)
    records = [customer_key(services, "demo", name) for name in (*names, "nobody")]
    with counted_calls() as calls:
        read_again(SegmentTable(services.table), "demo", records, services.now())
    assert calls == {"query": 2 * len(names), "batch_get_item": 3, "batch_write_item": 1, "update_item": 1}
    assert {one.standing.records for one in SegmentTable(services.table).memberships("demo")} == {
        (customer_key(services, "demo", name),) for name in names
    }


def test_two_records_of_one_customer_in_two_batches_are_one_customer(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(("fang", "other")):
        bought(services, f"O-{number}", name, 3, number)
    keys = [customer_key(services, "demo", name) for name in ("fang", "other")]
    found = services.customers.load(keys)
    merge(services, found[keys[0]], found[keys[1]], BOSS, "")
    monkeypatch.setattr(compute_segments_module, "BATCH", 1)
    read_again(SegmentTable(services.table), "demo", keys[::-1], services.now())
    (member,) = SegmentTable(services.table).memberships("demo")
    assert (member.standing.key, len(member.standing.bought)) == (keys[0], 2)


def touched(services: AwsServices) -> list[str]:
    return [key for _, key, _ in SegmentTable(services.table).changed_records("demo")]


def compute_yesterday_and_today(services: AwsServices) -> None:
    """What the nightly function does about segments, for yesterday and then for today."""
    today = day_of(services.now(), ZONE)
    for day in (next_day(today, -1), today):
        answered: set[str] = set()
        job = replace(compute_one_day(services), counted=partial(note_answered, answered, day, ZONE))
        compute_day(job, shop_of(services, "demo"), day, "run", services.now())
        read_again(SegmentTable(services.table), "demo", answered, services.now())
        nightly_job(services)


@pytest.mark.parametrize(("days_ago", "has_mark"), [(0, False), (1, True)])
def test_an_answer_counts_whether_the_nightly_job_finds_it_on_its_day_or_it_came_after_that_day(
    services: AwsServices, days_ago: int, has_mark: bool
) -> None:
    at = format_instant(services.now() - days_ago * DAY_MS)
    asked = request(external_id="s-1", customer={"external_id": "fang"}, occurred_at=at)
    send_events(services, "case.requested", asked, 1)
    send_events(services, "survey.answered", {"case_external_id": "s-1", "csat": 2, "occurred_at": at}, 2)
    assert touched(services) == [customer_key(services, "demo", "fang")] * has_mark
    compute_yesterday_and_today(services)
    assert (of(services, "fang") or Segments()).satisfaction == "low"
    assert touched(services) == []
