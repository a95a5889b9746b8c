"""What makes moto quick: what every cloud has in common is made once in a process, and tables are not copied."""

import copy
from collections import defaultdict
from functools import cache
from typing import Any

import botocore.session
import moto.kms.models
from moto.dynamodb.models.table import Table


@cache
def prepare() -> None:
    """For all clouds of this process. The descriptions of AWS's services are read once, however many sessions are made.
    All encryption keys have one RSA key, which moto makes for each of them though they encrypt symmetrically."""
    botocore.session.create_loader = cache(botocore.session.create_loader)
    moto.kms.models.generate_private_key = cache(moto.kms.models.generate_private_key)
    Table.__deepcopy__ = _snapshot
    Table.all_items = _in_order


def _snapshot(table: Any, _: object) -> Any:
    """A table as moto keeps it for the case that a transaction fails. Transactions replace items and change none, so
    that the items themselves need no copies: with them, each transaction would cost what all before it wrote."""
    kept = copy.copy(table)
    kept.items = defaultdict(dict, {key: dict(items) for key, items in table.items.items()})
    if table.stream_shard is not None:
        kept.stream_shard = copy.copy(table.stream_shard)
        kept.stream_shard.items = list(table.stream_shard.items)
    return kept


def _in_order(table: Any) -> list[Any]:
    """A table's items by their keys, as moto gives them, but compared quickly: it sorts at each query of an index."""
    items = [item for partition in table.items.values() for item in partition.values()]
    if table.range_key_attr:
        return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))
    return sorted(items, key=lambda item: item.hash_key.value)
