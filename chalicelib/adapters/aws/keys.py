"""Where everything lies in the one table. `docs/architecture.md` has the same as a table of access patterns.

pk                        sk                         what
CASE#<key>                C                          a case's state; listed by three sparse indexes
CASE#<key>                E#0, E#<at>#<rank>#<id>    its events, in order
DUE#<minute>#<shard>      <at>#<kind>#<key>          alarms
RECEIPT#<key>             R                          a webhook's delivery
SHOP#<shop>               S, P#<n>, K#<id>#<n>       a shop, its policies, its calendars
SHOP#<shop>               W                          its endpoints
OUT#<key>                 D                          a delivery to an endpoint
SHOPS                     <shop>                     the list of shops
CUSTOMER#<key>            C                          a customer
CUSTOMER#<key>            E#<id>, A#<hour>#…         what happened to a customer's record, and who read of them
CUSTOMER#<key>            I#<at>                     a customer is to be identified, for a moment
WHO#<shop>#<hash>         <key>                      the customers with an address, number or marketplace id
ORDER#<shop>#<order>      <key>, ~LEDGER             the cases about an order, and its money's version
SALE#<shop>#<order>       S                          what the shop told of an order
SALE#<shop>#<number>      A                          whose number that is
RECON#<shop>              <source>#<day>#<page>      a night's comparing with a platform
EXPORT#<id>               X                          an export that was asked for
ERASURE#<id>              X                          people who are to be forgotten, and when they were
HELP#<key>                H                          a request for help that was begun
COUNT#<name>              <window>                   how often something was done lately
TASKS#<shop>#<department> <due>#<key>#<task>         open tasks, the soonest due first
MAIL#<hash>               T                          the case a mail belongs to, by its message id
ROSTER#<shop>             <agent>                    an agent, how many cases they hold, whether they are here
WORK#<shop>#<agent>       <key>                      the cases an agent holds
QUEUE#<shop>              <rank>#<due>#<key>         cases that wait for an agent, the most urgent first
ROUTE#<shop>              <at>                       a shop's queue is to be looked at, for a moment
TOUCH#<shop>#<shard>      <key>                      a customer's record something was told of since it was counted
STAND#<shop>#<shard>      <key>                      what a person bought and said, and the segments they are in
HEARD#<shop>              <month>#<key>              a customer's record that was heard of in a month
RETIRE#<key>, CLEAR#<key> <at>                       a person, or a case's files, may be let go of, for a moment
ENTRY#<shop>#<order>      <service>#<kind>#<id>#…    an entry of a statement; listed by its day
STATEMENT#<shop>          <service>#<digest>         what time a statement tells of
MONEY#<shop>              <money>                    money that was asked for and is not proven
CHECK#<shop>              <what>#<day>               money or an entry is to be looked at again, for a moment
NUMBER#<shop>#<number>    N                          a case's number, once a shop
ONCE#<digest>             O                          an idempotency record
CLAIM#<name>              O                          an effect on the outside, once
DIRTY#<shop>#<shard>      <day>#<key>#<version>      a past day whose figures changed
METRIC#<shop>#<dimension> <day>#<value>              a night's record
METRIC#<shop>             <day>                      what was told of a day: inputs, names of its records
NIGHT#<shop>              <id>                       a run of the nightly job
STATE                     SWEEPER                    how far the sweeper came
"""

from zlib import crc32

from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant
from chalicelib.domain.orders.order import plain_name

SHARDS = 4
LEDGER = "~LEDGER"
"""Behind the keys of an order's cases: how often something was given for it."""


def shard(key: str) -> int:
    """Which of the shards of a hot partition this key lies in."""
    return crc32(key.encode()) % SHARDS


def case(key: str) -> str:
    """The partition of a case."""
    return f"CASE#{key}"


def event(order: str) -> str:
    """The sort key of an event."""
    return f"E#{order}"


def timer_bucket(at: Instant, key: str) -> str:
    """The partition of an alarm: its minute and shard."""
    return f"DUE#{at // MINUTE_MS}#{shard(key)}"


def timer_sort(at: Instant, kind: str, key: str) -> str:
    """The sort key of an alarm."""
    return f"{at:013d}#{kind}#{key}"


def read_timer_sort(sort: str) -> tuple[Instant, str, str]:
    """At, kind and case of an alarm's sort key."""
    at, kind, key = sort.split("#")
    return int(at), kind, key


def night_part(run: str, part: int) -> str:
    """The sort key of a part of a nightly job."""
    return run if part == 1 else f"{run}#{part}"


def task_list(shop: str, department: str) -> str:
    """The partition of a department's open tasks."""
    return f"TASKS#{shop}#{department}"


def task_sort(due_at: Instant, key: str, task: str) -> str:
    """The sort key of an open task: the soonest due first."""
    return f"{due_at:013d}#{key}#{task}"


def order_cases(shop: str, order: str) -> str:
    """The partition of the cases about an order, whatever people put before its number."""
    return list_as_told(shop, plain_name(order))


def list_as_told(shop: str, order: str) -> str:
    """The same as it was called by earlier versions: by the very words of the case."""
    return f"ORDER#{shop}#{order}"


def agents(shop: str) -> str:
    """The partition of a shop's agents."""
    return f"ROSTER#{shop}"


def touched(shop: str, shard_number: int) -> str:
    """The partition of customers' records that are to be counted anew."""
    return f"TOUCH#{shop}#{shard_number}"


def standings(shop: str, shard_number: int) -> str:
    """The partition of what customers' segments are made of."""
    return f"STAND#{shop}#{shard_number}"


def heard(shop: str) -> str:
    """The partition of who was last heard of, by month."""
    return f"HEARD#{shop}"


def customer(key: str) -> str:
    """The partition of a customer."""
    return f"CUSTOMER#{key}"


def order_record(shop: str, order: str) -> str:
    """The partition of what was told of an order."""
    return f"SALE#{shop}#{order}"


def order_records_list(shop: str, customer_key: str) -> str:
    """The partition of the index `by_customer` that holds a customer's orders."""
    return f"{shop}#{customer_key}#sales"


def status_list(shop: str, status: str, shard_number: int) -> str:
    """The partition of the index `by_status`."""
    return f"{shop}#{status}#{shard_number}"


def assignee_list(shop: str, status: str, assignee: str) -> str:
    """The partition of the index `by_assignee`."""
    return f"{shop}#{status}#{assignee}"


def customer_list(shop: str, customer_key: str) -> str:
    """The partition of the index `by_customer`."""
    return f"{shop}#{customer_key}"


def listed(opened_at: Instant, key: str) -> str:
    """The sort key of the three lists: newest first when read backwards."""
    return f"{opened_at:013d}#{key}"


def entries(shop: str, group: str) -> str:
    """The partition of the statements' entries about an order."""
    return f"ENTRY#{shop}#{group}"


def settlement_list(shop: str, day: str) -> str:
    """The partition of the index `by_status` that holds a day's entries and its unpaid money; no status is called
    `settlement`."""
    return f"{shop}#settlement#{day}"


def day_list(shop: str, day: str, shard_number: int) -> str:
    """The partition of the index `by_day`."""
    return f"{shop}#{day}#{shard_number}"
