"""Marks that are left for the nightly job: whose segments to compute again, and when customers were last active."""

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.privacy.retention import month_of


def touch_item(shop: str, key: str, touched_at: Instant) -> Item:
    """The mark that has a customer's segments computed again. It may be written before the change itself, because
    computing them once more changes nothing."""
    return {"pk": keys.touched(shop, keys.shard(key)), "sk": key, "at": touched_at}


def last_contact_item(shop: str, key: str, last_contact_at: Instant) -> Item:
    """The mark of a customer who was active at that time."""
    return {"pk": keys.last_contacts(shop, keys.shard(key)), "sk": f"{month_of(last_contact_at)}#{key}"}
