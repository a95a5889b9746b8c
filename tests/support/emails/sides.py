"""Side conversations in memory: start one, let its other side answer by email, and read what followed."""

from typing import Any

from chalicelib.domain.side_conversations.conversation import SideConversation, conversations_of
from chalicelib.domain.side_conversations.facts import SideMessageReceived
from chalicelib.domain.side_conversations.payloads import StartSide
from chalicelib.usecases.ports.intake import Receipt
from chalicelib.usecases.side_conversations import converse
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.follow_ups import notify
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import receive
from tests.support.emails.samples.writing import plain

FACTORY = "factory@maker.example"


def started(services: FakeServices, **changes: Any) -> SideConversation:
    """A conversation with the factory that an agent has started, without its email."""
    given: dict[str, Any] = {"kind": "supplier", "to": FACTORY, "subject": "开关", "message": "Is the batch bad?"}
    converse.start(services, command(services), StartSide(**given | changes))
    return side_in(services)


def mailed(services: FakeServices, **changes: Any) -> SideConversation:
    """A conversation whose first email was sent."""
    side = started(services, **changes)
    assert notify_newest(services) == ["sent"]
    return side


def notify_newest(services: FakeServices) -> list[str]:
    """Send the emails that the newest event of the case requires; the outcomes."""
    return notify(services, KEY, services.cases.events(KEY)[-1].order)


def side_in(services: FakeServices, place: int = -1) -> SideConversation:
    """A conversation of the case, by its place; the newest."""
    return conversations_of(case_in(services))[place]


def answer(services: FakeServices, text: str = "Yes, it is.", name: str = "a-1", **more: Any) -> Receipt:
    """The factory answers to the address that our newest email names; the receipt of its email."""
    services.time += 1000
    to = more.pop("to", None) or services.mailer.sent[-1].reply_to or ""
    dmarc, envelope = more.pop("dmarc", "pass"), more.pop("envelope", FACTORY)
    raw = more.pop("raw", None) or plain(name, text, **{"From": f"Factory <{FACTORY}>", "To": to} | more)
    receipt = receive(services, raw, to, envelope=envelope, dmarc=dmarc)
    assert receipt is not None
    return receipt


def received(services: FakeServices) -> list[SideMessageReceived]:
    """All messages of other sides on the case, in order."""
    return [event.fact for event in services.cases.events(KEY) if isinstance(event.fact, SideMessageReceived)]
