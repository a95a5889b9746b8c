"""The rows of the desk's lists: all that is shown of a case there, read with a few batches for all rows together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import time_of_order
from chalicelib.domain.casework.parts import is_snoozed
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.desk.place import WhoseTurn, turn_of
from chalicelib.domain.desk.promises import Promise, next_promise
from chalicelib.domain.desk.unread import newest_by_others
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority, Status
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasCustomers, HasDesk

    class RowServices(HasCases, HasCustomers, HasDesk, Protocol):
        """The services that `rows` uses."""


class Row(Struct, frozen=True, kw_only=True):
    """A case in a list. `unread`: others have added something since the agent looked at it. `updated_at`: when its
    newest event happened."""

    id: str
    number: str
    subject: str
    type: CaseType
    channel: Channel
    language: str
    status: Status
    priority: Priority
    tier: int
    tags: tuple[str, ...]
    assignee: str | None
    team: str | None
    customer: str
    customer_name: str | None
    segment: str | None
    turn: WhoseTurn
    snoozed: bool
    promise: Promise | None
    opened_at: Instant
    updated_at: Instant
    version: int
    unread: bool


def rows_of(services: "RowServices", shop: str, reader: str, keys: Iterable[str]) -> list[Row]:
    """The rows of the cases with these keys for an agent, in the same order; without those that do not exist or belong
    to another shop."""
    wanted = list(keys)
    stored = services.desk.cases(wanted)
    return rows_of_cases(services, shop, reader, [stored[key] for key in wanted if key in stored])


def rows_of_cases(services: "RowServices", shop: str, reader: str, stored_cases: Sequence[StoredCase]) -> list[Row]:
    """The rows of these cases for an agent. Openings, customers and what was seen are read in a batch each."""
    cases = [(each, each.case) for each in stored_cases if each.case is not None and each.case.shop == shop]
    openings = services.cases.opening([stored.key for stored, _ in cases]) if cases else {}
    customers = services.customers.load({key_of_id(case.customer) for _, case in cases}) if cases else {}
    seen = services.desk.seen(shop, reader, [stored.key for stored, _ in cases]) if cases else {}
    subjects = {key: opening.subject for key, opening in openings.items()}
    return [_row(stored, case, subjects, customers, reader, seen) for stored, case in cases]


def _row(
    stored: StoredCase,
    case: Case,
    subjects: Mapping[str, str],
    customers: Mapping[str, Customer],
    reader: str,
    seen: Mapping[str, int],
) -> Row:
    customer = customers.get(key_of_id(case.customer))
    return Row(
        id=case.id,
        number=case.number,
        subject=subjects.get(stored.key, ""),
        type=case.type,
        channel=case.channel,
        language=case.language,
        status=case.status,
        priority=case.priority,
        tier=case.tier,
        tags=case.tags,
        assignee=case.assignee,
        team=case.team,
        customer=case.customer,
        customer_name=customer.name if customer else None,
        segment=case.segment,
        turn=turn_of(case),
        snoozed=is_snoozed(case),
        promise=next_promise(case),
        opened_at=case.opened_at,
        updated_at=max(case.opened_at, time_of_order(stored.last)),
        version=stored.version,
        unread=newest_by_others(stored.latest, reader, stored.version) > seen.get(stored.key, 0),
    )
