"""Rows of an export of another help desk."""

import csv
from pathlib import Path

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


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path
