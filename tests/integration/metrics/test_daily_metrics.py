"""The daily metrics against an independent computation in plain Python, to the last digit."""

import math
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
import pytest

from chalicelib.adapters.cases.case_items import CaseItems
from chalicelib.adapters.metrics.case_records import CASES
from chalicelib.adapters.metrics.columns import GLUE, catalog
from chalicelib.adapters.metrics.duckdb_metrics import DuckDbMetrics
from chalicelib.adapters.metrics.row_files import RowFiles
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.ownership import without_ownership
from chalicelib.domain.cases.parts import Owner
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, day_of, parse_instant
from chalicelib.domain.metrics.case_metrics import FIGURES, CaseMetric
from chalicelib.usecases.metrics.compute_day import compute_day
from chalicelib.usecases.metrics.restate import mark_all_for_restatement
from chalicelib.usecases.ports.shop_rules import shop_of
from tests.support.cases.webhooks import request
from tests.support.metrics.days import ZONE, Record, compute_one_day, plain_records, send_events, spread
from tests.support.metrics.records import records_of

START = parse_instant("2026-03-27T00:00:00+08:00")


def random_life(chance: random.Random, name: str) -> list[tuple[str, Record]]:
    """A historical case with reopenings, late answers and gaps over several days."""
    now = START + chance.randrange(4 * DAY_MS)

    def later(hours: float) -> str:
        from chalicelib.domain.kernel.timestamps import format_instant

        nonlocal now
        now += round(chance.random() * hours * HOUR_MS) + MINUTE_MS
        return format_instant(now)

    about = {"case_external_id": name}
    opening = request(
        external_id=name,
        historical=True,
        channel=chance.choice(["web", "chat", "email"]),
        occurred_at=later(0),
        type=chance.choice(["return", "question", "complaint"]),
        order={"external_id": "o", "items": [{"sku": sku} for sku in chance.sample("ABCD", chance.randrange(4))]},
    )
    story = [("case.requested", opening)]
    reply = {**about, "agent": "mei", "message": "…"}
    story += [("case.replied", {**reply, "occurred_at": later(20)}) for _ in range(chance.randrange(3))]
    for _ in range(chance.randrange(3)):
        story.append(("case.resolved", {**about, "occurred_at": later(30)}))
        if chance.random() < 0.4:
            story.append(
                ("message.received", {**about, "author": "customer", "message": "?", "occurred_at": later(20)})
            )
    if chance.random() < 0.6:
        scores = {"csat": chance.randint(1, 5), "nps": chance.randint(0, 10), "ces": chance.randint(1, 7)}
        kept = dict(chance.sample(sorted(scores.items()), chance.randint(1, 3)))
        story.append(("survey.answered", {**about, **kept, "occurred_at": later(60)}))
    return story


def test_records_equal_an_independent_computation_to_the_last_digit(services: AwsServices) -> None:
    chance = random.Random(7)
    stories = [event for n in range(20) for event in random_life(chance, f"h-{n}")]
    chance.shuffle(stories)
    for number, (kind, data) in enumerate(stories):
        send_events(services, kind, data, number)
    shop, run = shop_of(services, "demo"), compute_one_day(services)
    compute_day(run, shop, "2026-03-29", "run", services.now())
    cases = [stored.case for stored in services.cases.find("demo", None, None, None, 100, None).items]
    days = {day_of(START + n * DAY_MS, ZONE) for n in range(12)}
    computed = 0
    for day in sorted(days):
        expected = independent(cases, day)
        stored = {key: plain_records(record) for key, record in records_of(services, "demo", day).items()}
        if expected or stored:
            computed += len(expected)
            assert stored == (expected or {("all", "all"): empty()})
    assert computed > 25


def empty() -> Record:
    return figure([], [], [], [])


def independent(cases: list[Case], day: str) -> dict[tuple[str, str], Record]:  # noqa: C901 - one list of cases
    """The definitions of docs/metrics.md, implemented a second time in Python."""
    groups: dict[tuple[str, str], list[list[Any]]] = defaultdict(lambda: [[], [], [], []])

    def put(case: Case, place: int, what: Any) -> None:
        names = [("all", "all"), ("channel", case.channel), ("type", case.type), *(("sku", sku) for sku in case.skus)]
        names += [(name, value) for name, value in (("team", case.team), ("assignee", case.assignee)) if value]
        for name in names:
            groups[name][place].append(what)

    for case in cases:
        if day_of(case.opened_at, ZONE) == day:
            put(case, 0, case)
        if case.first_reply_at is not None and day_of(case.first_reply_at, ZONE) == day:
            put(case, 1, (case.first_reply_at - case.opened_at) / 1000)
        if case.resolved_at is not None and day_of(case.resolved_at, ZONE) == day:
            put(case, 2, case)
        for answer in case.satisfaction.answers:
            if day_of(answer.at, ZONE) == day:
                put(case, 3, answer)
    return {name: figure(*parts) for name, parts in groups.items()}


def figure(opened: list[Case], replies: list[float], resolved: list[Case], answers: list[Any]) -> Record:
    times = [((case.resolved_at or 0) - case.opened_at) / 1000 for case in resolved]
    csat = [answer.csat for answer in answers if answer.csat is not None]
    nps = [answer.nps for answer in answers if answer.nps is not None]
    ces = [answer.ces for answer in answers if answer.ces is not None]
    none = {"met": 0, "breached": 0}
    return {
        "opened": len(opened),
        "first_reply": spread(replies),
        "resolution": spread(times),
        "sla": {"first_reply": none, "resolution": none},
        "resolved": len(resolved),
        "reopened": sum(case.reopened > 0 for case in resolved),
        "one_contact": sum(case.reopened == 0 and case.replies <= 1 for case in resolved),
        "escalated": 0,
        "csat": csat_of(csat),
        "nps": nps_of(nps),
        "ces": {"answered": len(ces), "mean": sum(ces) / len(ces) if ces else None} | rounded_mean(ces),
    }


def rounded_mean(scores: list[int]) -> Record:
    return {"mean": round(sum(scores) / len(scores), 9)} if scores else {}


def csat_of(scores: list[int]) -> Record:
    record: Record = {"sent": 0, "answered": len(scores), "scores": [scores.count(n) for n in range(1, 6)]}
    if not scores:
        return record | {"percent": None, "interval": None, "mean": None}
    n, p, z = len(scores), sum(score >= 4 for score in scores) / len(scores), 1.96
    middle, half = (
        (p + z**2 / (2 * n)) / (1 + z**2 / n),
        z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)),
    )
    interval = [round(100 * (middle - half), 9) + 0.0, round(100 * (middle + half), 9)]
    return record | {"percent": round(100 * p, 9), "interval": interval, "mean": round(sum(scores) / n, 9)}


def nps_of(scores: list[int]) -> Record:
    pro, con = sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
    record: Record = {"answered": len(scores), "promoters": pro, "passives": len(scores) - pro - con, "detractors": con}
    if not scores:
        return record | {"score": None, "interval": None}
    mean = 100 * (pro - con) / len(scores)
    interval = [round(100 * bound, 9) + 0.0 for bound in mover(pro / len(scores), con / len(scores), len(scores))]
    return record | {"score": round(mean, 9) + 0.0, "interval": interval}


def mover(pro: float, con: float, n: int) -> tuple[float, float]:
    """The interval of docs/metrics.md, implemented a second time."""

    def wilson(p: float) -> tuple[float, float]:
        z = 1.96
        reach = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        return (p + z**2 / (2 * n) - reach) / (1 + z**2 / n), (p + z**2 / (2 * n) + reach) / (1 + z**2 / n)

    (lp, up), (lc, uc) = wilson(pro), wilson(con)
    r = math.sqrt(pro * con / ((1 - pro) * (1 - con))) if pro < 1 and con < 1 else 0
    below = math.sqrt((pro - lp) ** 2 + 2 * r * (pro - lp) * (uc - con) + (uc - con) ** 2)
    above = math.sqrt((up - pro) ** 2 + 2 * r * (up - pro) * (con - lc) + (con - lc) ** 2)
    return pro - con - below, pro - con + above


def test_a_day_computed_twice_is_the_same_but_for_its_time(services: AwsServices) -> None:
    for number, (kind, data) in enumerate(random_life(random.Random(3), "h-1")):
        send_events(services, kind, data, number)
    shop, run = shop_of(services, "demo"), compute_one_day(services)
    day = day_of(services.cases.find("demo", None, None, None, 1, None).items[0].case.opened_at, ZONE)
    compute_day(run, shop, day, "1", 1_000)
    first = records_of(services, "demo", day)
    compute_day(run, shop, day, "2", 2_000)
    second = records_of(services, "demo", day)
    assert first.keys() == second.keys()
    for key, record in second.items():
        assert record["computed_at"] != first[key]["computed_at"]
        assert record | {"computed_at": ""} == first[key] | {"computed_at": ""}


def test_a_case_that_changes_later_restates_its_days_and_the_record_says_so(services: AwsServices) -> None:
    opened = request(external_id="h-1", historical=True, occurred_at="2026-03-28T10:00:00+08:00")
    about = {"case_external_id": "h-1", "agent": "mei"}
    send_events(services, "case.requested", opened, 1)
    send_events(services, "case.resolved", {**about, "occurred_at": "2026-03-28T12:00:00+08:00"}, 2)
    shop, run = shop_of(services, "demo"), compute_one_day(services)
    compute_day(run, shop, "2026-03-28", "1", services.now())
    assert records_of(services, "demo", "2026-03-28")["all", "all"]["resolved"] == 1
    assert services.metrics.marked_days("demo") == {}
    again = {
        "case_external_id": "h-1",
        "author": "customer",
        "message": "?",
        "occurred_at": "2026-03-29T10:00:00+08:00",
    }
    send_events(services, "message.received", again, 3)
    done = compute_day(run, shop, "2026-03-30", "2", services.now())
    record = records_of(services, "demo", "2026-03-28")["all", "all"]
    assert done.days == ["2026-03-28", "2026-03-30"]
    assert (record["resolved"], record["restated"], done.restated) == (0, 1, 1)


def test_a_record_that_has_nothing_left_is_removed(services: AwsServices) -> None:
    send_events(
        services,
        "case.requested",
        request(external_id="h-1", historical=True, occurred_at="2026-03-28T10:00:00+08:00"),
        1,
    )
    about = {"case_external_id": "h-1", "agent": "mei", "message": "…"}
    send_events(services, "case.replied", {**about, "occurred_at": "2026-03-29T10:00:00+08:00"}, 2)
    shop, run = shop_of(services, "demo"), compute_one_day(services)
    compute_day(run, shop, "2026-03-29", "1", services.now())
    assert ("channel", "web") in records_of(services, "demo", "2026-03-29")
    send_events(
        services, "case.replied", {**about, "occurred_at": "2026-03-28T11:00:00+08:00"}, 3
    )  # an earlier reply that arrives late
    compute_day(run, shop, "2026-03-29", "2", services.now())
    assert set(records_of(services, "demo", "2026-03-29")) == {("all", "all")}


def test_a_day_that_is_not_over_is_computed_again_by_the_next_run(services: AwsServices) -> None:
    shop, run = shop_of(services, "demo"), compute_one_day(services)
    today = day_of(services.now(), ZONE)
    compute_day(run, shop, today, "1", services.now())
    assert list(services.metrics.marked_days("demo")) == [today]


def test_the_data_lake_holds_a_days_facts_and_its_report(services: AwsServices) -> None:
    import duckdb

    from chalicelib.adapters.aws.clients import client

    send_events(
        services,
        "case.requested",
        request(external_id="h-1", historical=True, occurred_at="2026-03-28T10:00:00+08:00"),
        1,
    )
    done = compute_day(compute_one_day(services), shop_of(services, "demo"), "2026-03-28", "1", services.now())
    html = client("s3").get_object(Bucket="lake", Key=done.report)["Body"].read().decode()
    assert "<svg" in html
    assert "<script" not in html
    facts = client("s3").get_object(Bucket="lake", Key="facts/shop=demo/day=2026-03-28/figures.parquet")["Body"].read()
    path = "/tmp/aftercare-test-figures.parquet"
    with open(path, "wb") as file:
        file.write(facts)
    assert duckdb.sql(f"SELECT count(*) FROM '{path}' WHERE opened").fetchall() == [(1,)]


def test_more_dirty_days_than_one_run_takes_are_left_for_the_next(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.usecases.metrics.compute_day.DAYS_AT_ONCE", 3)
    for n in range(4):
        services.metrics.mark("demo", day_of(START + n * DAY_MS, ZONE), "test")
    done = compute_day(compute_one_day(services), shop_of(services, "demo"), "2026-03-27", "1", services.now())
    assert (len(done.days), done.left) == (3, 1)
    assert len(services.metrics.marked_days("demo")) == 1


def test_agents_records_are_those_of_their_cases_with_how_often_these_changed_hands(services: AwsServices) -> None:
    from chalicelib.domain.cases.payloads import Assignment, StatusChange
    from chalicelib.domain.kernel.actors import Actor
    from chalicelib.usecases.cases import handle_command
    from chalicelib.usecases.metrics.compare_agents import compare_agents

    for number, agents in enumerate((("mei",), ("lee", "mei"), ("lee",), ())):
        kind = "return" if number % 2 else "question"
        send_events(services, "case.requested", request(external_id=f"w-{number}", type=kind), number)
        (case,) = (one.case for one in services.cases.find("demo", "new", None, None, 100, None).items if one.case)
        command = handle_command.Command(case=case.id, shop="demo", by=Actor("agent", "boss"))
        for agent in agents:
            handle_command.assign(services, command, Assignment(agent))
        handle_command.set_status(services, command, StatusChange("resolved", reason="done"))
    today = day_of(services.now(), ZONE)
    compute_day(compute_one_day(services), shop_of(services, "demo"), today, "run", services.now())
    stored = records_of(services, "demo", today)
    for agent in ("mei", "lee"):
        both = {name: plain_records(stored[name, agent]) for name in ("assignee", "agent_agent")}
        assert both["agent_agent"].pop("transfers") == (1 if agent == "lee" else 0)  # the agent who handed it over
        assert both["agent_agent"] == both["assignee"]
    by_skill = {value: one["resolved"] for (name, value), one in stored.items() if name == "agent_skill"}
    skills = {value: resolved for value, resolved in by_skill.items() if resolved}
    assert skills == {"mei/question": 1, "mei/return": 1, "lee/question": 1}
    assert [one["handled"] for one in compare_agents(services.metrics, "demo", "agent", today, today)] == [2, 1]


@pytest.mark.parametrize(("table", "folder"), [("figures", "facts"), ("flows", "flow_facts")])
def test_the_data_lake_is_read_by_the_catalogs_columns(
    services: AwsServices, table: str, folder: str, tmp_path: Path
) -> None:
    from chalicelib.adapters.aws.clients import client

    send_events(
        services, "case.requested", request(external_id="r-1", type="return", occurred_at="2026-11-20T03:00:00Z"), 1
    )
    day = "2026-11-20"
    compute_day(compute_one_day(services), shop_of(services, "demo"), day, "1", services.now())
    place = tmp_path / folder / "shop=demo" / f"day={day}"
    place.mkdir(parents=True)
    key = f"{folder}/shop=demo/day={day}/{table}.parquet"
    (place / "day.parquet").write_bytes(client("s3").get_object(Bucket="lake", Key=key)["Body"].read())
    measure = next(one for one in services.registries.measures if one.name == table)
    declared = [one["Name"] for one in catalog(measure.row)]
    names = ", ".join(f'"{name}"' for name in declared)
    found = duckdb.sql(f"SELECT {names} FROM read_parquet('{place}/day.parquet')")
    assert [GLUE[str(kind)] for kind in found.types] == [one["Type"] for one in catalog(measure.row)]
    assert found.fetchall()
    kept = duckdb.sql(
        f"DESCRIBE SELECT * FROM read_parquet('{place}/day.parquet', hive_partitioning = false)"
    ).fetchall()
    assert [one[0] for one in kept] == declared


def test_a_day_of_one_opened_case_and_no_answer_has_nulls_and_no_nan() -> None:
    rows = RowFiles()
    opened = CaseMetric(day="2026-11-20", case="c", number="n", channel="web", type="return", opened=True)
    rows.add(FIGURES, "2026-11-20", [opened])
    arithmetic = DuckDbMetrics([CASES], rows, memory="256MB")
    arithmetic.load(["2026-11-20"])
    row = next(iter(arithmetic.selected_rows(CASES)))
    empty_ones = ("csat_percent", "csat_low", "csat_high", "csat_mean", "nps_score", "nps_low", "nps_high")
    assert {name: row[name] for name in empty_ones} == dict.fromkeys(empty_ones)


def test_a_new_definition_of_the_figures_restates_every_day_once_and_says_so(services: AwsServices) -> None:
    from msgspec.structs import replace

    from chalicelib.domain.cases.payloads import Assignment, StatusChange
    from chalicelib.domain.kernel.actors import Actor
    from chalicelib.usecases.cases import handle_command

    today = day_of(services.now(), ZONE)
    send_events(services, "case.requested", request(external_id="w-1"), 1)
    (stored,) = services.cases.find("demo", "new", None, None, 100, None).items
    assert stored.case is not None
    command = handle_command.Command(case=stored.case.id, shop="demo", by=Actor("agent", "boss"))
    handle_command.assign(services, command, Assignment("mei"))
    handle_command.set_status(services, command, StatusChange("resolved", reason="done"))
    handle_command.assign(services, command, Assignment("lee"))
    compute_day(compute_one_day(services), shop_of(services, "demo"), today, "1", services.now())
    now = services.cases.load(key_of_id(stored.case.id))
    assert now.case is not None
    first = replace(now, case=without_ownership(now.case))  # as the first definition had left the case and the day
    services.table.put(CaseItems(first, "demo", services.personal).state())
    noted = services.table.get("METRIC#demo", today) or {}
    services.table.put({name: value for name, value in noted.items() if name != "definition"})
    assert (mark_all_for_restatement(services.metrics, "demo"), mark_all_for_restatement(services.metrics, "demo")) == (
        2,
        0,
    )  # opened and resolved
    compute_day(compute_one_day(services), shop_of(services, "demo"), today, "2", services.now())
    record = records_of(services, "demo", today)["assignee", "mei"]
    assert (record["resolved"], record["restated"], record["definition"]) == (1, 1, 2)
    compute_day(compute_one_day(services), shop_of(services, "demo"), today, "3", services.now())
    assert records_of(services, "demo", today)["assignee", "mei"]["restated"] == 1
    handle_command.assign(services, command, Assignment("kim"))  # the next change folds the case anew, too
    changed = services.cases.load(key_of_id(stored.case.id)).case
    assert changed is not None
    assert changed.ownership.resolved_for == Owner("mei")
