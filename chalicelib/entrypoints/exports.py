"""An export as its person gets it: JSON, in the shapes the API shows staff, described in `docs/privacy.md`."""

from typing import Any

import msgspec

from chalicelib.domain.instants import show
from chalicelib.entrypoints.http.customer_views import consents_view, record_view, sale_view
from chalicelib.entrypoints.http.views import case_view, event_view
from chalicelib.usecases.export_customer import Held

FORMAT = "aftercare-export/1"


def written(held: Held) -> bytes:
    """Everything that is held of a person, as one JSON document."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "records": [record_view(one) | {"consents": consents_view(one)} for one in held.records],
        "happened": [{"type": one.type, "at": show(one.at), "data": one.data} for one in held.happened],
        "orders": [sale_view(sale) for sale in held.orders],
        "cases": [
            case_view(file) | {"events": [event_view(event, file.case.id) for event in events]}
            for file, events in held.cases
        ],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1)
