"""Rows whose times no calendar holds are rejected."""

import pytest

from infra.mapping import Rejected, deliveries_of, read_mapping
from tests.fakes import NOON
from tests.support.paths import ROOT

COLUMNS = (
    "Requester",
    "Requester email",
    "Assignee",
    "Ticket type",
    "Via",
    "Priority",
    "Solved at",
    "Satisfaction Score",
    "Updated at",
)


ROW = dict.fromkeys(COLUMNS, "") | {
    "Id": "1",
    "Created at": "2026-03-02 09:30",
    "Subject": "x",
    "Requester id": "7",
}


@pytest.mark.parametrize("minutes", ["1e300", "99999999999", "inf", "nan"])
def test_an_import_rejects_a_row_whose_times_no_calendar_holds(minutes: str) -> None:
    mapped = read_mapping(ROOT / "infra" / "mappings" / "zendesk.yaml")
    with pytest.raises(Rejected):
        deliveries_of(mapped, ROW | {"First reply time in minutes": minutes}, "x", NOON)
