"""The supervisor's board: who is here, what waits, which promises break, and today against last week. Looking at it
changes nothing."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed, NotFound
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page, see_other
from chalicelib.entrypoints.http.metrics.routes import read_day
from chalicelib.entrypoints.http.requests import cursor_of, encode_cursor


def show(desk: Desk) -> Response:
    """The board as it is now."""
    from chalicelib.usecases.desk.board import board

    shown = board(services(), desk.shop.id, desk.caller.name)
    rows = [*shown.broken.rows, *shown.soon.rows]
    note_access(desk.request, [row.customer for row in rows], "cases")
    return page(desk, "board.html", board=shown, may_manage=desk.caller.is_second_person)


def cases_of_day(desk: Desk, day: str, figure: str) -> Response:
    """The cases that count in a figure of a day."""
    from chalicelib.domain.desk.day_figures import FIGURES
    from chalicelib.usecases.desk.count_day import list_day

    wanted = next((each for each in FIGURES if each == figure), None)
    if wanted is None:
        raise NotFound("There is no such page.")
    after = cursor_of(desk.request)
    listed = list_day(services(), desk.shop.id, desk.caller.name, read_day("day", day), wanted, after)
    note_access(desk.request, [row.customer for row in listed.rows], "cases")
    following = encode_cursor(listed.next) if listed.next else None
    return page(
        desk,
        "board_day.html",
        day=day,
        figure=wanted,
        rows=listed.rows,
        following=following,
    )


def change_agent(desk: Desk, agent: str) -> Response:
    """Change how many cases an agent may have, or whether they are here."""
    from msgspec.structs import asdict

    from chalicelib.domain.routing.agents import AgentIn, PresenceIn
    from chalicelib.usecases.routing.manage_agents import read_agent, set_presence
    from chalicelib.usecases.shops import change_settings

    if not desk.caller.is_second_person:
        raise NotAllowed("Only supervisors and admins may change agents.")
    stored = read_agent(services(), desk.shop.id, agent).agent
    if desk.form.get("state"):
        set_presence(services(), desk.shop.id, agent, form_body({"state": desk.form["state"]}, PresenceIn).state)
    if desk.form.get("capacity"):
        fields = {name: value for name, value in asdict(stored).items() if name != "id"}
        settings = form_body(fields | {"calendar": stored.shift, "capacity": desk.form["capacity"]}, AgentIn)
        change_settings.change_agent(services(), desk.shop.id, agent, settings, desk.caller.name)
    return see_other(desk.address("board"))
