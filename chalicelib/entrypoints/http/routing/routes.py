"""A shop's agents, their presence, and the cases each of them works on next."""

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed, invalid
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import Caller, caller_of, need_shop
from chalicelib.entrypoints.http.cases.views import case_view
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, parameter
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.domain.routing.agents import AgentStatus

agents = Blueprint(__name__)


@agents.route("/v1/shops/{shop}/agents", methods=["GET"], authorizer=STAFF)
@answering
def search(shop: str) -> Response:
    """List a shop's agents with their presence and load."""
    from chalicelib.usecases.ports.shop_rules import shop_of

    known_parameters(agents.current_request)
    need_shop(agents.current_request, shop, f"shop {shop!r}")
    shop_of(services(), shop, fresh=False)
    return answer({"items": [_view(status) for status in services().agents.statuses(shop)], "next": None})


@agents.route("/v1/shops/{shop}/agents/{agent}", methods=["PUT"], authorizer=STAFF)
@answering
def put(shop: str, agent: str) -> Response:
    """Save an agent: what they work on, and how many cases at a time."""
    from chalicelib.domain.routing.agents import AgentIn
    from chalicelib.usecases.shops.change_settings import change_agent

    caller = _need_supervisor(shop)
    status = change_agent(services(), shop, agent, body_of(agents.current_request, AgentIn), caller.name)
    logger.info("agent saved", extra={"shop": shop, "agent": agent})
    return answer(_view(status))


@agents.route("/v1/shops/{shop}/agents/{agent}", methods=["GET"], authorizer=STAFF)
@answering
def read(shop: str, agent: str) -> Response:
    """An agent with their presence and load."""
    from chalicelib.usecases.routing import manage_agents

    need_shop(agents.current_request, shop, f"shop {shop!r}")
    return answer(_view(manage_agents.read_agent(services(), shop, agent)))


@agents.route("/v1/shops/{shop}/agents/{agent}", methods=["DELETE"], authorizer=STAFF)
@answering
def remove(shop: str, agent: str) -> Response:
    """Remove an agent from the shop; their cases go to others."""
    from chalicelib.usecases.shops.change_settings import remove_agent

    caller = _need_supervisor(shop)
    released = remove_agent(services(), shop, agent, caller.actor)
    logger.info("agent removed", extra={"shop": shop, "agent": agent, "released": released})
    return answer({"agent": agent, "released": released})


@agents.route("/v1/shops/{shop}/agents/{agent}/presence", methods=["PUT"], authorizer=STAFF)
@answering
def presence(shop: str, agent: str) -> Response:
    """Set whether an agent is here: agents do it for themselves, supervisors for anybody."""
    from chalicelib.domain.routing.agents import PresenceIn
    from chalicelib.usecases.routing import manage_agents

    caller = need_shop(agents.current_request, shop, f"shop {shop!r}")
    if caller.name != agent and not caller.is_second_person:
        raise NotAllowed("Agents set their own presence; only supervisors set that of others.")
    body = body_of(agents.current_request, PresenceIn)
    return answer(_view(manage_agents.set_presence(services(), shop, agent, body.state)))


@agents.route("/v1/queue", methods=["GET"], authorizer=STAFF)
@answering
def queue() -> Response:
    """List the cases that are assigned to an agent, the most urgent first."""
    from chalicelib.usecases.routing import manage_agents

    request = agents.current_request
    known_parameters(request, "shop", "agent")
    caller = caller_of(request)
    shop = parameter(request, "shop") or caller.only_shop
    if shop is None:
        raise invalid("shop", "is needed: name the shop whose queue you want, for you may see several")
    need_shop(request, shop, f"shop {shop!r}")
    files = manage_agents.next_work(services(), shop, parameter(request, "agent") or caller.name)
    note_access(request, [file.case.customer for file in files], "queue")
    return answer({"items": [case_view(file) for file in files], "next": None})


def _need_supervisor(shop: str) -> Caller:
    caller = need_shop(agents.current_request, shop, f"shop {shop!r}")
    if not caller.is_second_person:
        raise NotAllowed("Only supervisors and admins may change agents.")
    return caller


def _view(status: "AgentStatus") -> dict[str, Any]:
    agent = status.agent
    return {
        "agent": agent.id,
        "name": agent.name,
        "email": agent.email,
        "teams": list(agent.teams),
        "skills": list(agent.skills),
        "languages": list(agent.languages),
        "tiers": list(agent.tiers),
        "segments": list(agent.segments),
        "capacity": agent.capacity,
        "calendar": agent.calendar,
        "state": "here" if status.here else "away",
        "load": status.load,
    }
