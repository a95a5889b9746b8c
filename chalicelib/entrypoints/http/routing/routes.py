"""The roster: a shop's agents, whether they are here, and what each is to do next."""

from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed, invalid
from chalicelib.domain.routing.agents import AgentIn, AgentStatus, PresenceIn
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.cases.views import case_view
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import Caller, answer, body_of, known_parameters, need_shop, parameter
from chalicelib.observability import logger
from chalicelib.usecases.ports.services import shop_of
from chalicelib.usecases.routing import manage_agents as manage_roster

roster = Blueprint(__name__)


@roster.route("/v1/shops/{shop}/agents", methods=["GET"], authorizer=STAFF)
@answering
def search(shop: str) -> Response:
    """The agents of a shop as they are now."""
    known_parameters(roster.current_request)
    need_shop(roster.current_request, shop, f"shop {shop!r}")
    shop_of(services(), shop, fresh=False)
    return answer({"items": [_view(post) for post in services().agents.posts(shop)], "next": None})


@roster.route("/v1/shops/{shop}/agents/{agent}", methods=["PUT"], authorizer=STAFF)
@answering
def put(shop: str, agent: str) -> Response:
    """Say what an agent works on, and how much of it at a time."""
    _need_supervisor(shop)
    kept = manage_roster.put_agent(services(), shop, agent, body_of(roster.current_request, AgentIn))
    logger.info("agent saved", extra={"shop": shop, "agent": agent})
    return answer(_view(kept))


@roster.route("/v1/shops/{shop}/agents/{agent}", methods=["GET"], authorizer=STAFF)
@answering
def read(shop: str, agent: str) -> Response:
    """An agent as they are now."""
    need_shop(roster.current_request, shop, f"shop {shop!r}")
    return answer(_view(manage_roster.read_agent(services(), shop, agent)))


@roster.route("/v1/shops/{shop}/agents/{agent}", methods=["DELETE"], authorizer=STAFF)
@answering
def remove(shop: str, agent: str) -> Response:
    """Take an agent off the roster; what they hold is given to others."""
    caller = _need_supervisor(shop)
    released = manage_roster.remove_agent(services(), shop, agent, caller.actor)
    logger.info("agent removed", extra={"shop": shop, "agent": agent, "released": released})
    return answer({"agent": agent, "released": released})


@roster.route("/v1/shops/{shop}/agents/{agent}/presence", methods=["PUT"], authorizer=STAFF)
@answering
def presence(shop: str, agent: str) -> Response:
    """Come, or go: agents say it of themselves, supervisors of anybody."""
    caller = need_shop(roster.current_request, shop, f"shop {shop!r}")
    if caller.name != agent and not caller.is_second_person:
        raise NotAllowed("Agents say of themselves whether they are here; of others a supervisor does.")
    told = body_of(roster.current_request, PresenceIn)
    return answer(_view(manage_roster.set_presence(services(), shop, agent, told.state)))


@roster.route("/v1/queue", methods=["GET"], authorizer=STAFF)
@answering
def queue() -> Response:
    """What an agent holds, the most urgent first: what to do next stands on top."""
    request = roster.current_request
    known_parameters(request, "shop", "agent")
    caller = requests.caller_of(request)
    shop = parameter(request, "shop") or caller.only_shop
    if shop is None:
        raise invalid("shop", "is needed: name the shop whose queue you want, for you may see several")
    need_shop(request, shop, f"shop {shop!r}")
    files = manage_roster.next_work(services(), shop, parameter(request, "agent") or caller.name)
    note_access(request, [file.case.customer for file in files], "queue")
    return answer({"items": [case_view(file) for file in files], "next": None})


def _need_supervisor(shop: str) -> Caller:
    caller = need_shop(roster.current_request, shop, f"shop {shop!r}")
    if not caller.is_second_person:
        raise NotAllowed("The roster is a supervisor's to change.")
    return caller


def _view(post: AgentStatus) -> dict[str, Any]:
    agent = post.agent
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
        "state": "here" if post.here else "away",
        "load": post.load,
    }
