"""The columns of the Glue tables by which Athena reads the data lake: those that the nightly job writes."""

from typing import Any

from chalicelib.adapters.metrics.sql.columns import FactTable, catalog

TABLES: dict[str, FactTable] = {"FactsTable": "figures", "FlowFactsTable": "flows"}


def columns() -> dict[str, Any]:
    """What is merged into the tables that `resources/data_lake.yaml` declares."""
    return {
        name: {"Properties": {"TableInput": {"StorageDescriptor": {"Columns": catalog(table)}}}}
        for name, table in TABLES.items()
    }
