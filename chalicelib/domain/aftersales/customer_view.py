"""What the customer gets to read of what people wrote: the fields named here, and no others.

Whatever goes to a customer (mails, their own page, the copy of their data) is made from facts that passed through
`said`, so a field that is not named here stays inside, a new one too until somebody names it. `docs/flows.md` and
`docs/api.md` say the same to staff and partners; `docs/decisions/0017-people.md` says why.
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

SAID: dict[type[Fact], frozenset[str]] = {
    CaseOpened: frozenset({"subject", "message", "mail"}),
    MessageReceived: frozenset({"message", "mail"}),
    ReplySent: frozenset({"message"}),
    FlowMoved: frozenset({"reason", "shipment"}),
    SurveyAnswered: frozenset({"comment"}),
}
"""By kind of fact, the private fields that are the customer's own words, or are said to them."""
S = TypeVar("S", bound=Struct)


def said(event: Event) -> Event:
    """An event without what staff, shop and partners wrote for themselves."""
    fact = _without(event.fact, SAID.get(type(event.fact), frozenset()))
    fact = _of_another(fact) if isinstance(fact, CaseOpened) else fact
    return event if fact is event.fact else replace(event, fact=fact)


def _of_another(fact: CaseOpened) -> CaseOpened:
    """An opening without the addresses of a letter that its customer did not write. The words of one that staff sent in
    are the customer's all the same: what staff wrote above them is a note of its own."""
    if fact.mail is None or fact.mail.author == "customer":
        return fact
    return replace(fact, mail=_without(fact.mail, frozenset({"message_id"})))


def speaker(event: Event) -> Literal["customer", "shop"]:
    """Whose words a message is. An opening's are the customer's, whoever wrote them down: an agent who took a call, the
    shop that passed a form on, the desk that follows an answer up."""
    return "shop" if isinstance(event.fact, ReplySent) else "customer"


def kept_inside(event: Event) -> list[str]:
    """The names of the filled fields that `said` takes away."""
    open_ones = SAID.get(type(event.fact), frozenset())
    return [name for name in private_fields(type(event.fact)) if name not in open_ones and getattr(event.fact, name)]


def said_of(case: Case) -> Case:
    """A case without staff's words on money and tasks, and without who of them works on it: that is their data."""
    money = tuple(replace(_without(one, frozenset()), by="", approved_by=None) for one in case.money)
    tasks = tuple(_without(one, frozenset()) for one in case.tasks)
    return replace(case, money=money, tasks=tasks, assignee=None, routing=Routing())


def _without(value: S, open_ones: frozenset[str]) -> S:
    plan = private_fields(type(value))
    blank = {name: empty for name, empty in plan.items() if name not in open_ones and getattr(value, name)}
    return replace(value, **blank) if blank else value
