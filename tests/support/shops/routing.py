"""Services with agents, and cases that wait for one."""

from typing import Any

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.routing import manage_agents
from chalicelib.usecases.routing.assign_case import assign_case
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in
from tests.support.cases.webhooks import request


def services_with_agents(*agents: tuple[str, dict[str, Any]]) -> FakeServices:
    """A shop with these agents, all of them here."""
    services = FakeServices()
    for name, fields in agents:
        manage_agents.put_agent(services, "demo", name, AgentIn(**fields))
        manage_agents.set_presence(services, "demo", name, "here")
    return services


def route(services: FakeServices, name: str, **fields: Any) -> Case:
    """A new case is opened and assigned."""
    services.hook("case.requested", request(external_id=name, **fields))
    assign_case(services, case_key("demo", name), is_new=True)
    return case_in(services, case_key("demo", name))


def act(services: FakeServices, name: str, command: Any, payload: Any, by: str = "mei") -> Case:
    """An agent handles a command on a case, and cases are assigned again."""
    services.time += 1000
    key = case_key("demo", name)
    command(
        services, handle_command.Command(case=case_in(services, key).id, shop="demo", by=Actor("agent", by)), payload
    )
    assign_case(services, key)
    return case_in(services, key)
