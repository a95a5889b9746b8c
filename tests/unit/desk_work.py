"""What unit tests do at a desk in memory: look at its one case, and work on it as an agent."""

from typing import Any

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.actors import Actor
from chalicelib.usecases.cases.handle_command import Command
from tests.fakes import SHOP, FakeServices
from tests.unit.test_hooks import KEY

MEI, LEE = Actor("agent", "mei"), Actor("agent", "lee")


def case_in(services: FakeServices, key: str = KEY) -> Case:
    """The case of `request()`, or the one with this key."""
    case = services.cases.load(key).case
    assert case is not None
    return case


def command(services: FakeServices, by: Actor = MEI, key: str = KEY, **more: Any) -> Command:
    """A deed of an agent on that case."""
    return Command(case=case_in(services, key).id, shop=SHOP.id, by=by, **more)
