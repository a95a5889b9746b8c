"""Requested exports in the table, for as long as their links last."""

import msgspec

from chalicelib.adapters.aws.dynamo import Table
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.privacy.export import Export


class ExportTable:
    """The `ExportStore` port on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, export: Export) -> None:
        """Store a request, and have the export made."""
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
        """The export with this id."""
        item = self.table.get(f"EXPORT#{identifier}", "X")
        return msgspec.json.decode(item["export"], type=Export) if item else None
