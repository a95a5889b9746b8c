"""Read a case as it is now, as it was at a time, or as it was at a version; with its customer and its order."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order
from chalicelib.usecases.orders.count_order_money import Counted, count_order_money
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.read_ahead import Wanted
from chalicelib.usecases.ports.shop_rules import rules_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasCustomers,
        HasOrderRecords,
        HasReadAhead,
        HasRegistries,
        HasShops,
    )

    class ReadCaseServices(HasCases, HasCustomers, HasOrderRecords, HasRegistries, HasShops, Protocol):
        """The services that `read_case` uses."""


IsIncluded = Callable[[Event], bool]


class CaseFile(Struct, frozen=True):
    """A case with what is stored outside its state."""

    case: Case
    version: int
    subject: str
    order: Order | None
    customer: Customer | None
    counted: Counted | None = None
    """The order's money, if it is to be shown."""
    sides: tuple[Event, ...] = ()
    """The events that started its side conversations, if their texts are to be shown."""


def find_case(services: "ReadCaseServices", identifier: str) -> StoredCase:
    """The stored case of that id, or NotFound."""
    stored = services.cases.load(key_of_id(identifier))
    if stored.case is None or stored.case.id != identifier:
        raise NotFound(f"There is no case {identifier!r}.")
    return stored


def load_case_files(services: "ReadCaseServices", stored_cases: list[StoredCase]) -> list[CaseFile]:
    """The files of these cases, in the same order. All openings are read together, and so are all customers."""
    cases = {stored.key: stored.case for stored in stored_cases if stored.case is not None}
    openings = services.cases.opening(list(cases))
    customers = services.customers.load({key_of_id(case.customer) for case in cases.values()})
    return [
        CaseFile(
            case=stored.case,
            version=stored.version,
            subject=openings[stored.key].subject,
            order=openings[stored.key].order,
            customer=customers.get(key_of_id(stored.case.customer)),
        )
        for stored in stored_cases
        if stored.case is not None
    ]


def read_ahead_of_answer(services: "HasReadAhead", stored: StoredCase) -> None:
    """Read in one request what the answer to a command shows besides the case's state: its opening and its customer.
    The customer's key, with which the command's text is encrypted, comes with them."""
    if stored.case is not None:
        customer = key_of_id(stored.case.customer)
        services.ahead.read(Wanted(shop=stored.case.shop, settings="recent", customer=customer, opening=stored.key))


def with_money(services: "ReadCaseServices", file: CaseFile) -> CaseFile:
    """The file with the present state of its order's money: paid, left, and refunded outside of our requests."""
    if file.order is None:
        return file
    return replace(file, counted=count_order_money(services, file.case.shop, file.order, file.case))


def case_at_time(services: "ReadCaseServices", stored: StoredCase, time: Instant) -> StoredCase:
    """The case as it was at this time; NotFound when it was not open yet."""
    return _fold_events(services, stored, lambda event: event.at <= time)


def case_at_version(services: "ReadCaseServices", stored: StoredCase, version: int) -> StoredCase:
    """The case as it was when it had this version."""
    return _fold_events(services, stored, lambda event: event.seq <= version)


def _fold_events(services: "ReadCaseServices", stored: StoredCase, is_included: IsIncluded) -> StoredCase:
    assert stored.case is not None
    rules = rules_of(services, stored.case.shop, stored.case.policy, stored.case.calendar)
    events = [event for event in services.cases.events(stored.key) if is_included(event)]
    case = fold(events, rules, services.registries.reducers)
    if case is None:
        raise NotFound(f"Case {stored.case.id!r} had not been opened then.")
    return StoredCase(key=stored.key, case=case, version=len(events))
