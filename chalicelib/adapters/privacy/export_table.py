"""Exports that were asked for, for as long as their links last."""

import msgspec

from chalicelib.adapters.aws.dynamo import Table
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.privacy.export import Export


class ExportTable:
    """The `ExportStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, export: Export) -> None:
        """Keep what was asked for and have it made."""
        self.table.put(
            {
                "pk": f"EXPORT#{export.id}",
                "sk": "X",
                "export": msgspec.json.encode(export).decode(),
                "relay": "notices",
                "ttl": export.until // SECOND_MS,
            }
        )

    def load(self, identifier: str) -> Export | None:
        """What was asked for under this id."""
        item = self.table.get(f"EXPORT#{identifier}", "X")
        return msgspec.json.decode(item["export"], type=Export) if item else None
