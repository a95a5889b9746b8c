"""The case of a unit test: read it, and work on it as an agent."""

from typing import Any

from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.actors import Actor
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.email import write_reply
from tests.fakes import SHOP, FakeServices
from tests.support.cases.webhooks import KEY

MEI, LEE = Actor("agent", "mei"), Actor("agent", "lee")


def case_in(services: FakeServices, key: str = KEY) -> Case:
    """The case of `request()`, or the one with this key."""
    case = services.cases.load(key).case
    assert case is not None
    return case


def command(services: FakeServices, by: Actor = MEI, key: str = KEY, **more: Any) -> Command:
    """A command of an agent on that case."""
    return Command(case=case_in(services, key).id, shop=SHOP.id, by=by, **more)


def reply(services: FakeServices, text: str = "好的", **more: Any) -> None:
    """An agent replies to the customer."""
    write_reply.write(services, command(services, **more), payloads.Message(body=text))


def change_status(services: FakeServices, status: Any) -> None:
    """An agent changes the case's status."""
    handle_command.set_status(services, command(services), payloads.StatusChange(status=status))


def event_types(services: FakeServices) -> list[str]:
    """The types of the case's events, in order."""
    return [event.type for event in services.cases.events(KEY)]
