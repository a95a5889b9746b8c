"""Read a case: as it stands, as it stood at a time, as it was at a version; with the person and the order."""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order
from chalicelib.usecases.orders.count_order_money import Counted, count_order_money
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services, rules_of

Kept = Callable[[Instant, int], bool]


class CaseFile(Struct, frozen=True):
    """A case with what is kept beside its state."""

    case: Case
    version: int
    subject: str
    order: Order | None
    customer: Customer | None
    counted: Counted | None = None
    """The order's money, where it is shown."""


def find_case(services: Services, identifier: str) -> StoredCase:
    """The stored case of that id, or NotFound."""
    stored = services.cases.load(key_of_id(identifier))
    if stored.case is None or stored.case.id != identifier:
        raise NotFound(f"There is no case {identifier!r}.")
    return stored


def open_files(services: Services, found: list[StoredCase]) -> list[CaseFile]:
    """The files of these cases, in their order, read in two batches whatever their number."""
    cases = [(stored.key, stored.case, stored.version) for stored in found if stored.case is not None]
    openings = services.cases.opening([key for key, _, _ in cases])
    customers = services.customers.load({key_of_id(case.customer) for _, case, _ in cases})
    return [
        CaseFile(case, version, openings[key].subject, openings[key].order, customers.get(key_of_id(case.customer)))
        for key, case, version in cases
    ]


def with_money(services: Services, file: CaseFile) -> CaseFile:
    """The file with its order's money as it is now: what was paid, what is left, what went back without us."""
    return (
        replace(file, counted=count_order_money(services, file.case.shop, file.order, file.case))
        if file.order
        else file
    )


def as_at(services: Services, stored: StoredCase, at: Instant) -> StoredCase:
    """The case as it stood at that time; NotFound when it had not been opened."""
    return _past(services, stored, lambda event_at, _: event_at <= at)


def as_of(services: Services, stored: StoredCase, version: int) -> StoredCase:
    """The case as it was when it had that version."""
    return _past(services, stored, lambda _, seq: seq <= version)


def _past(services: Services, stored: StoredCase, kept: Kept) -> StoredCase:
    assert stored.case is not None
    rules = rules_of(services, stored.case.shop, stored.case.policy, stored.case.calendar)
    events = [event for event in services.cases.events(stored.key) if kept(event.at, event.seq)]
    case = fold(events, rules, services.registries.reducers)
    if case is None:
        raise NotFound(f"Case {stored.case.id!r} had not been opened then.")
    return StoredCase(key=stored.key, case=case, version=len(events))
