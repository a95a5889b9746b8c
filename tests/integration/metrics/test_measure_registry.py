"""A measure that only this test registers is counted, gets records and a Parquet file, and restates its days."""

from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.metrics.columns import catalog
from chalicelib.adapters.metrics.duckdb_metrics import DuckDbMetrics
from chalicelib.adapters.metrics.measure_query import MeasureQuery
from chalicelib.adapters.metrics.row_files import RowFiles
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import ReplySent
from chalicelib.domain.cases.measure import Decimals, Measure, MetricRow, Milliseconds
from chalicelib.domain.kernel.timestamps import Day, day_of
from chalicelib.registries import Registries
from chalicelib.usecases.metrics.compute_day import compute_day
from chalicelib.usecases.ports.metrics import RowSource
from chalicelib.usecases.ports.services import Services
from chalicelib.usecases.ports.shop_rules import shop_of
from tests.support.cases.webhooks import request
from tests.support.metrics.days import compute_one_day, send_events
from tests.support.metrics.records import records_of

FIRST_DAY, NEXT_DAY, LATER = "2026-03-28", "2026-03-29", "2026-03-30"


class Greeting(MetricRow, frozen=True, kw_only=True):
    """A case on the day it was opened on, and on the day of its last reply."""

    channel: str
    length: int
    opened_ms: Milliseconds
    worth: Decimals | None = None


def greetings(case: Case, time_zone: str) -> dict[Day, list[Greeting]]:
    days = {day_of(at, time_zone) for at in (case.opened_at, case.replied_at) if at is not None}
    return {
        day: [Greeting(day=day, channel=case.channel, length=len(case.number), opened_ms=case.opened_at, worth="1.50")]
        for day in days
    }


def record(row: dict[str, Any]) -> dict[str, Any]:
    return {"day": row["day"], "dimension": "toy_channel", "value": row["channel"], "worth": str(row["worth"])}


GREETINGS = Measure(
    name="greetings",
    row=Greeting,
    dimensions=("toy_channel",),
    folder="toy_facts",
    of_case=greetings,
    counted=(ReplySent,),
)
DRAWN = Measure(name="drawn", row=Greeting, dimensions=("toy_drawn",))


def drawn(_services: Services, shop: str, day: Day) -> list[Greeting]:
    """Rows of a day that another store holds."""
    return [Greeting(day=day, channel=shop, length=0, opened_ms=0)]


def toys(folder: Path) -> Registries:
    script = folder / "toy.sql"
    script.write_text("SELECT day, channel, sum(worth) AS worth FROM greetings GROUP BY ALL ORDER BY ALL;", "utf-8")
    plain = folder / "drawn.sql"
    plain.write_text("SELECT * FROM drawn ORDER BY ALL;", "utf-8")

    class WithToys(Registries):
        @cached_property
        def measures(self) -> tuple[Measure, ...]:
            return (*super().measures, GREETINGS, DRAWN)

        @cached_property
        def measure_queries(self) -> tuple[MeasureQuery, ...]:
            return (
                *super().measure_queries,
                MeasureQuery(measure=GREETINGS, scripts=(script,), record=record),
                MeasureQuery(
                    measure=DRAWN, scripts=(plain,), record=lambda row: record(row) | {"dimension": "toy_drawn"}
                ),
            )

        @cached_property
        def row_sources(self) -> dict[str, RowSource]:
            return {**super().row_sources, "drawn": drawn}

    return WithToys()


@pytest.fixture
def with_toys(services: AwsServices, tmp_path: Path) -> AwsServices:
    services.registries = toys(tmp_path)
    opened = request(external_id="h-1", historical=True, occurred_at=f"{FIRST_DAY}T10:00:00+08:00")
    send_events(services, "case.requested", opened, 1)
    reply(services, FIRST_DAY, 2)
    return services


def reply(services: AwsServices, day: str, number: int) -> None:
    """An agent replies, not for the first time."""
    about = {"case_external_id": "h-1", "agent": "mei", "message": "…"}
    send_events(services, "case.replied", {**about, "occurred_at": f"{day}T10:00:00+08:00"}, number)


def compute(services: AwsServices, day: Day) -> list[Day]:
    return compute_day(compute_one_day(services), shop_of(services, "demo"), day, "run", services.now()).days


def test_a_measure_of_another_capability_has_records_of_its_own(with_toys: AwsServices) -> None:
    compute(with_toys, FIRST_DAY)
    records = records_of(with_toys, "demo", FIRST_DAY)
    assert records["toy_channel", "web"]["worth"] == "1.500000"
    assert records["all", "all"]["opened"] == 1


def test_rows_of_a_measure_that_no_query_reads_are_refused() -> None:
    rows = RowFiles()
    rows.add(GREETINGS, FIRST_DAY, [Greeting(day=FIRST_DAY, channel="web", length=1, opened_ms=0)])
    with pytest.raises(ValueError, match="greetings"):
        DuckDbMetrics(Registries().measure_queries, rows, memory="64MB").load([FIRST_DAY])


def test_a_measure_that_reads_a_store_of_its_own_has_records_too(with_toys: AwsServices) -> None:
    compute(with_toys, FIRST_DAY)
    assert ("toy_drawn", "demo") in records_of(with_toys, "demo", FIRST_DAY)


def test_its_rows_are_a_parquet_file_of_the_catalogs_columns(with_toys: AwsServices, tmp_path: Path) -> None:
    compute(with_toys, FIRST_DAY)
    key = f"toy_facts/shop=demo/day={FIRST_DAY}/greetings.parquet"
    path = tmp_path / "greetings.parquet"
    path.write_bytes(client("s3").get_object(Bucket="lake", Key=key)["Body"].read())
    found = duckdb.sql(f"SELECT * FROM '{path}'")
    assert [str(kind) for kind in found.types] == ["VARCHAR", "INTEGER", "BIGINT", "DECIMAL(24,6)"]
    assert found.columns == [column["Name"] for column in catalog(Greeting)]
    assert [row[0] for row in found.fetchall()] == ["web"]


def test_an_event_that_it_alone_counts_puts_the_case_on_the_list_of_its_day(with_toys: AwsServices) -> None:
    reply(with_toys, LATER, 3)
    compute(with_toys, LATER)
    assert ("toy_channel", "web") in records_of(with_toys, "demo", LATER)


def test_a_day_whose_rows_it_alone_changes_is_restated(with_toys: AwsServices) -> None:
    compute(with_toys, FIRST_DAY)
    reply(with_toys, NEXT_DAY, 3)
    assert NEXT_DAY in with_toys.metrics.marked_days("demo")
    assert NEXT_DAY in compute(with_toys, LATER)
