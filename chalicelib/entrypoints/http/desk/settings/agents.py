"""Agents, teams and shifts: who is here, what each of them works on, and how many cases they have."""

from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import may, need_change, open_card, setting_page
from chalicelib.entrypoints.http.desk.settings.lists import joined, listed
from chalicelib.entrypoints.http.requests import parameter

if TYPE_CHECKING:
    from chalicelib.domain.routing.agents import Agent, AgentStatus

TIERS = ("0", "1", "2", "3")
LISTS = ("teams", "languages", "segments")
"""The fields that are typed as one text, with commas."""
LINES = ("agent", "name", "email", *LISTS, "capacity", "calendar")


def show(desk: Desk) -> Response:
    """All agents of the shop, and its teams."""
    open_card(desk, "agents")
    statuses = sorted(services().agents.statuses(desk.shop.id), key=lambda status: status.agent.id)
    teams: dict[str, list[AgentStatus]] = {}
    for status in statuses:
        for team in status.agent.teams:
            teams.setdefault(team, []).append(status)
    own = desk.caller.name
    return setting_page(desk, "agents", "agents.html", statuses=statuses, teams=teams, own=own)


def edit(desk: Desk) -> Response:
    """The settings of an agent (`?agent=`), or of a new one (`?user=&email=`: who that is)."""
    from chalicelib.usecases.routing.manage_agents import find_agent

    need_change(desk, "agents")
    name = parameter(desk.request, "agent")
    if name is None:
        who = {"agent": parameter(desk.request, "user") or "", "email": parameter(desk.request, "email") or ""}
        return _form(desk, None, who | {"tiers": ["0"], "capacity": "10", "calendar": ALWAYS.id})
    status = find_agent(services(), desk.shop.id, name)
    if status is None:
        raise NotFound("There is no such page.")
    return _form(desk, status, _values(status.agent))


def save(desk: Desk) -> Response:
    """Save the settings of an agent."""
    from chalicelib.domain.routing.agents import AgentIn
    from chalicelib.usecases.routing.manage_agents import find_agent
    from chalicelib.usecases.shops.change_settings import change_agent

    need_change(desk, "agents")
    form, fields = desk.form, desk.fields
    name = form.get("agent", "")
    body: dict[str, Any] = {each: listed(form.get(each, "")) for each in LISTS}
    body |= {"name": form.get("name") or None, "email": form.get("email") or None}
    body |= {"skills": fields.get("skills", []), "tiers": fields.get("tiers", [])}
    body |= {"capacity": form.get("capacity", ""), "calendar": form.get("calendar", "")}
    try:
        change_agent(services(), desk.shop.id, name, form_body(body, AgentIn), desk.caller.name)
    except (Invalid, Conflict) as error:
        faults = dict(error.errors) if isinstance(error, Invalid) else {"email": str(error)}
        typed = {line: form.get(line, "") for line in LINES}
        status = find_agent(services(), desk.shop.id, form.get("editing", ""))
        return _form(desk, status, typed | {each: fields.get(each, []) for each in ("skills", "tiers")}, 422, faults)
    return see_other(desk.address("settings/agents?saved=1"))


def remove(desk: Desk) -> Response:
    """Remove an agent; their cases go to others. The form has the agent's name typed once more."""
    from chalicelib.usecases.routing.manage_agents import read_agent
    from chalicelib.usecases.shops.change_settings import remove_agent

    need_change(desk, "agents")
    name = desk.form.get("agent", "")
    status = read_agent(services(), desk.shop.id, name)
    if desk.form.get("confirm") != name:
        return _form(desk, status, _values(status.agent), 422, {"confirm": "agents.fault.confirm"})
    remove_agent(services(), desk.shop.id, name, desk.caller.actor)
    return see_other(desk.address("settings/agents?saved=1"))


def set_presence(desk: Desk) -> Response:
    """Set whether an agent is here: everybody for themselves, supervisors for others."""
    from chalicelib.domain.routing.agents import PresenceIn
    from chalicelib.usecases.routing import manage_agents

    open_card(desk, "agents")
    name = desk.form.get("agent", "")
    if name != desk.caller.name and not may(desk.caller, "supervisor"):
        raise NotAllowed("Agents set their own presence; only supervisors set that of others.")
    state = form_body({"state": desk.form.get("state", "")}, PresenceIn).state
    manage_agents.set_presence(services(), desk.shop.id, name, state)
    back = desk.form.get("back", "")
    return see_other(desk.address(f"queue?view={back}" if back.isidentifier() else "settings/agents"))


def _values(agent: "Agent") -> dict[str, Any]:
    """An agent's settings as the form shows them."""
    values = {"agent": agent.id, "name": agent.name or "", "email": agent.email or "", "capacity": str(agent.capacity)}
    texts = {each: joined(getattr(agent, each)) for each in LISTS}
    tiers = [str(tier) for tier in agent.tiers]
    return values | texts | {"skills": list(agent.skills), "tiers": tiers, "calendar": agent.shift}


def _form(
    desk: Desk,
    status: "AgentStatus | None",
    values: dict[str, Any],
    code: int = 200,
    faults: dict[str, str] | None = None,
) -> Response:
    from typing import get_args

    from chalicelib.domain.kernel.enums import CaseType

    words = services().desk_pages.words(desk.language)
    shifts = [ALWAYS.id, *(calendar.id for calendar in services().shops.newest_calendars(desk.shop.id))]
    return setting_page(
        desk,
        "agents",
        "agent.html",
        code,
        status=status,
        values=dict.fromkeys((*LINES, "skills"), "") | values,
        faults={path: words.get(text, text) for path, text in (faults or {}).items()},
        shifts=shifts,
        types=get_args(CaseType),
        tiers=TIERS,
    )
