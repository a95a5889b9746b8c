"""Days of invented cases on moto, computed one after the other."""

import math
from typing import Any

from chalicelib.adapters.metrics.data_lake import DataLake
from chalicelib.adapters.metrics.duckdb_metrics import DuckDbMetrics
from chalicelib.adapters.metrics.report import HtmlReport
from chalicelib.adapters.metrics.row_files import RowFiles
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.ids import key_of
from chalicelib.usecases.metrics.nightly_job import NightlyJob

ZONE = "Asia/Shanghai"

Record = dict[str, Any]


def compute_one_day(services: AwsServices) -> NightlyJob:
    rows = RowFiles()
    engine = DuckDbMetrics(services.registries.measure_queries, rows, memory="256MB")
    return NightlyJob(services, services.metrics, rows, engine, DataLake("lake"), HtmlReport(TemplateRenderer()))


def send_events(services: AwsServices, kind: str, data: Record, number: int) -> None:
    """Do what a processed webhook does, without its receipt."""
    import msgspec
    from msgspec.structs import replace

    from chalicelib.usecases.intake.process_receipt import process_receipt
    from chalicelib.usecases.intake.receive_webhook import data_owner
    from chalicelib.usecases.intake.understand import understand
    from chalicelib.usecases.ports.intake import Receipt

    body = msgspec.json.encode({"type": kind, "timestamp": "2026-11-20T00:00:00Z", "data": data})
    identifier = f"{number:010d}" + key_of(str(number))
    receipt = Receipt(
        id=identifier,
        shop="demo",
        source="standard",
        delivery=str(number),
        type=kind,
        received_at=services.now(),
        body=body,
    )
    services.receipts.add(replace(receipt, whose=data_owner(services, receipt, understand(services, receipt))))
    assert process_receipt(services, identifier).state in ("processed", "stored")


def plain_records(record: Record) -> Record:
    """A record of metrics without its keys and times."""
    keys = ("shop", "day", "dimension", "value", "computed_at", "inputs", "restated", "definition")
    return {name: value for name, value in record.items() if name not in keys}


def spread(values: list[float]) -> Record:
    """Count, percentiles and mean of values, computed in Python."""
    if not values:
        return {"count": 0, "p50": None, "p90": None, "p99": None, "mean": None}
    ordered = sorted(values)

    def percentile(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = math.floor(place)
        high = min(low + 1, len(ordered) - 1)
        return round(ordered[low] + (ordered[high] - ordered[low]) * (place - low), 9)

    mean = round(math.fsum(values) / len(values), 9)
    return {"count": len(values), "p50": percentile(0.5), "p90": percentile(0.9), "p99": percentile(0.99), "mean": mean}
