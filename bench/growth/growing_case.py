"""One case in memory that grows, and what its table counts of one step."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from msgspec import Struct

from bench.growth.memory_table import MemoryTable, open_encryption
from chalicelib.adapters.cases.case_table import CaseTable
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import DAY_MS, MINUTE_MS, SECOND_MS, format_instant
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.cases.run_follow_ups import run_follow_ups
from chalicelib.usecases.email.write_reply import write
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.ports.registries import QUEUES
from tests.fakes import FakeServices
from tests.support.cases.webhooks import KEY, request
from tests.support.emails.inbox import inbound_email, receive_parsed

KINDS = ("E", "P", "PL")
"""The sort keys of events, of packs, and of the copies of late events."""


class Count(Struct):
    """What one step reads and writes: items that have events, and DynamoDB's units of all items of cases."""

    events: int = 0
    read_units: float = 0
    written_units: int = 0

    def __or__(self, other: "Count") -> "Count":
        """The larger of each."""
        return Count(
            max(self.events, other.events),
            max(self.read_units, other.read_units),
            max(self.written_units, other.written_units),
        )


class GrowingCase:
    """A case with its services in memory, of which the cases are stored as in the table."""

    key = KEY

    def __init__(self) -> None:
        services: Any = FakeServices()
        self.services = services
        self.table = MemoryTable()
        services.cases = CaseTable(self.table, open_encryption(services.registries), services.now)
        self.hook(
            "case.requested", request(type="question", customer={"external_id": "fang", "email": "fang@example.net"})
        )

    def hook(self, kind: str, data: dict[str, Any]) -> None:
        """A webhook about the case."""
        process_receipt(self.services, self.services.deliver(kind, data).id)

    def report(self, kind: str, second: int, **data: Any) -> None:
        """A webhook about what happened at this second after the case was opened."""
        opened_at = self.services.cases.load(KEY).case.opened_at
        occurred_at = format_instant(opened_at + second * SECOND_MS)
        self.hook(kind, {"case_external_id": "web-1", "occurred_at": occurred_at, **data})

    def message(self, second: int) -> None:
        """A message that the customer wrote at this second."""
        self.report("message.received", second, author="customer", message=f"Message {second}. " + "Is it dark? " * 8)

    def messages(self, seconds: Iterable[int]) -> Count:
        """One message after the other; the most that one of the last hundred and twenty read and wrote. A pack is due
        once in a hundred, so this has one."""
        counts = [self.count(partial(self.message, second)) for second in seconds]
        most = Count()
        for count in counts[-120:]:
            most |= count
        return most

    def count(self, step: Callable[[], object]) -> Count:
        """What a step reads and writes."""
        table = self.table
        table.read.clear()
        table.read_units, table.written_units = 0.0, 0
        step()
        return Count(sum(table.read[kind] for kind in KINDS), table.read_units, table.written_units)

    def run_follow_ups(self) -> None:
        """All follow-ups of the newest event, in every queue."""
        newest = self.services.cases.load(KEY).last
        for queue in QUEUES:
            run_follow_ups(self.services, queue, KEY, newest)

    def email(self, number: int) -> None:
        """The customer answers by email, ten minutes after their last one, and the follow-ups of that run."""
        self.services.time += 10 * MINUTE_MS
        address = reply_address(self.services, KEY) or ""
        receive_parsed(self.services, inbound_email(id=f"{number}@client.example", sender="fang@example.net"), address)
        self.run_follow_ups()

    def reply(self) -> None:
        """An agent replies on the agents' desk."""
        case = self.services.cases.load(KEY).case
        write(self.services, Command(case=case.id, shop=case.shop, by=Actor("agent", "mei")), Message(body="It comes."))

    def wait(self, days: int) -> None:
        """Some days pass."""
        self.services.time += days * DAY_MS
