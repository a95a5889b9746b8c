"""The cases of today, and the staff of the sample shop who sign in."""

import io
import re
from collections import Counter
from datetime import datetime, timedelta

import msgspec
import pytest

from chalicelib.domain.intake.payloads import parse_webhook
from chalicelib.domain.kernel.timestamps import from_datetime
from chalicelib.domain.routing.agents import AGENT_ID, AgentIn
from chalicelib.registries import Registries
from infra.samples.sample_day import ZONE
from infra.samples.staff import STAFF, sign_ins
from infra.samples.today.mails import picture
from infra.samples.today.scenes import opening, replies, scenes

NOON = datetime(2026, 11, 28, 12, tzinfo=ZONE)


@pytest.mark.parametrize("now", [NOON, NOON.replace(hour=0, minute=7)])
def test_every_case_is_one_the_api_accepts_and_came_today(now: datetime) -> None:
    for scene in scenes():
        for one in (opening(scene, now), *replies(scene, now)):
            body = {"type": one.type, "timestamp": "2026-11-28T00:00:00Z", "data": one.data}
            parse_webhook(msgspec.json.encode(body), from_datetime(now), Registries().webhook_types)
            occurred_at = datetime.fromisoformat(one.data["occurred_at"])
            assert occurred_at.date() == now.date()
            assert occurred_at <= now


def test_returns_stand_at_every_turn_and_promises_are_broken_and_nearly_so() -> None:
    states = {scene.then for scene in scenes() if scene.id.startswith("turn-")}
    assert states == {"requested", "approved", "in_transit", "received", "accepted"}
    waiting = [scene for scene in scenes() if scene.then == "waits"]
    hour = timedelta(hours=1).total_seconds() / 60
    assert len([scene for scene in waiting if scene.minutes_ago > hour]) >= 3
    assert len([scene for scene in waiting if hour * 0.75 <= scene.minutes_ago < hour]) >= 3


def test_more_cases_wait_than_agents_may_have() -> None:
    room = {
        language: sum(
            one.works["capacity"] for one in STAFF if one.works and language in one.works.get("languages", [])
        )
        for language in ("zh", "en")
    }
    by_language = Counter(scene.language[:2] for scene in scenes())
    assert by_language["zh"] + by_language["en"] > room["zh"]
    assert by_language["de"] == 1  # nobody speaks it


def test_the_three_who_sign_in_have_a_role_each_and_agents_are_named_as_the_api_takes_them() -> None:
    people = sign_ins()
    assert list(people) == ["agent", "supervisor", "admin"]
    assert len({person["email"] for person in people.values()}) == 3
    for member in STAFF:
        assert re.fullmatch(AGENT_ID, member.user)
        if member.works is not None:
            assert msgspec.convert({"name": member.name, **member.works}, AgentIn).capacity <= 20
    assert {member.role for member in STAFF if member.works is None} == {"admin"}


def test_the_picture_of_an_email_is_a_png() -> None:
    from PIL import Image

    with Image.open(io.BytesIO(picture(32, 24))) as image:
        assert (image.format, image.size) == ("PNG", (32, 24))
