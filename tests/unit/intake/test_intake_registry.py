"""A capability adds a webhook type by a line in its own table, and each body is parsed once."""

from collections import Counter
from functools import cached_property
from typing import Any, get_args

import pytest

from chalicelib.domain.email.inbound_email import EmailReceived
from chalicelib.domain.intake.payloads import parse_webhook
from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.errors import Invalid, invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.kernel.validation import Input, Name
from chalicelib.domain.platforms.events import PlatformEvent
from chalicelib.domain.shops.shop import Shop
from chalicelib.registries import Registries
from chalicelib.usecases.intake.prefetch import prefetch
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.ports.intake import Incoming, IntakeHandler, IntakeTable, Outcome, Receipt
from chalicelib.usecases.ports.services import Services
from tests.fakes.services import FakeServices

REQUEST = {
    "external_id": "web-1",
    "type": "question",
    "channel": "web",
    "subject": "尺码",
    "message": "偏小吗",
    "customer": {"external_id": "u-1"},
}
REPLY = {"case_external_id": "web-1", "message": "好"}


class ToyBroken(Input, frozen=True, kw_only=True):
    toy: Name
    part: Name


BROKEN: list[tuple[str, str, ToyBroken]] = []


def note_it(_services: Services, shop: Shop, data: ToyBroken, incoming: Incoming) -> Outcome:
    BROKEN.append((shop.id, incoming.type, data))
    return Outcome("processed", reason=f"{data.part} broke")


def owner(_services: Services, _receipt: Receipt, data: ToyBroken) -> str:
    return f"OWNER-OF-{data.toy}"


def case(_source: Origin, data: ToyBroken) -> str:
    return f"toy/{data.toy}"


def check(kind: str, data: ToyBroken, _now: Instant) -> None:
    if data.part == "nothing":
        raise invalid("data.part", f"is needed by {kind}")


TOYS = (IntakeHandler(data=ToyBroken, handle=note_it, webhooks=("toy.broken",), owner=owner, case=case, check=check),)


class WithToys(Registries):
    @cached_property
    def intake(self) -> IntakeTable:
        return (*super().intake, *TOYS)


@pytest.fixture
def toys() -> FakeServices:
    BROKEN.clear()
    return FakeServices(registries=WithToys())


def test_a_registered_type_is_taken_in_sealed_and_handled(toys: FakeServices) -> None:
    receipt = toys.hook("toy.broken", {"toy": "bear", "part": "ear"})
    assert (receipt.state, receipt.reason, receipt.whose) == ("processed", "ear broke", "OWNER-OF-bear")
    assert [("demo", "toy.broken", ToyBroken(toy="bear", part="ear"))] == BROKEN


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"toy": "bear", "part": "nothing"}, [("data.part", "is needed by toy.broken")]),
        ({"toy": "bear"}, [("data", "Object missing required field `part`")]),
    ],
)
def test_its_body_is_checked_by_its_shape_and_by_its_own_check(
    toys: FakeServices, data: dict[str, Any], wrong: list[tuple[str, str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        toys.deliver("toy.broken", data)
    assert refused.value.errors == wrong


def test_without_its_line_a_type_is_unknown(services: FakeServices) -> None:
    with pytest.raises(Invalid, match=r"'toy.broken' is not one of case.requested, .*, statement.told"):
        services.deliver("toy.broken", {"toy": "bear", "part": "ear"})


def test_a_table_knows_each_type_once_and_every_type_that_a_source_may_send() -> None:
    known = Counter(handler.data for handler in Registries().intake)
    assert set(known.values()) == {1}
    assert {*get_args(PlatformEvent), EmailReceived} <= set(known)
    names = Counter(name for handler in Registries().intake for name in handler.webhooks)
    assert set(names.values()) == {1}
    assert set(names) == set(Registries().webhook_types)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies that were parsed, in order."""
    bodies: list[bytes] = []

    def counting(body: bytes, *rest: Any) -> Any:
        bodies.append(body)
        return parse_webhook(body, *rest)

    monkeypatch.setattr("chalicelib.domain.intake.webhooks.parse_webhook", counting)
    return bodies


def test_a_body_is_parsed_once_when_it_is_taken_in_and_once_when_it_is_processed(
    services: FakeServices, parsed: list[bytes]
) -> None:
    receipt = services.deliver("case.requested", REQUEST)
    assert parsed == [receipt.body]
    assert process_receipt(services, receipt.id).state == "processed"
    assert parsed == [receipt.body] * 2


def test_a_body_that_was_prefetched_is_not_parsed_again(services: FakeServices, parsed: list[bytes]) -> None:
    taken = [services.deliver("case.requested", REQUEST), services.deliver("case.replied", REPLY)]
    parsed.clear()
    ahead = prefetch(services, [key_of_id(one.id) for one in taken])
    states = [process_receipt(services, one.id, ahead[key_of_id(one.id)]).state for one in taken]
    assert states == ["processed", "processed"]
    assert parsed == [one.body for one in taken]


@pytest.mark.parametrize("prefetched", [False, True])
def test_an_event_that_waits_for_its_case_is_parsed_once(
    services: FakeServices, parsed: list[bytes], prefetched: bool
) -> None:
    receipt = services.deliver("case.replied", REPLY)
    parsed.clear()
    ahead = prefetch(services, [key_of_id(receipt.id)]).get(key_of_id(receipt.id)) if prefetched else None
    assert process_receipt(services, receipt.id, ahead).state == "stored"
    assert parsed == [receipt.body]


def test_a_body_that_cannot_be_read_is_not_tried_again(services: FakeServices, parsed: list[bytes]) -> None:
    with pytest.raises(Invalid) as refused:
        services.deliver("case.replied", {})
    parsed.clear()
    assert refused.value.receipt is not None
    key = key_of_id(refused.value.receipt)
    outcome = process_receipt(services, refused.value.receipt, prefetch(services, [key])[key])
    assert (outcome.state, len(parsed)) == ("failed", 1)
