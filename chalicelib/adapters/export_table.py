"""Exports that were asked for, for as long as their links last."""

import msgspec

from chalicelib.adapters.dynamo import Table
from chalicelib.domain.exports import Export
from chalicelib.domain.instants import SECOND


class ExportTable:
    """The `ExportStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, export: Export) -> None:
        """Keep what was asked for and have it made."""
        self.table.put({
            "pk": f"EXPORT#{export.id}", "sk": "X", "export": msgspec.json.encode(export).decode(), "relay": "notices",
            "ttl": export.until // SECOND,
        })  # fmt: skip

    def load(self, identifier: str) -> Export | None:
        """What was asked for under this id."""
        item = self.table.get(f"EXPORT#{identifier}", "X")
        return msgspec.json.decode(item["export"], type=Export) if item else None
