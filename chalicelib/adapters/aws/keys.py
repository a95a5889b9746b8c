"""The keys of all items in the one table. `docs/architecture.md` has them as a table of access patterns.

pk                        sk                         what
CASE#<key>                C                          a case's state; four sparse indexes list it
CASE#<key>                E#0, E#<at>#<rank>#<id>    its events, in order
CASE#<key>                P#<seq>-<seq>              its packs of events, by the numbers of their first and last
CASE#<key>                PL#<seq>                   a copy of an event that came late, by its number
CASE#<key>                W                          the words that a case is found by, as keyed hashes
WORD#<shop>#<hash>        <opened>#<key>             the cases that are found by a word, a name or a tracking number
PARCEL#<shop>#<hash>      <order>                    the orders with a parcel of a tracking number
DUE#<minute>#<shard>      <at>#<kind>#<key>          timers
RECEIPT#<key>             R                          a webhook that was received; listed if it had no effect
SHOP#<shop>               S, P#<n>, K#<id>#<n>       a shop, its policies, its calendars
SHOP#<shop>               W, WH                      its endpoints, and who changes them just now
OUT#<key>                 D                          a delivery to an endpoint
SHOPS                     <shop>                     the list of shops
CUSTOMER#<key>            C                          a customer
CUSTOMER#<key>            E#<id>, A#<hour>#…         what happened to a customer's record, and who read their data
CUSTOMER#<key>            I#<at>                     a request to identify a customer (short-lived)
WHO#<shop>#<hash>         <key>                      the customers with an email address, number or marketplace id
ORDER#<shop>#<order>      <key>, ~LEDGER             the cases about an order, and the version of its compensations
SALE#<shop>#<order>       S                          an order record: the order as the shop reported it
SALE#<shop>#<number>      A                          the order that has this number
RECON#<shop>              <source>#<day>#<page>      a nightly reconciliation with a platform
EXPORT#<id>               X                          a requested export
ERASURE#<id>              X                          an erasure: which records, and when it was done
HELP#<key>                H                          a customer's request for help
COUNT#<name>              <window>                   how often something was done in a window of time
TASKS#<shop>#<department> <due>#<key>#<task>         open tasks, the soonest due first
MAIL#<hash>               T                          the case an email belongs to, by its message id
ROSTER#<shop>             <agent>                    an agent with their load and presence
WORK#<shop>#<agent>       <key>                      the cases that are assigned to an agent
QUEUE#<shop>              <rank>#<due>#<key>         cases that wait for an agent, the most urgent first
ROUTE#<shop>              <at>                       a request to match a shop's queue (short-lived)
TOUCH#<shop>#<shard>      <key>                      a customer whose segments are to be computed again
STAND#<shop>#<shard>      <key>                      a customer's standing and segments
HEARD#<shop>#<shard>      <month>#<key>              a customer who was active in a month
HEARD#<shop>              ~FILES, ~PEOPLE            the days up to which closed cases were looked at for retention
RETIRE#<key>, CLEAR#<key> <at>                       a request to erase a customer, or delete a case's files
ENTRY#<shop>#<order>      <service>#<kind>#<id>#…    an entry of a statement; listed by its day
STATEMENT#<shop>          <service>#<digest>         the period that a statement covers
MONEY#<shop>              <money>                    money that was requested and is not proven
CHECK#<shop>              <what>#<day>               a request to check money or an entry again (short-lived)
STAFF#<user>              SESSION#<digest>           a session of the agents' desk
DESK#<shop>               LISTS                      how far a shop's open cases of earlier versions are listed
BULK#<shop>               <key>                      a command on many cases: its plan and outcomes
SEEN#<shop>#<agent>       <key>                      the version at which an agent saw a case last
FEED#<shop>               <at>#<key>#<version>       a change of a case, in its shop's changes feed (short-lived)
NUDGE#<shop>              <at>                       a request to nudge a shop's desks (short-lived)
SOCKET#<connection>       S                          an open page of the desk; listed by its shop (short-lived)
TICKET#<digest>           T                          a ticket with which a page opens its socket (short-lived)
NUMBER#<shop>#<number>    N                          a case's number, unique in its shop
ONCE#<digest>             O                          an idempotency record
CLAIM#<name>              O                          the idempotency key of an external effect
DIRTY#<shop>#<shard>      <day>#<key>#<version>      a past day whose metrics changed
METRIC#<shop>#<dimension> <day>!<part>               the records of a day and dimension, packed
METRIC#<shop>#<dimension> <day>#<value>              one record, as earlier versions stored them
METRIC#<shop>             <day>                      the inputs of a day's metrics, and which items hold its records
MACRO#<shop>              <id>                       the newest version of a macro
MACRO#<shop>#<id>         <version>                  all versions of a macro
DRAFT#<shop>#<agent>      <key>#<kind>               what an agent is writing on a case
SENDING#<key>             <id>                       a reply that waits until it can no longer be undone
MENTION#<shop>#<agent>    U#<at>-<event>, K#…        a mention that its agent has not read; that it was listed once
FILE#<shop>#<case>        <id>                       a file that an agent uploads (`macros` in place of a case's id)
FEEDBACK#<shop>#<day>     <id>                       feedback of a day (UTC), in the order of time
REPORTED#<shop>           <key>                      the id of feedback that the shop reported, so that it counts once
INSIGHT#<shop>            <day>                      what the nightly job of a day found in feedback
INSIGHT#<shop>            OPINION#<alert>            what staff think of an alert
INSIGHT#<shop>            PROMOTIONS                 the promotions of a shop
MODEL#<shop>              LIVE, C#<id>, W#<id>       which model answers, the cards of models, their weights
LEARN#<shop>              <id>                       a request to understand a shop's feedback (short-lived)
ALERT#<shop>              <id>                       that an alert is sent, once
SETTING#<shop>            <page>#<at>#<id>           a change of a setting: who changed what, and when
NIGHT#<shop>              <id>                       a run of the nightly job
STATE                     SWEEPER                    how far the sweeper came
"""

from zlib import crc32

from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant
from chalicelib.domain.orders.order import plain_name

SHARDS = 4
EVENTS = ("E#", "E$")
"""The bounds of the sort keys of a case's events."""
PACKS_END, LATE_COPIES_END = "P$", "PL$"
"""The upper bounds of the sort keys that `pack` and `late_copy` give."""
WORDS = "W"
"""The sort key of the words of a case."""
LEDGER = "~LEDGER"
"""The sort key, after those of an order's cases, of the version of its compensations."""


SESSIONS = ("SESSION#", "SESSION$")
"""The bounds of the sort keys that `session` gives."""


def shard(key: str) -> int:
    """The shard of a hot partition that this key is in."""
    return crc32(key.encode()) % SHARDS


def case(key: str) -> str:
    """The partition of a case."""
    return f"CASE#{key}"


def event(order: str) -> str:
    """The sort key of an event."""
    return f"E#{order}"


def shop(name: str) -> str:
    """The partition of a shop, its policies, calendars and templates."""
    return f"SHOP#{name}"


def template(name: str, language: str) -> str:
    """The sort key of a shop's own text of an email."""
    return f"T#{name}#{language}"


def pack(first: int, last: int) -> str:
    """The sort key of a pack of events, by the numbers of its first and last one, so that a pack never takes the place
    of another; packs come directly after the events."""
    return f"P#{first:08d}-{last:08d}"


def late_copy(number: int) -> str:
    """The sort key of the copy of an event that came late, by the event's number; it comes after the packs."""
    return f"PL#{number:08d}"


def timer_bucket(due_at: Instant, key: str) -> str:
    """The partition of a timer: its minute and shard."""
    return timers(due_at // MINUTE_MS, shard(key))


def timers(minute: int, shard_number: int) -> str:
    """The partition of the timers of a minute since 1970, in one shard."""
    return f"DUE#{minute}#{shard_number}"


def timer_sort(due_at: Instant, kind: str, key: str) -> str:
    """The sort key of a timer."""
    return f"{due_at:013d}#{kind}#{key}"


def read_timer_sort(sort: str) -> tuple[Instant, str, str]:
    """The due time, kind and key of a timer, from its sort key."""
    due_at, kind, key = sort.split("#")
    return int(due_at), kind, key


def nightly_job_part(run: str, part: int) -> str:
    """The sort key of a part of a nightly job."""
    return run if part == 1 else f"{run}#{part}"


def task_list(shop: str, department: str) -> str:
    """The partition of a department's open tasks."""
    return f"TASKS#{shop}#{department}"


def task_sort(due_at: Instant, key: str, task: str) -> str:
    """The sort key of an open task: the soonest due first."""
    return f"{due_at:013d}#{key}#{task}"


def order_cases(shop: str, order: str) -> str:
    """The partition of the cases about an order, by its number without prefixes such as `#`."""
    return former_order_cases(shop, plain_name(order))


def former_order_cases(shop: str, order: str) -> str:
    """The partition as earlier versions named it: by the order's number exactly as the case has it."""
    return f"ORDER#{shop}#{order}"


def agents(shop: str) -> str:
    """The partition of a shop's agents."""
    return f"ROSTER#{shop}"


def queue(shop: str) -> str:
    """The partition of a shop's cases that wait for an agent."""
    return f"QUEUE#{shop}"


def touched(shop: str, shard_number: int) -> str:
    """The partition of customers whose segments are to be computed again."""
    return f"TOUCH#{shop}#{shard_number}"


def standings(shop: str, shard_number: int) -> str:
    """The partition of customers' standings and segments."""
    return f"STAND#{shop}#{shard_number}"


def last_contacts(shop: str, shard_number: int) -> str:
    """The partition of when customers were last active, by month."""
    return f"HEARD#{shop}#{shard_number}"


def retention(shop: str) -> str:
    """The partition of how far retention came. Earlier versions also kept there when customers were last active."""
    return f"HEARD#{shop}"


def customer(key: str) -> str:
    """The partition of a customer."""
    return f"CUSTOMER#{key}"


def order_record(shop: str, order: str) -> str:
    """The partition of an order record."""
    return f"SALE#{shop}#{order}"


def order_items(shop: str, order: str) -> list[tuple[str, str]]:
    """The keys of an order record by its id, and of the order that has this text as its number."""
    return [(order_record(shop, order), "S"), (order_record(shop, order), "A")]


def order_records_list(shop: str, customer_key: str) -> str:
    """The partition of the index `by_customer` that holds a customer's orders."""
    return f"{shop}#{customer_key}#sales"


def status_list(shop: str, list_name: str, shard_number: int) -> str:
    """The partition of the index `by_status` with the cases of a list, in one shard."""
    return f"{shop}#{list_name}#{shard_number}"


def assignee_list(shop: str, list_name: str, assignee: str) -> str:
    """The partition of the index `by_assignee` with an assignee's cases of a list."""
    return f"{shop}#{list_name}#{assignee}"


def customer_list(shop: str, customer_key: str) -> str:
    """The partition of the index `by_customer` with a customer's cases."""
    return f"{shop}#{customer_key}"


def listed(opened_at: Instant, key: str) -> str:
    """The sort key of the three indexes, which are read backwards to list the newest first."""
    return f"{opened_at:013d}#{key}"


def word(shop: str, digest: str) -> str:
    """The partition of the cases that are found by a word."""
    return f"WORD#{shop}#{digest}"


def before(sort: str) -> str:
    """The greatest sort key before this one: a list that is read backwards continues there."""
    return sort[:-1] + chr(ord(sort[-1]) - 1) + "\uffff"


def setting_changes(shop: str) -> str:
    """The partition of the changes of a shop's settings."""
    return f"SETTING#{shop}"


def macros(shop: str) -> str:
    """The partition of a shop's macros."""
    return f"MACRO#{shop}"


def macro_versions(shop: str, macro: str) -> str:
    """The partition of all versions of a macro."""
    return f"MACRO#{shop}#{macro}"


def drafts(shop: str, agent: str) -> str:
    """The partition of an agent's drafts."""
    return f"DRAFT#{shop}#{agent}"


def draft_sort(case_key: str, kind: str) -> str:
    """The sort key of a draft."""
    return f"{case_key}#{kind}"


def pending_replies(case_key: str) -> str:
    """The partition of a case's replies that wait."""
    return f"SENDING#{case_key}"


def mentions(shop: str, agent: str) -> str:
    """The partition of the mentions that an agent has not read."""
    return f"MENTION#{shop}#{agent}"


def agent_files(shop: str, folder: str) -> str:
    """The partition of the files that agents upload for a case, or for the shop's macros."""
    return f"FILE#{shop}#{folder}"


def entries(shop: str, group: str) -> str:
    """The partition of statement entries about an order."""
    return f"ENTRY#{shop}#{group}"


def settlement_list(shop: str, day: str) -> str:
    """The partition of the index `by_status` with a day's statement entries and its unpaid money; no status is called
    `settlement`."""
    return f"{shop}#settlement#{day}"


def day_list(shop: str, day: str, shard_number: int) -> str:
    """The partition of the index `by_day`, in one shard."""
    return f"{shop}#{day}#{shard_number}"


def session(digest: str) -> str:
    """The sort key of a session of the agents' desk."""
    return f"SESSION#{digest}"


def desk(shop: str) -> str:
    """The partition of what is stored about a shop's desk."""
    return f"DESK#{shop}"


def desk_list(shop: str, name: str) -> str:
    """The partition of the index `by_desk` with a list of open work."""
    return f"{shop}#{name}"


def desk_sort(due_at: Instant, key: str) -> str:
    """The sort key of the index `by_desk`: the soonest promise first."""
    return f"{due_at:013d}#{key}"


def bulk(shop: str) -> str:
    """The partition of a shop's commands on many cases."""
    return f"BULK#{shop}"


def seen(shop: str, agent: str) -> str:
    """The partition of the cases that an agent has seen."""
    return f"SEEN#{shop}#{agent}"


def feed(shop: str) -> str:
    """The partition of the changes feed of a shop."""
    return f"FEED#{shop}"


def socket(connection: str) -> str:
    """The partition of an open page of the desk."""
    return f"SOCKET#{connection}"


def sockets_list(shop: str) -> str:
    """The partition of the index `by_status` with the open pages of a shop; no status is called `sockets`."""
    return f"{shop}#sockets"


def feedback(shop: str, day: str) -> str:
    """The partition of the feedback of a day (UTC)."""
    return f"FEEDBACK#{shop}#{day}"


def reported_feedback(shop: str) -> str:
    """The partition of what the shop reported of feedback elsewhere."""
    return f"REPORTED#{shop}"


def insights(shop: str) -> str:
    """The partition of what runs found."""
    return f"INSIGHT#{shop}"


def opinion(alert: str) -> str:
    """The sort key of what staff think of an alert; it comes after those of days."""
    return f"OPINION#{alert}"


def models(shop: str) -> str:
    """The partition of a shop's models."""
    return f"MODEL#{shop}"
