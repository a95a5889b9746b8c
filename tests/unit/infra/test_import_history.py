"""Importing the history of another service desk: a row becomes webhooks, or is rejected with a reason."""

import csv
from pathlib import Path

import pytest
import yaml

from infra.operate import import_history
from infra.operate.mapping import Rejected, deliveries_of, read_mapping
from infra.paths import MAPPINGS
from tests.fakes import NOON, FakeServices

SHIPPED = {path.stem: path for path in sorted(MAPPINGS.glob("*.yaml"))}
ROWS: dict[str, dict[str, str]] = {
    "zendesk": {
        "Id": "42",
        "Ticket type": "Incident",
        "Via": "Mail",
        "Subject": "Paket fehlt",
        "Priority": "Urgent",
        "Created at": "2026-03-02 09:30",
        "Updated at": "2026-03-05 10:00:00",
        "Requester id": "77",
        "Requester": "Ida Berg",
        "Requester email": "ida@example.org",
        "Assignee": "mei",
        "First reply time in minutes": "30",
        "Solved at": "2026-03-04 12:00:00",
        "Satisfaction Score": "Bad",
    },
    "freshdesk": {
        "Ticket ID": "42",
        "Type": "Refund",
        "Source": "Portal",
        "Subject": "退款",
        "Priority": "Medium",
        "Created time": "2026-03-02 09:30:00",
        "Last update time": "2026-03-05 10:00:00",
        "Contact ID": "77",
        "Full name": "王芳",
        "Email": "fang@example.net",
        "Work phone": "",
        "Agent": "mei",
        "Initial response time": "2026-03-02 10:00:00",
        "Resolved time": "2026-03-04 12:00:00",
        "Closed time": "",
        "Survey results": "Happy",
    },
    "gorgias": {
        "Ticket ID": "42",
        "Initial channel": "instagram-direct-message",
        "Subject": "",
        "Customer email": "a@b.example",
        "Customer name": "A",
        "Created date": "2026-03-02T09:30:00+0100",
        "Closed date": "2026-03-04T12:00:00+0100",
        "First response time (s)": "1800",
        "Assigned agent name": "mei",
        "Survey score": "5",
    },
}


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
    (case,) = (stored.case for stored in services.cases.headers.values() if stored.case)
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


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_dry_run_counts_and_rejects_and_sends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [ROWS["zendesk"] | {"Id": str(number)} for number in range(450)]
    rows[7]["Created at"], rows[300]["Requester id"] = "?", ""
    file = written(tmp_path / "tickets.csv", rows)
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
    file = written(tmp_path / "tickets.csv", [{"Id": "1", "Betreff": "x"}])
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
