"""The life of a case about a question, for `bench.cost`, and the requests of customers and agents in it."""

import hashlib
import hmac
import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from bench.support.requests import SHOP, request, requested_case
from bench.world.world import World

MINUTE_MS = 60_000
ROUTES = {"flow": "flow/{move}", "money": "money/{money}/{step}"}


def live_case(world: World, name: str) -> None:
    """Run one case: opened by webhook, a message, two replies, resolved, surveyed, answered, closed by a timer."""
    begin = world.milliseconds()
    hook(world, "1 opened", "case.requested", requested_case(name), f"{name}-1")
    world.until(begin + 10 * MINUTE_MS)
    message = {"case_external_id": name, "author": "customer", "message": "It is the one with the blue shade."}
    hook(world, "2 message", "message.received", message, f"{name}-2")
    for number, minutes in ((3, 30), (4, 120)):
        world.until(begin + minutes * MINUTE_MS)
        body = {"body": "Thank you. A label to send it back is on its way to you.", "public": True}
        staff(world, f"{number} reply", name, "messages", body, 201)
    world.until(begin + 180 * MINUTE_MS)
    staff(world, "5 resolved", name, "status", {"status": "resolved"}, 200)
    world.until(begin + (27 * 60 + 90) * MINUTE_MS)
    answer_survey(world)
    world.until(begin + 10 * 24 * 60 * MINUTE_MS)
    state = case(world, name)
    if state.status != "closed" or not state.satisfaction.answers:
        raise SystemExit(f"the life did not end as it should: {state}")


def case(world: World, name: str) -> Any:
    """The case as it is stored. This reading is not counted."""
    from chalicelib.domain.kernel.ids import case_key

    with world.meter.quiet():
        return world.services.cases.load(case_key(SHOP, name)).case


def hook(world: World, step: str, kind: str, data: dict[str, Any], delivery: str) -> None:
    """Send a signed webhook of this type."""
    now = world.milliseconds() // 1000
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = json.dumps({"type": kind, "timestamp": stamp, "data": data})
    signed = hmac.new(world.secret, f"{delivery}.{now}.{body}".encode(), hashlib.sha256).digest()
    headers = {
        "webhook-id": delivery,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{b64encode(signed).decode()}",
    }
    path = f"/v1/hooks/{SHOP}/standard"
    event = request("POST", "/v1/hooks/{shop}/{source}", path, body, claims=False, headers=headers)
    world.send(step, event, 202)


def staff(world: World, step: str, name: str, command: str, body: dict[str, Any], status: int) -> Any:
    """Send a command for the case as an agent. Returns the case after it."""
    path = f"/v1/cases/{case(world, name).id}/{command}"
    route = ROUTES.get(command.partition("/")[0], command) if "/" in command else command
    answer = world.send(step, request("POST", f"/v1/cases/{{case}}/{route}", path, json.dumps(body)), status)
    return json.loads(answer["body"])


def answer_survey(world: World) -> None:
    """Open the survey link of the last email, and answer it."""
    text = world.meter.emails[-1]["Content"]["Simple"]["Body"]["Text"]["Data"]
    path = re.search(r"https://care\.example(/s/\S+)", text)
    assert path is not None
    form = {"Content-Type": "application/x-www-form-urlencoded", "content-type": "application/x-www-form-urlencoded"}
    world.send("6 survey page", request("GET", "/s/{token}", path[1], "", claims=False), 200)
    submitted = request("POST", "/s/{token}", path[1], "csat=5&nps=10&ces=7&comment=Quick", claims=False, headers=form)
    world.send("7 answered", submitted, 200)
