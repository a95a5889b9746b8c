"""The items of a shop whose cases were opened, answered, resolved and rated on some days, as the table holds them."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from bench.support.lambda_setup import shop_items
from bench.support.requests import SHOP
from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo_values import pack
from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.codecs import encode_case
from chalicelib.domain.cases.parts import Answer, Satisfaction, SurveyState
from chalicelib.domain.kernel.enums import CaseType, Channel
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, Day, Instant, day_of, next_day, start_of

ZONE = "Asia/Shanghai"
FIRST_DAY: Day = "2026-06-01"
CHANNELS: tuple[Channel, ...] = ("web", "chat", "email", "phone", "social", "review", "store", "third_party", "api")
TYPES: tuple[CaseType, ...] = (
    "question",
    "order_issue",
    "return",
    "exchange",
    "repair",
    "refund",
    "complaint",
    "review",
)
TEAMS = (None, "front", "goods", "money", "care")
ASSIGNEES = (None, *(f"agent-{n:02d}" for n in range(24)))
SKUS = tuple(f"SKU-{n:03d}" for n in range(40))
Item = dict[str, Any]


def day_number(number: int) -> Day:
    """The day of this number, from 0."""
    return next_day(FIRST_DAY, number)


def write_items(path: Path, days: int, cases_a_day: int) -> None:
    """Write the shop, its policy and the cases of the first so many days to a file, one item a line."""
    with path.open("wb") as file:
        for item in (*shop_items(), *_items_of_cases(days, cases_a_day)):
            file.write(msgspec.json.encode(item) + b"\n")


def _items_of_cases(days: int, cases_a_day: int) -> Iterator[Item]:
    chance = Random(20261127)
    for number in range(days):
        opens_at = start_of(day_number(number), ZONE) + 8 * HOUR_MS
        for place in range(cases_a_day):
            case = _case(chance, number * cases_a_day + place, opens_at + chance.randrange(12 * HOUR_MS))
            yield from (pack(item) for item in _items(case))


def _case(chance: Random, number: int, opened_at: Instant) -> Case:
    """A closed case with a reply, a resolution and a survey; every other one has an answer."""
    key = blake2b(str(number).encode(), digest_size=13).hexdigest().upper()
    replied_at = opened_at + int(chance.expovariate(1 / (50 * MINUTE_MS)))
    resolved_at = replied_at + int(chance.expovariate(1 / (6 * HOUR_MS)))
    sent_at = resolved_at + HOUR_MS
    answered_at = sent_at + int(chance.expovariate(1 / (6 * HOUR_MS)))
    scores = Answer(answered_at, chance.randrange(1, 6), chance.randrange(11), chance.randrange(1, 8))
    return Case(
        id=key,
        number=key[:8],
        shop=SHOP,
        external_id=f"x-{number}",
        type=chance.choice(TYPES),
        channel=chance.choice(CHANNELS),
        customer=key,
        opened_at=opened_at,
        policy=1,
        calendar="CN@1",
        status="closed",
        team=chance.choice(TEAMS),
        assignee=chance.choice(ASSIGNEES),
        first_reply_at=replied_at,
        replied_at=replied_at,
        resolved_at=resolved_at,
        closed_at=answered_at + MINUTE_MS,
        replies=2,
        skus=(chance.choice(SKUS),),
        definition=DEFINITION,
        satisfaction=Satisfaction(
            surveys=(SurveyState(f"s{number}", 1, sent_at, sent_at + 10 * DAY_MS),),
            answers=(scores,) if number % 2 else (),
        ),
    )


def _items(case: Case) -> Iterator[Item]:
    """The customer of a case, its state, and an event for each day on whose list it is."""
    key = case.id[-16:]
    yield {"pk": keys.customer(key), "sk": "C"}
    satisfaction = case.satisfaction
    yield {
        "pk": keys.case(key),
        "sk": "C",
        "version": 7,
        "last": f"{case.closed_at:013d}#00#abcdefgh",
        "armed": case.closed_at,
        "state": encode_case(case).decode(),
        "status_key": keys.status_list(SHOP, "closed", keys.shard(key)),
        "customer_key": keys.customer_list(SHOP, key),
        "listed": keys.listed(case.opened_at, key),
    }
    times = [case.opened_at, case.first_reply_at, case.resolved_at, satisfaction.surveys[0].sent_at]
    times += [*(answer.at for answer in satisfaction.answers), case.closed_at]
    listed_on = {day_of(at, ZONE): at for at in reversed(times) if at is not None}
    for place, (day, at) in enumerate(sorted(listed_on.items())):
        listed = keys.day_list(SHOP, day, keys.shard(key))
        yield {"pk": keys.case(key), "sk": f"E#{at:013d}#{place:02d}#abcdefgh", "day_key": listed}
