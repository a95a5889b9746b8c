"""The people who work in the sample shop: their teams, languages, shifts, and how they sign in."""

from typing import Any, NamedTuple

from infra.local.stack import PASSWORD, Stack

RETURNS, ADVICE, OVERSEAS, SPECIALISTS = "returns", "advice", "overseas", "specialists"
SHIFTS = {
    "day": {"begins": "08:00", "ends": "20:00"},
    "night": {"begins": "20:00", "ends": "08:00"},
}
"""Two shifts that share the day and the week, in the shop's time zone."""
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Member(NamedTuple):
    """A member of staff. `works`: the settings of an agent; None for who works on no cases."""

    mailbox: str
    name: str
    role: str
    works: dict[str, Any] | None

    @property
    def user(self) -> str:
        """The name they sign in with, which is their email address."""
        return f"{self.mailbox}@demo.example"

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams they belong to."""
        return tuple(self.works["teams"]) if self.works else ()


STAFF = (
    Member(
        "lin.yue",
        "林悦 Lin Yue",
        "agent",
        {"teams": [RETURNS, ADVICE], "languages": ["zh", "en"], "segments": ["champions"], "capacity": 8},
    ),
    Member("chen.bo", "陈博", "agent", {"teams": [RETURNS], "languages": ["zh"], "capacity": 4, "calendar": "day"}),
    Member("su.qing", "苏晴", "agent", {"teams": [ADVICE], "languages": ["zh"], "capacity": 4, "calendar": "night"}),
    Member("tom.reed", "Tom Reed", "agent", {"teams": [OVERSEAS], "languages": ["en"], "capacity": 4}),
    Member("nina.park", "Nina Park", "agent", {"teams": [OVERSEAS], "languages": ["en"], "capacity": 4}),
    Member("xu.ning", "徐宁", "agent", {"teams": [SPECIALISTS], "tiers": [1], "capacity": 4}),
    Member(
        "zhao.min",
        "赵敏 Zhao Min",
        "supervisor",
        {"teams": [RETURNS, ADVICE, OVERSEAS], "tiers": [2, 3], "capacity": 20},
    ),
    Member("han.wei", "韩伟 Han Wei", "admin", None),
)
"""Lin, Zhao and Han are the three who sign in first: an agent, a supervisor and an admin."""


def sign_ins() -> dict[str, dict[str, str]]:
    """Email and password of the first person of each role."""
    first = {member.role: member for member in reversed(STAFF)}
    return {role: {"email": first[role].user, "password": PASSWORD} for role in ("agent", "supervisor", "admin")}


def hire(stack: Stack, shop: str) -> None:
    """Make the staff's users, make agents of those who work on cases, and have them be here. SystemExit when
    something of it is refused."""
    admin = stack.token("admin")
    for member in STAFF:
        stack.create_user(member.user, member.role, shop, {"email": member.user, "name": member.name})
    for name, shift in SHIFTS.items():
        _put(stack, f"/v1/shops/{shop}/calendars/{name}", _calendar(**shift), admin)
    for member in STAFF:
        if member.works is not None:
            path = f"/v1/shops/{shop}/agents/{member.user}"
            _put(stack, path, {"name": member.name, **member.works}, admin)
            _put(stack, f"{path}/presence", {"state": "here"}, admin)


def _calendar(begins: str, ends: str) -> dict[str, Any]:
    spans = [[begins, ends]] if begins < ends else [["00:00", ends], [begins, "24:00"]]
    return {"time_zone": "Asia/Shanghai", "hours": dict.fromkeys(WEEK, spans), "holidays": None}


def _put(stack: Stack, path: str, body: dict[str, Any], token: str) -> None:
    answer = stack.request("PUT", path, body, token)
    if answer.status != 200:
        raise SystemExit(f"The sample shop's staff were refused: {path} {answer.status} {answer.body}")
