"""The columns of the Glue tables by which Athena reads the data lake: those that the nightly job writes."""

from typing import Any

from chalicelib.adapters.metrics.columns import catalog
from chalicelib.domain.cases.measure import Measure
from chalicelib.registries import Registries


def columns() -> dict[str, Any]:
    """What is merged into the tables that `resources/data_lake.yaml` declares."""
    return {
        _resource(measure): {"Properties": {"TableInput": {"StorageDescriptor": {"Columns": catalog(measure.row)}}}}
        for measure in Registries().measures
        if measure.folder is not None
    }


def _resource(measure: Measure) -> str:
    """The name of the table's resource: `FlowFactsTable` for the folder `flow_facts`."""
    return "".join(part.capitalize() for part in (measure.folder or "").split("_")) + "Table"
