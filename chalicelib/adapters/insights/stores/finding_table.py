"""What runs found, in the table: one compressed item a shop and night."""

import zlib
from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Table
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.promotions import Promotion, Promotions
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, start_of
from chalicelib.usecases.ports.insights import Opinion

KEEP_MS = 120 * DAY_MS
FIRST_DAY = "0"
"""A sort key before that of every day."""
PROMOTIONS = "PROMOTIONS"
OPINIONS = ("OPINION#", "OPINION$")


class FindingTable:
    """The `FindingStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def save(self, findings: Findings) -> None:
        """Store the findings of a run in place of earlier ones of the day."""
        ttl = (start_of(findings.day, "UTC") + KEEP_MS) // SECOND_MS
        packed = zlib.compress(msgspec.json.encode(findings), 9)
        self.table.put({"pk": keys.insights(findings.shop), "sk": findings.day, "found": packed, "ttl": ttl})

    def load(self, shop: str, day: Day) -> Findings | None:
        """The findings of this day."""
        return _findings_in(self.table.get(keys.insights(shop), day))

    def newest(self, shop: str, until: Day) -> Findings | None:
        """The findings of the last run up to this day; None if no run was computed."""
        return next(iter(self.between(shop, FIRST_DAY, until, 1)), None)

    def between(self, shop: str, first: Day, last: Day, most: int) -> list[Findings]:
        """The findings of the runs from one day to another, the newest first, so many at most."""
        items = self.table.query(keys.insights(shop), between=(first, last), page=most, backwards=True)
        return [findings for item in islice(items, most) if (findings := _findings_in(item)) is not None]

    def promotions(self, shop: str) -> tuple[Promotion, ...]:
        """The promotions of a shop."""
        item = self.table.get(keys.insights(shop), PROMOTIONS)
        return msgspec.json.decode(item["promotions"], type=Promotions).promotions if item else ()

    def save_promotions(self, shop: str, promotions: Promotions) -> None:
        """Store the promotions of a shop in place of those before."""
        text = msgspec.json.encode(promotions).decode()
        self.table.put({"pk": keys.insights(shop), "sk": PROMOTIONS, "promotions": text})

    def opinions(self, shop: str) -> dict[str, Opinion]:
        """What was said of alerts, by the alert's id."""
        items = self.table.query(keys.insights(shop), between=OPINIONS)
        return {
            item["sk"].removeprefix(OPINIONS[0]): msgspec.json.decode(item["opinion"], type=Opinion) for item in items
        }

    def save_opinion(self, shop: str, alert: str, opinion: Opinion) -> None:
        """Store what somebody thinks of an alert, in place of what was thought before."""
        ttl = (opinion.at + KEEP_MS) // SECOND_MS
        text = msgspec.json.encode(opinion).decode()
        self.table.put({"pk": keys.insights(shop), "sk": keys.opinion(alert), "opinion": text, "ttl": ttl})


def _findings_in(item: Item | None) -> Findings | None:
    return msgspec.json.decode(zlib.decompress(item["found"]), type=Findings) if item else None
