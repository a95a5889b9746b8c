"""Items that are read ahead: used once, in this invocation, and never after somebody here wrote them."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.bootstrap import AwsServices
from tests.support.moto.counted import counted_calls

A: dict[str, Any] = {"pk": "HELP#1", "sk": "H", "word": "a"}
PLACE = ("HELP#1", "H")


@pytest.fixture
def ahead(services: AwsServices) -> AwsServices:
    """The services, with one item read ahead that another process has changed since."""
    services.table.put(A)
    services.table.read_ahead([PLACE], {})
    AwsServices().table.put(A | {"word": "b"})
    return services


def test_items_of_two_tables_are_read_in_one_request_and_then_without_any(services: AwsServices) -> None:
    services.table.put(A)
    services.vault.table.put({"pk": "demo#1", "sk": "K", "made": 1})
    with counted_calls() as calls:
        services.table.read_ahead([PLACE, ("HELP#2", "H")], {services.vault.table: [("demo#1", "K")]})
        assert services.table.get_many([PLACE, ("HELP#2", "H")]) == [A]
        assert services.vault.table.get("demo#1", "K") == {"pk": "demo#1", "sk": "K", "made": 1}
    assert calls == {"batch_get_item": 1}


def test_an_item_that_is_not_there_is_known_not_to_be(services: AwsServices) -> None:
    services.table.read_ahead([PLACE], {})
    with counted_calls() as calls:
        assert services.table.get(*PLACE) is None
    assert not calls


def test_an_item_is_used_once_and_then_read_again(ahead: AwsServices) -> None:
    assert ahead.table.get(*PLACE) == A
    assert ahead.table.get(*PLACE) == A | {"word": "b"}


@pytest.mark.parametrize("clear", [AwsServices.begin, AwsServices.clear_ahead], ids=["invocation", "message"])
def test_nothing_is_left_for_the_next_one(ahead: AwsServices, clear: Callable[[AwsServices], None]) -> None:
    clear(ahead)
    assert ahead.table.get(*PLACE) == A | {"word": "b"}


@pytest.mark.parametrize(
    "write",
    [
        lambda table: table.put(A | {"word": "c"}),
        lambda table: table.update(*PLACE, "SET #word = :word", {":word": "c"}),
        lambda table: table.write_many([A | {"word": "c"}]),
        lambda table: table.transact([table.put_any(A | {"word": "c"})]),
        lambda table: table.transact([table.change(*PLACE, {"word": "c"}, {})]),
    ],
    ids=["put", "update", "batch", "put in a transaction", "change in a transaction"],
)
def test_what_is_written_is_read_as_it_was_written(ahead: AwsServices, write: Callable[[Any], object]) -> None:
    write(ahead.table)
    assert ahead.table.get(*PLACE) == A | {"word": "c"}


@pytest.mark.parametrize(
    "remove",
    [lambda table: table.delete(*PLACE), lambda table: table.write_many(deletes=[PLACE])],
    ids=["delete", "batch"],
)
def test_what_is_removed_is_not_read_any_more(ahead: AwsServices, remove: Callable[[Any], object]) -> None:
    remove(ahead.table)
    assert ahead.table.get(*PLACE) is None
