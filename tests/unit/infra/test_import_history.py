"""Importing the history of another help desk: a row becomes webhooks, or is rejected with a reason."""

import csv
from pathlib import Path

import pytest
import yaml

from infra.operate import import_history
from infra.operate.mapping import Rejected, deliveries_of, read_mapping
from infra.paths import MAPPINGS
from tests.fakes import NOON, FakeServices
from tests.support.shops.imports import ROWS, write_csv

SHIPPED = {path.stem: path for path in sorted(MAPPINGS.glob("*.yaml"))}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_mapping_makes_a_whole_historical_case_of_a_row(name: str) -> None:
    mapped = read_mapping(SHIPPED[name])
    assert mapped.columns <= ROWS[name].keys()
    deliveries = deliveries_of(mapped, ROWS[name], "import-x", NOON)
    assert {delivery.type for delivery in deliveries} >= {"case.requested", "case.replied", "survey.answered"}
    asked = deliveries[0].data
    assert (asked["external_id"], asked["historical"]) == (f"{name}/42", True)
    assert len({delivery.id for delivery in deliveries}) == len(deliveries)
    services = FakeServices()
    for delivery in deliveries:
        assert services.hook(delivery.type, delivery.data, delivery.id).state == "processed"
    (case,) = (stored.case for stored in services.cases.stored.values() if stored.case)
    assert case.historical
    assert case.first_reply_at is not None
    assert case.first_reply_at - case.opened_at == 30 * 60_000
    assert [answer.csat for answer in case.satisfaction.answers] == [{"zendesk": 1, "freshdesk": 4, "gorgias": 5}[name]]
    assert services.mailer.sent == []


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Created at", "yesterday", "is no time"),
        ("Id", "", "'Id' is empty"),
        ("Requester id", " ", "is empty"),
        ("Requester email", "not an address", "customer.email"),
        ("First reply time in minutes", "soon", "is no number"),
    ],
)
def test_a_row_that_cannot_be_brought_over_says_why(column: str, value: str, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        deliveries_of(read_mapping(SHIPPED["zendesk"]), ROWS["zendesk"] | {column: value}, "x", NOON)


@pytest.mark.parametrize("minutes", ["1e300", "99999999999", "inf", "nan"])
def test_a_row_whose_times_no_calendar_holds_is_rejected(minutes: str) -> None:
    row = ROWS["zendesk"] | {"First reply time in minutes": minutes}
    with pytest.raises(Rejected):
        deliveries_of(read_mapping(SHIPPED["zendesk"]), row, "x", NOON)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("rows: [", "no mapping"),
        ("rows: [{type: case.sold, data: {a: {const: b}}}]\ntimes: {formats: []}", "case.sold"),
        ("rows: [{type: case.closed, data: {agent: Assignee}}]\ntimes: {formats: []}", "is no value"),
        ("rows: [{type: case.closed, data: {agent: {from: A, form: B}}}]\ntimes: {formats: []}", "form"),
        ("rows: []", "times"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_with_what_is_wrong(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text)
    with pytest.raises(SystemExit, match=wrong):
        read_mapping(path)


def test_a_dry_run_counts_and_rejects_and_sends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [ROWS["zendesk"] | {"Id": str(number)} for number in range(450)]
    rows[7]["Created at"], rows[300]["Requester id"] = "?", ""
    file = write_csv(tmp_path / "tickets.csv", rows)
    import_history.main([str(file), "--mapping", "zendesk", "--shop", "demo", "--dry-run"])
    printed = capsys.readouterr().out
    assert "case.requested" in printed
    assert "448" in printed
    rejected = list(csv.reader((tmp_path / "tickets.rejects.csv").open(encoding="utf-8")))
    assert [(row[0], row[1][:20]) for row in rejected] == [
        ("8", "'Created at' is no t"),
        ("301", "'Requester id' is em"),
    ]


def test_a_column_the_file_does_not_have_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "tickets.csv", [{"Id": "1", "Betreff": "x"}])
    with pytest.raises(SystemExit, match=r"'Assignee', which .* does not have: Id, Betreff"):
        import_history.main([str(file), "--mapping", "zendesk", "--shop", "demo", "--dry-run"])


def test_an_own_mapping_may_bring_orders_and_messages(tmp_path: Path) -> None:
    own = {
        "times": {"formats": ["%d.%m.%Y"], "zone": "Europe/Berlin"},
        "file": {"delimiter": ";"},
        "rows": [
            {
                "type": "order.updated",
                "data": {
                    "external_id": {"from": "Order"},
                    "purchased_at": {"time": "Day"},
                    "total": {"amount": {"from": "Total"}, "currency": {"const": "EUR"}},
                },
            },
            {
                "type": "message.received",
                "when": {"from": "Text"},
                "data": {
                    "case_external_id": {"from": "Case"},
                    "author": {"const": "customer"},
                    "message": {"from": "Text"},
                    "occurred_at": {"time": "Day"},
                },
            },
        ],
    }
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(own))
    row = {"Order": "O-1", "Day": "02.03.2026", "Total": "12.50", "Case": "C-1", "Text": "Hallo"}
    order, message = deliveries_of(read_mapping(path), row, "x", NOON)
    assert order.data["total"] == {"amount": "12.50", "currency": "EUR"}
    assert message.data["occurred_at"] == "2026-03-01T23:00:00+00:00"
    assert "historical" not in message.data
