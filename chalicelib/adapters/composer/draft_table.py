"""Agents' drafts in the table. A draft is encrypted with the key of its case's customer, and bound to its own place, so
that it is never read for another case."""

from itertools import islice

from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.composer.drafts import KEEP_MS, Draft, DraftKind
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.usecases.ports.cases import Page, VersionConflict


class DraftTable:
    """The `DraftStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def load(self, shop: str, agent: str, case_key: str, kind: DraftKind) -> Draft | None:
        """A draft; None when there is none, or its customer was erased."""
        item = self.table.get(keys.drafts(shop, agent), keys.draft_sort(case_key, kind))
        return self._read(item) if item else None

    def of_agent(self, shop: str, agent: str, limit: int, after: str | None) -> Page:
        """A page of an agent's drafts, by case."""
        between = (after + "!", "~") if after else None
        query = self.table.query(keys.drafts(shop, agent), between=between, page=limit + 1)
        items = list(islice(query, limit + 1))
        more = items[limit - 1]["sk"] if len(items) > limit else None
        self.personal.preload(items[:limit])
        drafts = [self._read(item) for item in items[:limit]]
        return Page([draft for draft in drafts if draft is not None], more)

    def save(self, draft: Draft, customer: str) -> Draft:
        """Store a draft in place of the one with its version; VersionConflict when another one is stored."""
        item = draft_item(self.personal, draft, customer)
        try:
            self.table.put_version(item, draft.version)
        except ConditionFailed:
            raise VersionConflict from None
        return replace(draft, version=draft.version + 1)

    def remove(self, draft: Draft) -> None:
        """Remove a draft; VersionConflict when another one was stored since."""
        sort = keys.draft_sort(key_of_id(draft.case), draft.kind)
        try:
            self.table.transact([self.table.removal_at(keys.drafts(draft.shop, draft.by), sort, draft.version)])
        except ConditionFailed:
            raise VersionConflict from None

    def _read(self, item: Item) -> Draft | None:
        draft = replace(self.personal.read(item, "draft", Draft), version=item["version"])
        was_erased = "sealed" in item and not (draft.body or draft.copy or draft.why or draft.others)
        is_blank = any(not other.body for other in draft.others)
        return None if was_erased or is_blank else draft


def draft_item(personal: FieldEncryption, draft: Draft, customer: str) -> Item:
    """The item of a draft, one version later."""
    item: Item = {
        "pk": keys.drafts(draft.shop, draft.by),
        "sk": keys.draft_sort(key_of_id(draft.case), draft.kind),
        "version": draft.version + 1,
        "ttl": (draft.at + KEEP_MS) // SECOND_MS,
    }
    return personal.put(item, "draft", replace(draft, version=0), draft.shop, customer)
