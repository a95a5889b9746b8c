"""Counts what is read from the table and written to it, item by item."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from chalicelib.adapters.aws.dynamo import Item, Table


@contextmanager
def counted_uses() -> Iterator[Counter[str]]:
    """Count the items `read` and `written` by a `Table` inside the block, and the `requests` for several."""
    uses: Counter[str] = Counter()
    get, get_many, query, put, write_many = Table.get, Table.get_many, Table.query, Table.put, Table.write_many

    def counting_get(table: Table, *key: Any) -> Item | None:
        uses["read"] += 1
        return get(table, *key)

    def counting_get_many(table: Table, *wanted: Any) -> list[Item]:
        items = get_many(table, *wanted)
        uses["read"] += len(items)
        uses["requests"] += 1
        return items

    def counting_query(table: Table, *wanted: Any, **bounds: Any) -> Iterator[Item]:
        uses["requests"] += 1
        for item in query(table, *wanted, **bounds):
            uses["read"] += 1
            yield item

    def counting_put(table: Table, *item: Any, **condition: Any) -> None:
        uses["written"] += 1
        put(table, *item, **condition)

    def counting_write_many(table: Table, puts: Any = (), deletes: Any = ()) -> None:
        uses["written"] += len(puts) + len(deletes)
        write_many(table, puts, deletes)

    with (
        patch.object(Table, "get", counting_get),
        patch.object(Table, "get_many", counting_get_many),
        patch.object(Table, "query", counting_query),
        patch.object(Table, "put", counting_put),
        patch.object(Table, "write_many", counting_write_many),
    ):
        yield uses
