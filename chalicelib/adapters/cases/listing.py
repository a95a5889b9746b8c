"""The attributes of a case's state by which indexes list the case."""

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.adapters.cases.status_lists import SNOOZED, list_of
from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.parts import is_snoozed
from chalicelib.domain.desk.place import place_of
from chalicelib.domain.kernel.ids import key_of_id


def listing(shop: str, key: str, case: Case) -> Item:
    """The keys of the indexes that list a case, and what the index `by_desk` has besides; None for a list that the case
    is not in."""
    status_list = list_of(case.status)
    return {
        "status_key": keys.status_list(shop, status_list, keys.shard(key)),
        "assignee_key": _assignee_key(shop, status_list, case),
        "customer_key": keys.customer_list(shop, key_of_id(case.customer)),
        "listed": keys.listed(case.opened_at, key),
    } | _desk(shop, key, case)


def _assignee_key(shop: str, status_list: str, case: Case) -> str | None:
    """Snoozed cases are in a list of their own, so that what an agent works on can be counted."""
    if not case.assignee:
        return None
    return keys.assignee_list(shop, SNOOZED if is_snoozed(case) else status_list, case.assignee)


def _desk(shop: str, key: str, case: Case) -> Item:
    place = place_of(case)
    if place is None:
        return dict.fromkeys(("desk_key", "due", "team", "about"))
    return {
        "desk_key": keys.desk_list(shop, place.list),
        "due": keys.desk_sort(place.sort, key),
        "team": case.team,
        "about": f"{case.type}#{case.language}",
    }
