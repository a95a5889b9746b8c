"""What is known of the files that agents upload."""

from collections.abc import Iterable

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.composer.agent_files import KEEP_MS, MACROS, AgentFile
from chalicelib.domain.kernel.private_fields import split_private
from chalicelib.domain.kernel.timestamps import SECOND_MS


class AgentFileTable:
    """The `AgentFileStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def expect(self, file: AgentFile, whose: str) -> None:
        """Store that a file will be uploaded."""
        item: Item = {"pk": keys.agent_files(file.shop, file.folder), "sk": file.id, "state": file.state}
        if file.folder != MACROS:
            item["ttl"] = (file.at + KEEP_MS) // SECOND_MS
        self.table.put(self.personal.put(item, "file", file, file.shop, whose))

    def load(self, shop: str, folder: str, identifiers: Iterable[str]) -> dict[str, AgentFile]:
        """The files with these ids in a folder, by id."""
        items = self.table.get_many([(keys.agent_files(shop, folder), identifier) for identifier in identifiers])
        self.personal.preload(items)
        return {item["sk"]: self.personal.read(item, "file", AgentFile) for item in items}

    def settle(self, file: AgentFile) -> bool:
        """Store that an expected file was stored or refused; False when that was known already."""
        clear, _ = split_private(file)
        values: Item = {":file": msgspec.json.encode(clear).decode(), ":state": file.state, ":expected": "expected"}
        try:
            self.table.update(
                keys.agent_files(file.shop, file.folder),
                file.id,
                "SET #file = :file, #state = :state",
                values,
                "#state = :expected",
            )
        except ConditionFailed:
            return False
        return True
