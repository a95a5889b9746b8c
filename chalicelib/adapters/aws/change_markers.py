"""Marks that writers leave for the night: who is to be counted anew, and when somebody was heard of."""

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.privacy.retention import month_of


def touch_item(shop: str, key: str, at: Instant) -> Item:
    """What has a customer's record counted anew at night. Written ahead: counting once too often changes nothing."""
    return {"pk": keys.touched(shop, keys.shard(key)), "sk": key, "at": at}


def heard_item(shop: str, key: str, at: Instant) -> Item:
    """The mark of somebody who was heard of then."""
    return {"pk": keys.heard(shop), "sk": f"{month_of(at)}#{key}"}
