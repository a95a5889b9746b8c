"""Queue messages carry the key of an item, and each type of message reads and writes it the same way."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.aws import keys, messages
from chalicelib.adapters.aws.messages import (
    CaseEventMessage,
    DeliveryMessage,
    ItemMessage,
    Message,
    NightlyJobMessage,
    StatementEntryMessage,
    TimerMessage,
    UnknownMessage,
    read_message,
    write_message,
)
from chalicelib.entrypoints.workers import clocks, deliveries, insights, intake, nightly, notices, routing, surveys
from chalicelib.entrypoints.workers.live import queue as live

KINDS = [kind for kind in Message.__subclasses__() if kind is not ItemMessage]
QUEUES = {
    "intake": intake.HANDLERS,
    "clocks": clocks.HANDLERS,
    "surveys": surveys.HANDLERS,
    "notices": notices.HANDLERS,
    "deliveries": deliveries.HANDLERS,
    "routing": routing.HANDLERS,
    "live": live.HANDLERS,
    "metrics": nightly.HANDLERS,
    "insights": insights.HANDLERS,
}
NAMES = st.text(st.characters(exclude_characters="#", codec="utf-8"), min_size=1)
TIMES = st.integers(0, 10**13 - 1)
FIELDS = {"at": TIMES, "part": st.integers(1, 99), "group": st.text(st.characters(codec="utf-8"))}
WIRE = {
    ("CASE#K", "E#0"): CaseEventMessage("K", "0"),
    ("CASE#K", "E#1700000000000#09#I"): CaseEventMessage("K", "1700000000000#09#I"),
    (keys.timer_bucket(1_700_000_000_000, "K"), "1700000000000#clock#K"): TimerMessage(1_700_000_000_000, "clock", "K"),
    (keys.timer_bucket(60_000, "demo/mei"), "0000000060000#shift#demo/mei"): TimerMessage(60_000, "shift", "demo/mei"),
    ("OUT#K", "D"): DeliveryMessage("K"),
    ("ENTRY#demo#O#7", "alipay#payment#1"): StatementEntryMessage("demo", "O#7", "alipay#payment#1"),
    ("NIGHT#demo", "R"): NightlyJobMessage("demo", "R"),
    ("NIGHT#demo", "R#2"): NightlyJobMessage("demo", "R", 2),
}


def any_message(kind: type[Message]) -> st.SearchStrategy[Message]:
    return st.builds(kind, **{name: FIELDS.get(name, NAMES) for name in kind.__struct_fields__})


@given(st.one_of([any_message(kind) for kind in KINDS]))
def test_a_message_reads_back_as_it_was_written(message: Message) -> None:
    body = write_message(message)
    assert read_message(body, KINDS) == message
    assert list(json.loads(body)) == ["pk", "sk"]
    assert json.loads(body)["sk"] == message.item()[1]


@given(st.text(), st.text())
def test_the_relay_passes_on_any_item_by_its_very_key(pk: str, sk: str) -> None:
    assert json.loads(write_message(ItemMessage(pk, sk))) == {"pk": pk, "sk": sk}


@pytest.mark.parametrize(("item", "message"), WIRE.items(), ids=lambda one: str(one))
def test_what_travels_is_what_travelled_before_there_were_types(item: tuple[str, str], message: Message) -> None:
    body = '{"pk":"' + item[0] + '","sk":"' + item[1] + '"}'
    assert write_message(message) == body
    assert read_message(body, KINDS) == message


def test_each_kind_has_its_own_prefix_and_is_taken_by_a_queue() -> None:
    prefixes = [kind.prefix for kind in KINDS]
    assert len(set(prefixes)) == len(prefixes)
    assert {kind for handlers in QUEUES.values() for kind in handlers} == set(KINDS)


def test_a_message_that_its_queue_does_not_take_is_refused_by_name() -> None:
    with pytest.raises(UnknownMessage, match="CASE"):
        read_message(write_message(CaseEventMessage("K", "0")), clocks.HANDLERS)


def test_a_new_kind_of_message_is_its_struct_and_a_line_in_the_table_of_its_queue() -> None:
    class ReindexMessage(messages.Message, frozen=True):
        prefix = "REINDEX"
        shop: str
        article: str

    handlers = notices.HANDLERS | {ReindexMessage: print}  # type: ignore[operator]
    assert read_message('{"pk":"REINDEX#demo","sk":"A1"}', handlers) == ReindexMessage("demo", "A1")
    assert read_message('{"pk":"CASE#K","sk":"E#0"}', handlers) == CaseEventMessage("K", "0")
