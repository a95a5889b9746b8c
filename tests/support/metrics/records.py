"""Reading the records of the daily metrics."""

from typing import Any

from chalicelib.bootstrap import AwsServices


def records_of(services: AwsServices, shop: str, day: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The records of a day, by dimension and value."""
    return {
        (dimension, record["value"]): record
        for measure in services.registries.measures
        for dimension in measure.dimensions
        for record in services.metrics.records_between(shop, dimension, day, day)
    }
