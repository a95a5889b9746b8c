"""The free text that customers may read: the fields listed here, and no others.

Whatever goes to a customer (emails, their own page, the copy of their data) is made from events that passed through
`visible_event`. So a field that is not listed here stays internal, and so does a new field until somebody lists it.
`docs/flows.md` and `docs/api.md` say the same to staff and partners; `docs/decisions/0017-people.md` says why.
"""

from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived, ReplySent
from chalicelib.domain.cases.parts import Routing
from chalicelib.domain.flows.facts import FlowMoved
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import private_fields
from chalicelib.domain.surveys.facts import SurveyAnswered

VISIBLE_FIELDS: dict[type[Fact], frozenset[str]] = {
    CaseOpened: frozenset({"subject", "message", "mail"}),
    MessageReceived: frozenset({"message", "mail"}),
    ReplySent: frozenset({"message", "files"}),
    FlowMoved: frozenset({"reason", "shipment"}),
    SurveyAnswered: frozenset({"comment"}),
}
"""By type of fact, the private fields that the customer wrote themselves, or that were written to them."""
S = TypeVar("S", bound=Struct)


def visible_event(event: Event) -> Event:
    """An event without the internal notes of staff, shop and partners."""
    fact = _blank_private(event.fact, VISIBLE_FIELDS.get(type(event.fact), frozenset()))
    fact = _without_foreign_addresses(fact) if isinstance(fact, CaseOpened) else fact
    return event if fact is event.fact else replace(event, fact=fact)


def _without_foreign_addresses(fact: CaseOpened) -> CaseOpened:
    """An opening without the addresses of an email that somebody other than the customer sent.

    When an agent forwards an email, its text is still the customer's: what the agent wrote above it is a separate note.
    """
    if fact.mail is None or fact.mail.author == "customer":
        return fact
    return replace(fact, mail=_blank_private(fact.mail, frozenset({"message_id"})))


def speaker(event: Event) -> Literal["customer", "shop"]:
    """Who speaks in a message. The text of an opening counts as the customer's, whoever entered it: an agent who took a
    call, a shop that passed on a form, or the follow-up of a survey answer."""
    return "shop" if isinstance(event.fact, ReplySent) else "customer"


def withheld_fields(event: Event) -> list[str]:
    """The names of the filled fields that `visible_event` blanks."""
    visible = VISIBLE_FIELDS.get(type(event.fact), frozenset())
    return [name for name in private_fields(type(event.fact)) if name not in visible and getattr(event.fact, name)]


def visible_case(case: Case) -> Case:
    """A case without staff's notes on money and tasks, without what further capabilities store for staff, and without
    names of staff: those are their personal data."""
    money = tuple(replace(_blank_private(given, frozenset()), by="", approved_by=None) for given in case.money)
    tasks = tuple(_blank_private(task, frozenset()) for task in case.tasks)
    return replace(case, money=money, tasks=tasks, assignee=None, routing=Routing(), parts={})


def _blank_private(value: S, visible: frozenset[str]) -> S:
    """The struct with its private fields blank, except the visible ones."""
    empty_values = private_fields(type(value))
    blank = {name: empty for name, empty in empty_values.items() if name not in visible and getattr(value, name)}
    return replace(value, **blank) if blank else value
